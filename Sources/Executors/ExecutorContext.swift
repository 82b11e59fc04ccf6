package import Foundation
package import JobModel
package import Logging

/// What an executor knows about the attempt it runs, and how it speaks to the worker.
package struct ExecutorContext: Sendable {
    /// The job.
    package let job: JobID
    /// The tenant it is for.
    package let tenant: TenantID
    /// Which attempt this is, from 1.
    package let attempt: Int
    /// When the process is ended if it still runs this job, by a clock that nobody sets.
    package let end: ContinuousClock.Instant
    /// When the job was first started; waits are bounded by it.
    package let since: Date
    /// What an earlier run remembered, in the executor's own shape; nil on the first run and when it was lost.
    package let steps: String?
    private let processLogger: Logger
    private let underWay: EventsUnderWay?
    private let send: @Sendable (ExecutorFrame) -> Void

    /// Takes a request apart; `send` must not block.
    ///
    /// Without a count of the events under way nobody ever waits for the worker.
    package init(
        request: ExecutorRequest,
        logger: Logger,
        underWay: EventsUnderWay? = nil,
        send: @escaping @Sendable (ExecutorFrame) -> Void
    ) {
        self.job = request.job
        self.tenant = request.tenant
        self.attempt = request.attempt
        self.end = .now + request.limit
        self.since = request.since
        self.steps = request.steps
        self.processLogger = logger
        self.underWay = underWay
        self.send = send
    }

    /// For the process's log, with the job in its metadata; made when it is asked for, as most jobs write nothing.
    package var logger: Logger {
        var logger = self.processLogger
        logger[metadataKey: "job_id"] = "\(self.job)"
        logger[metadataKey: "tenant"] = "\(self.tenant)"
        return logger
    }

    /// Tells people who watch that `done` of `total` steps are done and which one is under way.
    package func progress(done: Int, total: Int, step: String) {
        self.send(.progress(job: self.job, done: done, total: total, step: step))
    }

    /// Leaves a text to be found again in ``steps`` when the job is run once more; it replaces the one before.
    package func remember(_ steps: String) {
        self.send(.steps(job: self.job, steps))
    }

    /// Has people told by e-mail; nobody is told when there are no recipients.
    ///
    /// Once a job and template: what a later attempt asks for again is asked for with another event, so an executor
    /// remembers that it has asked. `customer` is the customer's name where the job knows it, `requestedBy` who asked for it.
    package func notify(
        _ recipients: [String],
        _ content: NotificationContent,
        customer: String?,
        requestedBy: String,
        language: String?
    ) {
        guard !recipients.isEmpty else { return }
        self.event(
            .notificationRequested,
            NotificationRequested(
                content,
                recipients: recipients,
                customer: customer,
                requestedBy: requestedBy,
                language: language
            )
        )
    }

    /// Sends a domain event with its own members; only for events that are an executor's to send.
    package func event(_ name: JobEventName, _ members: some Encodable) {
        precondition(name.isExecutors, "the worker alone sends events about jobs")
        do {
            let data = try CanonicalJSON.bytes(members)
            self.underWay?.sent()
            self.send(.event(job: self.job, name: name.rawValue, data: data))
        } catch {
            self.logger.error("An event could not be encoded", metadata: ["event": "\(name.rawValue)"])
        }
    }

    /// Waits until the worker has put all but `bound` of this attempt's events on record.
    ///
    /// For executors with many events: call it before each, so that no more than a few are in memory.
    package func waitForEvents(downTo bound: Int) async { await self.underWay?.wait(downTo: bound) }
}
