import Foundation
package import JobModel
import Ledger
import Synchronization

/// How a worker is, and what it has done since its start: what its metrics and its readiness are made of.
package struct WorkerFigures: Sendable {
    /// By job type, of all types.
    package var jobs: [JobType: JobFigures]
    /// How long the oldest running attempt has run, in seconds; nil when none runs.
    package var oldestAttempt: Double?
    /// How long ago the oldest running job was asked for, whatever attempt it is in; nil when none runs.
    package var oldestJob: Double?
    /// Whether both connections are up and every queue is consumed.
    package var takesJobs: Bool
    /// How many queues are consumed.
    package var consumedQueues: Int
    /// The queues that should be consumed and are not; empty without a session.
    package var missingQueues: [String]
    /// Why no jobs are taken: the broker blocks, the outbox is full, the ledger fails.
    package var hindrances: [String]
    /// The types an operator has paused.
    package var paused: [JobType]
    /// Whether it has begun to leave.
    package var isDraining: Bool
    /// How often it has had a session with the broker.
    package var sessions: Int
    /// Messages that were too large to be read, and went to the dead letters.
    package var turnedAway: Int
    /// Messages that wait for the broker's confirm.
    package var outboxMessages: Int
    /// Bytes of their bodies.
    package var outboxBytes: Int
    /// Commits of the ledger.
    package var ledgerCommits: Int
    /// Writes in them.
    package var ledgerWrites: Int
    /// Bytes that the ledger takes on disk.
    package var ledgerBytes: Int
    /// Executor processes that live, by type.
    package var executors: [JobType: Int]
    /// Executor processes started so far, by type.
    package var executorStarts: [JobType: Int]
}

extension Worker {
    /// How it is now.
    package var figures: WorkerFigures {
        get async {
            let services = self.services
            let (jobs, began, asked) = services.tally.figures
            let now = services.now()
            let load = await services.publisher.load
            let commits = services.ledger.commitFigures
            let executors = await services.supervisor.figures
            return WorkerFigures(
                jobs: jobs,
                oldestAttempt: began.map { max(0, now.timeIntervalSince($0)) },
                oldestJob: asked.map { max(0, now.timeIntervalSince($0)) },
                takesJobs: self.isReady,
                consumedQueues: services.consumed.withLock { $0.count },
                missingQueues: self.missingQueues,
                hindrances: services.intake.hindrances.map(\.rawValue).sorted(),
                paused: services.intake.paused.sorted { $0.rawValue < $1.rawValue },
                isDraining: self.isDraining,
                sessions: self.sessions,
                turnedAway: services.tally.turnedAwayCount,
                outboxMessages: load.rows,
                outboxBytes: load.bytes,
                ledgerCommits: commits.commits,
                ledgerWrites: commits.writes,
                ledgerBytes: services.ledger.bytes,
                executors: executors.live,
                executorStarts: executors.starts
            )
        }
    }
}
