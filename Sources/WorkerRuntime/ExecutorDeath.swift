import JobModel

/// Why an executor process is gone while jobs were running in it.
struct ExecutorDeath: Sendable, Equatable {
    /// What ended it.
    enum Cause: Sendable, Equatable {
        /// It left by itself with a code.
        case exited(Int32)
        /// A signal ended it: a trap, the kernel, a person.
        case signalled(Int32)
        /// The worker ended it, as a job had run past its time limit.
        case overdue(JobID)
        /// The worker ended it, as the worker itself is leaving.
        case drained
        /// It never ran.
        case notStarted(String)
    }

    /// What ended it.
    let cause: Cause
    /// The end of what it wrote to standard error: a crash report, if there is one.
    let report: String

    /// What an attempt comes to that was alone in the process.
    func outcome(for job: JobID) -> Outcome {
        switch self.cause {
        case .exited(let code): .failed(Problem(.executorCrashed, "exit \(code). \(self.report)"), retryAfter: nil)
        case .signalled(let signal):
            .failed(Problem(.executorCrashed, "signal \(signal). \(self.report)"), retryAfter: nil)
        case .overdue(let guilty):
            guilty == job
                ? .failed(Problem(.executorTimeout, "The attempt ran past its limit and was ended."), retryAfter: nil)
                : .interrupted
        case .drained: .interrupted
        case .notStarted(let reason): .failed(Problem(.executorUnavailable, reason), retryAfter: nil)
        }
    }

    /// Whether a job must be run again by itself to tell whether it was the cause.
    func leavesDoubt(about job: JobID) -> Bool {
        switch self.cause {
        case .exited, .signalled: true
        case .overdue(let guilty): guilty != job
        case .drained, .notStarted: false
        }
    }
}
