package import AMQP
package import Foundation
package import JobModel

/// Makes the message that `job.dead` keeps: the job's own body, and in the headers why it is there.
package struct DeadLetter: Sendable {
    /// The header that says how many bytes of a message are missing in its dead letter, as it was too large to be read.
    package static let cutHeader = "x-job-cut-bytes"

    private let worker: String
    private let now: Date

    /// Letters of one worker, or of the notifier, at one time.
    package init(worker: String, now: Date) {
        self.worker = worker
        self.now = now
    }

    /// The dead letter of a message that is no job: what was read of its body stays byte for byte.
    package func unreadable(_ delivery: Delivery, problem: Problem) -> OutboundMessage {
        let attributes = Envelope.salvage(delivery.message.body)
        var headers = JobHeaders(delivery.message.properties.headers, from: JobTopology.origin(of: delivery))
        headers.tenant = headers.tenant ?? attributes.subject
        var fields = self.headers(headers, problem: problem)
        if delivery.message.isTruncated { fields[Self.cutHeader] = .number(delivery.message.cutBytes) }
        return OutboundMessage(
            exchange: JobTopology.dead,
            routingKey: delivery.source.routingKey,
            id: Self.short(delivery.message.properties.messageID) ?? attributes.id,
            type: Self.short(delivery.message.properties.type) ?? attributes.type,
            correlationID: Self.short(delivery.message.properties.correlationID) ?? attributes.id,
            time: self.now,
            headers: fields,
            body: delivery.message.body
        )
    }

    /// The dead letter of a job that nobody but an operator can help.
    package func job(
        _ run: JobRun,
        headers: JobHeaders,
        problem: Problem,
        key: String,
        body: [UInt8]
    ) -> OutboundMessage {
        var headers = headers
        headers.tenant = run.tenant.description
        return OutboundMessage(
            exchange: JobTopology.dead,
            routingKey: key,
            id: run.job.description,
            type: run.type.messageType,
            correlationID: run.job.description,
            time: self.now,
            headers: self.headers(headers, problem: problem),
            body: body
        )
    }

    /// The dead letter of a notification, for the recipients that its body names.
    package func notification(
        id: String,
        job: JobID,
        headers: JobHeaders,
        problem: Problem,
        body: [UInt8]
    ) -> OutboundMessage {
        OutboundMessage(
            exchange: JobTopology.dead,
            routingKey: JobTopology.notifierKey,
            id: id,
            type: JobEventName.notificationRequested.messageType,
            correlationID: job.description,
            time: self.now,
            headers: self.headers(headers, problem: problem),
            body: body
        )
    }

    private func headers(_ headers: JobHeaders, problem: Problem) -> [String: HeaderValue] {
        headers.fields.merging(
            [
                "x-job-error-class": .text(problem.code.reaction.rawValue),
                "x-job-error-code": .text(problem.code.rawValue),
                "x-job-error-text": .text(problem.detail),
                "x-job-error-at": .text(Timestamp.text(self.now)),
                "x-job-error-worker": .text(self.worker),
            ],
            uniquingKeysWith: { _, new in new }
        )
    }

    /// Properties of a foreign message may be anything up to 255 bytes; ours are shorter.
    private static func short(_ text: String?) -> String? { text.flatMap { $0.utf8.count <= 200 ? $0 : nil } }
}
