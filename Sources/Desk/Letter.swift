package import Foundation
package import JobModel
import JobQueue

/// A dead letter as the desk keeps it: the message byte for byte, why it died, and what was decided.
package struct Letter: Sendable, Equatable {
    /// Its number on this desk, from 1; 0 before it is filed.
    package var number: Int64
    /// The queue it came by: `job.dead` or `job.unrouted`.
    package var source: String
    /// The routing key it came by.
    package var routingKey: String
    /// The message's AMQP `message_id`.
    package var messageID: String?
    /// The message's AMQP `type`.
    package var messageType: String?
    /// The message's AMQP `correlation_id`.
    package var correlationID: String?
    /// The headers that are numbers or texts, without the broker's counters.
    package var headers: [String: HeaderValue]
    /// The body, or only its beginning.
    package var body: [UInt8]
    /// How many bytes of the message are not kept, as it was too large; 0 when the body is whole.
    package var cutBytes: Int
    /// The job's id, where it can be read; of a notification the job that it tells of.
    package var job: String?
    /// The job type (`connect-tenant`), `notification`, the message's own type, or `unreadable`.
    package var type: String
    /// The tenant as text; empty where it cannot be read.
    package var tenant: String
    /// The problem code; one of another version may be unknown here.
    package var code: String
    /// What exactly was met.
    package var detail: String
    /// The attempt it died in.
    package var attempt: Int
    /// How often an operator had sent the job again by then.
    package var replay: Int
    /// The worker that gave it up; nil when the broker did.
    package var worker: String?
    /// When it died.
    package var died: Date
    /// When it was filed.
    package var filed: Date
    /// Where it stands.
    package var state: LetterState
    /// When that changed last.
    package var changed: Date
    /// Under which replay it was sent last; 0 when never.
    package var sent: Int
    /// Why it was discarded, what came of sending it, or why it was not taken.
    package var remark: String?
    /// The job that was made of it by editing.
    package var successor: String?

    /// What the type of a message is called that tells people something.
    package static let notificationType = "notification"
    /// What a type is called that cannot be read.
    package static let unreadableType = "unreadable"

    /// Whether only the message's beginning is kept.
    package var isCut: Bool { self.cutBytes > 0 }

    /// How many bytes the message's body had.
    package var size: Int { self.body.count + self.cutBytes }

    /// Why a letter without its whole message can be sent nowhere, and what to do.
    package var cutWords: String {
        "Of its \(self.size) bytes only the first \(self.body.count) are kept, so that it cannot be sent from here; "
            + "have the sender split it and send it again, then discard this letter."
    }

    /// Whether it tells people something, and is no job.
    package var isNotification: Bool { self.type == Self.notificationType }

    /// What the table of codes says; nil for a code of another version.
    package var explanation: ProblemExplanation? {
        ProblemCode(rawValue: self.code).map { code in
            self.isNotification ? .ofNotification(code) : ProblemExplanation(code)
        }
    }

    /// Whether a worker wrote the memo in it, and no sender: a worker has read the job and kept it with its reason.
    ///
    /// What the broker gave up, and what a worker kept unread, is as its sender left it.
    var hasWorkersMemo: Bool {
        self.worker != nil && self.source == JobTopology.dead
            && ProblemCode(rawValue: self.code)?.isOfUnreadMessage == false
    }

    /// The steps and attempts that the job carried; nil when it is no job of ours.
    package var memo: Memo? {
        guard let scan = try? JSONScan(self.body), let text = scan.text("memo") else { return nil }
        return Memo(text: text)
    }
}

/// What somebody noted on a letter.
package struct LetterNote: Sendable, Equatable, Codable {
    /// When.
    package let at: Date
    /// Who.
    package let who: String
    /// What.
    package let text: String
}

/// Letters of the same kind, counted.
package struct LetterGroup: Sendable, Equatable {
    /// The job type.
    package let type: String
    /// The problem code.
    package let code: String
    /// The tenant; empty where it cannot be read.
    package let tenant: String
    /// How many there are.
    package let count: Int
    /// When the first of them died.
    package let oldest: Date
    /// When the last of them died.
    package let newest: Date
}
