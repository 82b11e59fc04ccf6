package import JobModel

/// Refuses every job of the type for now: the contract is there before the executor is.
package struct PullMessageExecutor: Executor {
    private let settings: ExecutorSettings

    /// Nothing is opened or sent yet.
    package init(settings: ExecutorSettings) { self.settings = settings }

    /// Runs one attempt.
    package func run(_ job: PullMessage, _ context: ExecutorContext) async -> Outcome {
        .failed(Problem(.executorUnavailable, "This build has no executor for the job yet."), retryAfter: nil)
    }
}
