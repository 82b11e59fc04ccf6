package import Foundation

/// What a job carries with it from one delivery to the next, so that any host can go on with it.
///
/// It travels as the envelope's string extension `memo`, holding JSON. Only the runtime writes it; a console never sends
/// one. It is small: finished steps, never mailbox content.
///
/// Bounds are checked where it is read, so that no arithmetic on it can overflow.
package struct Memo: Sendable, Equatable, Codable {
    /// The most rounds: one a second for longer than any job may wait.
    static let roundMax = 1_000_000_000
    /// The most events of a job.
    static let sequenceMax = 1_000_000_000_000
    /// The most attempts that are kept; a job has 20 at most.
    static let attemptsMax = 100

    /// How often the runtime has re-published the job.
    ///
    /// It tells the deliveries of one job apart: two messages of the same round are duplicates.
    package var round: Int
    /// The number of the last event published.
    package var sequence: Int
    /// When the job was first started.
    package var since: Date?
    /// What the executor wants to find again: its finished steps, as JSON text of its own shape.
    package var steps: String?
    /// The attempts that failed so far, oldest first; nil before the first.
    ///
    /// At most as many as a job may have attempts.
    package var attempts: [AttemptNote]?

    /// The memo of a job that was never run: round 0, no events.
    package static let none = Memo(round: 0, sequence: 0, since: nil, steps: nil)

    /// Collects the parts.
    package init(round: Int, sequence: Int, since: Date?, steps: String?, attempts: [AttemptNote]? = nil) {
        self.round = round
        self.sequence = sequence
        self.since = since
        self.steps = steps
        self.attempts = attempts
    }

    /// Reads the text of the extension; nil when the runtime cannot have written it, or a value is out of bounds.
    package init?(text: String) {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .millisecondsSince1970
        guard let memo = try? decoder.decode(Memo.self, from: Data(text.utf8)), memo.isWithinBounds else { return nil }
        self = memo
    }

    private var isWithinBounds: Bool {
        (0...Self.roundMax).contains(self.round) && (0...Self.sequenceMax).contains(self.sequence)
            && self.since.map(Timestamp.canHold) ?? true
            && (self.steps?.utf8.count ?? 0) <= Envelope.bytesMax
            && self.attempts.map { $0.count <= Self.attemptsMax && $0.allSatisfy(\.isWithinBounds) } ?? true
    }

    /// The text of the extension.
    package func text() throws -> String {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .millisecondsSince1970
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}

/// One failed attempt, for the operator who looks at the dead letter.
package struct AttemptNote: Sendable, Equatable, Codable {
    /// The highest number of an attempt, as in the header `x-job-attempt`.
    static let numberMax = 1_000
    /// The longest worker's name and the longest code, in bytes.
    static let textBytesMax = 1_024

    /// Which attempt it was, from 1.
    package let number: Int
    /// When it ended.
    package let ended: Date
    /// The worker that ran it.
    package let worker: String
    /// Why it failed: a problem code, as text so that any version can read it.
    package let code: String

    /// Collects the parts.
    package init(number: Int, ended: Date, worker: String, code: String) {
        self.number = number
        self.ended = ended
        self.worker = worker
        self.code = code
    }

    fileprivate var isWithinBounds: Bool {
        (0...Self.numberMax).contains(self.number) && Timestamp.canHold(self.ended)
            && max(self.worker.utf8.count, self.code.utf8.count) <= Self.textBytesMax
    }
}
