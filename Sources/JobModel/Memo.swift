package import Foundation

/// What a job carries with it from one delivery to the next, so that any host can go on with it.
///
/// It travels as the envelope's string extension `memo`, holding JSON. Only the runtime writes it; a console never sends
/// one. It is small: finished steps, never mailbox content.
package struct Memo: Sendable, Equatable, Codable {
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

    /// Reads the text of the extension; nil when the runtime cannot have written it.
    package init?(text: String) {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .millisecondsSince1970
        guard let memo = try? decoder.decode(Memo.self, from: Data(text.utf8)), memo.round >= 0, memo.sequence >= 0
        else { return nil }
        self = memo
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
}
