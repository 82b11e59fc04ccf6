package import Foundation
package import JobModel

/// Where a job stands on this host.
package enum JobState: String, Sendable, Hashable, CaseIterable, Codable {
    /// An attempt runs, or ran when the worker died.
    case running
    /// It will come back by itself: retried, postponed or interrupted.
    case waiting
    /// It ended well.
    case succeeded
    /// It ended without success, as an answer for the customer.
    case failed
    /// It was called off.
    case cancelled
    /// It ended among the dead letters.
    case dead

    /// Whether nothing more will happen to the job.
    package var isFinal: Bool { self != .running && self != .waiting }
}

/// What the ledger knows of a job: one row a run.
package struct LedgerEntry: Sendable, Equatable {
    /// Which run of which job.
    package var run: JobRun
    /// The round it is in, or was decided for last.
    package var round: Int
    /// The attempt it is in.
    package var attempt: Int
    /// Where it stands.
    package var state: JobState
    /// The number of the last event.
    package var sequence: Int
    /// The executor's finished steps.
    package var steps: String?
    /// Why it did not succeed, or what it waits for.
    package var problem: Problem?
    /// When it was first started.
    package var since: Date
    /// When the row was last written.
    package var changed: Date
    /// Whether it was in an executor that died, and has to run by itself before it runs beside others again.
    package var isSuspect: Bool

    /// Collects the parts.
    package init(
        run: JobRun,
        round: Int,
        attempt: Int,
        state: JobState,
        sequence: Int,
        steps: String?,
        problem: Problem?,
        since: Date,
        changed: Date,
        isSuspect: Bool = false
    ) {
        self.run = run
        self.round = round
        self.attempt = attempt
        self.state = state
        self.sequence = sequence
        self.steps = steps
        self.problem = problem
        self.since = since
        self.changed = changed
        self.isSuspect = isSuspect
    }
}

/// A message in the outbox with the number that takes it out again.
package struct OutboxRow: Sendable, Equatable {
    /// The row.
    package let number: Int64
    /// What is to be sent.
    package let message: OutboundMessage
}
