import JobModel
import Synchronization

/// Which jobs an operator has called off, as far as this worker remembers.
final class CancelledJobs: Sendable {
    /// How many are remembered; beyond it the oldest is forgotten.
    static let jobsMax = 10_000

    private struct State {
        var jobs: Set<JobID> = []
        var inOrder: [JobID] = []
    }

    private let state = Mutex(State())

    /// Remembers a job.
    func insert(_ job: JobID) {
        self.state.withLock { state in
            guard state.jobs.insert(job).inserted else { return }
            state.inOrder.append(job)
            if state.inOrder.count > Self.jobsMax { state.jobs.remove(state.inOrder.removeFirst()) }
        }
    }

    /// Whether a job was called off.
    func contains(_ job: JobID) -> Bool { self.state.withLock { $0.jobs.contains(job) } }
}

extension Outcome {
    /// What an attempt comes to whose job was called off meanwhile: an end that was reached all the same stays.
    func calledOff(_ problem: Problem) -> Outcome {
        switch self {
        case .interrupted, .postponed: .cancelled(problem)
        case .failed(let failure, _): failure.code.reaction == .retry ? .cancelled(problem) : self
        case .succeeded, .cancelled: self
        }
    }
}
