package import AMQP
package import JobModel

/// The headers of a job's message: ours alone.
///
/// Everything else is dropped whenever a message is published again, `x-death` above all: RabbitMQ up to 3.13 reads it from
/// clients and would take a second delay for a cycle.
package struct JobHeaders: Sendable, Equatable {
    /// The highest number of a run that an operator has sent again.
    package static let replayMax = 1_000

    /// Which attempt the message is for, from 1.
    package var attempt: Int
    /// The tenant, so that tools need not open the body.
    package var tenant: String?
    /// When the job is no longer worth running, RFC 3339.
    package var deadline: String?
    /// How often an operator has sent the job again.
    package var replay: Int
    /// W3C Trace Context of the one who asked.
    package var traceparent: String?

    /// The headers of a new job.
    package init(
        attempt: Int = 1,
        tenant: String? = nil,
        deadline: String? = nil,
        replay: Int = 0,
        traceparent: String? = nil
    ) {
        self.attempt = attempt
        self.tenant = tenant
        self.deadline = deadline
        self.replay = replay
        self.traceparent = traceparent
    }

    /// Reads what a message carries; a missing or foreign value counts as not sent.
    ///
    /// Attempt and replay are the runtime's to count: what a console sends there counts as not sent.
    package init(_ table: FieldTable, from origin: Envelope.Origin) {
        let isOurs = origin == .runtime
        self.init(
            attempt: isOurs ? Self.number(table["x-job-attempt"], within: 1...1_000) ?? 1 : 1,
            tenant: Self.text(table["x-job-tenant"]),
            deadline: Self.text(table["x-job-deadline"]),
            replay: isOurs ? Self.number(table["x-job-replay"], within: 0...Self.replayMax) ?? 0 : 0,
            traceparent: Self.text(table["traceparent"])
        )
    }

    /// The headers as a message carries them.
    package var fields: [String: HeaderValue] {
        var fields: [String: HeaderValue] = ["x-job-attempt": .number(self.attempt)]
        if self.replay > 0 { fields["x-job-replay"] = .number(self.replay) }
        if let tenant { fields["x-job-tenant"] = .text(tenant) }
        if let deadline { fields["x-job-deadline"] = .text(deadline) }
        if let traceparent { fields["traceparent"] = .text(traceparent) }
        return fields
    }

    private static func number(_ value: FieldValue?, within bounds: ClosedRange<Int>) -> Int? {
        value?.integer.flatMap { Int(exactly: $0) }.flatMap { bounds.contains($0) ? $0 : nil }
    }

    /// Longer texts are foreign: ours are GUIDs, timestamps and trace ids.
    private static func text(_ value: FieldValue?) -> String? {
        value?.text.flatMap { $0.utf8.count <= 100 ? $0 : nil }
    }
}
