package import JobModel

/// Answers with as many bytes as asked for, after the time asked for; needs no settings and touches nothing.
package struct NoOpExecutor: Executor {
    /// Nothing to be told.
    package init() {}

    /// Runs one attempt.
    package func run(_ job: NoOp, _ context: ExecutorContext) async -> Outcome {
        if job.milliseconds > 0 {
            do {
                try await Task.sleep(for: .milliseconds(job.milliseconds))
            } catch {
                return .interrupted
            }
        }
        return .succeeded(output: NoOpOutput(size: job.size).json)
    }
}
