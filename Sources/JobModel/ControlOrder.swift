/// What an operator tells workers: a small JSON object, `control.order.v1`.
///
/// The workers that run heed an order, and remember it in their ledgers. The broker keeps a pause for those that are started
/// later; of a cancellation one on another host never hears.
package enum ControlOrder: Sendable, Hashable {
    /// Call a job off, wherever it is: queued, waiting or running.
    case cancel(JobID)
    /// Take no more jobs of a type.
    case pause(JobType)
    /// Take jobs of a type again.
    case resume(JobType)

    /// The `type` of the message.
    package static let messageType = "control.order.v1"

    /// Reads a message; nil when it is no order that this version knows.
    package init?(_ body: [UInt8]) {
        guard let scan = try? JSONScan(body), scan.plainText("type") == Self.messageType else { return nil }
        let type = scan.plainText("jobType").flatMap { JobType(rawValue: $0) }
        switch (scan.plainText("order"), scan.plainText("job").flatMap({ JobID($0) }), type) {
        case ("cancel", let job?, _): self = .cancel(job)
        case ("pause", _, let type?): self = .pause(type)
        case ("resume", _, let type?): self = .resume(type)
        default: return nil
        }
    }

    /// The message's bytes.
    package var body: [UInt8] {
        var writer = JSONObjectWriter()
        writer.member("type", text: Self.messageType)
        switch self {
        case .cancel(let job):
            writer.member("order", text: "cancel")
            writer.member("job", text: job.description)
        case .pause(let type):
            writer.member("order", text: "pause")
            writer.member("jobType", text: type.rawValue)
        case .resume(let type):
            writer.member("order", text: "resume")
            writer.member("jobType", text: type.rawValue)
        }
        return writer.finish()
    }
}
