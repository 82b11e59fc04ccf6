import Foundation

/// What others may hear about a job: the only list of all events.
///
/// The raw value is the routing key; the CloudEvents type is `events.<name>.v1`. Every job has exactly one terminal event,
/// its last.
package enum JobEventName: String, Sendable, Hashable, CaseIterable {
    /// The job was started for the first time.
    case jobStarted = "job.started"
    /// A step is under way.
    case jobProgressed = "job.progressed"
    /// The job waits for something outside; no attempt was spent.
    case jobPostponed = "job.postponed"
    /// An attempt failed and another follows.
    case jobRetrying = "job.retrying"
    /// The job ended: succeeded, refused or cancelled. Terminal.
    case jobFinished = "job.finished"
    /// The job ended among the dead letters. Terminal.
    case jobDied = "job.died"
    /// A tenant is connected.
    case tenantConnected = "tenant.connected"
    /// A tenant no longer lets us in.
    case tenantConnectionLost = "tenant.connection-lost"
    /// A tenant was disconnected.
    case tenantDisconnected = "tenant.disconnected"
    /// A job changed an object of a tenant.
    case tenantChanged = "tenant.changed"
    /// Something of a tenant is not as it was left.
    case driftFound = "drift.found"
    /// A tenant's mail leaves through the gateway.
    case outboundConnectorEnabled = "outbound-connector.enabled"
    /// It no longer does.
    case outboundConnectorDisabled = "outbound-connector.disabled"
    /// Copies of a message were moved to quarantine.
    case messagePulled = "message.pulled"
    /// Copies of a message were moved back.
    case messageRestored = "message.restored"
    /// People are to be told.
    case notificationRequested = "notification.requested"
    /// A piece of a tenant's directory, or of what has changed in it.
    case directoryPage = "directory.page"
    /// The guard against mass deletion stopped a job, and asks.
    case directoryHeld = "directory.held"

    /// The CloudEvents `type`.
    package var messageType: String { "events.\(self.rawValue).v1" }

    /// Whether it is the last event of its job.
    package var isTerminal: Bool { self == .jobFinished || self == .jobDied }

    /// Whether an executor may send it; the others are the worker's own.
    package var isExecutors: Bool {
        switch self {
        case .jobStarted, .jobProgressed, .jobPostponed, .jobRetrying, .jobFinished, .jobDied: false
        case .outboundConnectorEnabled, .outboundConnectorDisabled, .tenantConnected, .tenantConnectionLost,
            .tenantDisconnected, .tenantChanged, .driftFound,
            .notificationRequested, .directoryPage, .directoryHeld, .messagePulled, .messageRestored:
            true
        }
    }
}

/// The own members of `events.job.progressed.v1`.
package struct JobProgressed: Sendable, Codable, Equatable {
    /// How many steps are done.
    package let done: Int
    /// How many there are.
    package let total: Int
    /// The step under way.
    package let step: String

    /// Collects the parts.
    package init(done: Int, total: Int, step: String) {
        self.done = done
        self.total = total
        self.step = step
    }
}

/// The own members of `events.job.postponed.v1` and `events.job.retrying.v1`.
package struct JobDelayed: Sendable, Codable, Equatable {
    /// In how many seconds the job comes back.
    package let delaySeconds: Int
    /// What it waits for, or why the attempt failed.
    package let problem: Problem

    /// Collects the parts.
    package init(delaySeconds: Int, problem: Problem) {
        self.delaySeconds = delaySeconds
        self.problem = problem
    }
}

/// The own members of `events.job.finished.v1` and `events.job.died.v1`.
package struct JobEnded: Sendable, Codable, Equatable {
    /// How the job ended.
    package let outcome: FinalOutcome
    /// Why it did not succeed.
    package let problem: Problem?

    /// Collects the parts.
    package init(outcome: FinalOutcome, problem: Problem?) {
        self.outcome = outcome
        self.problem = problem
    }

    /// The members as JSON; by hand but for the problem, as every job has one.
    package func json() throws -> [UInt8] {
        var writer = JSONObjectWriter()
        writer.member("outcome", text: self.outcome.rawValue)
        if let problem { writer.member(rawName: "problem", raw: try JSONEncoder().encode(problem)) }
        return writer.finish()
    }
}
