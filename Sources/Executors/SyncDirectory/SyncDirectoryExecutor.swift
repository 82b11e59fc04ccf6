package import JobModel

/// Carries out `sync-directory`.
package struct SyncDirectoryExecutor: Executor {
    private let settings: ExecutorSettings

    /// Works with what the process was given.
    package init(settings: ExecutorSettings) { self.settings = settings }

    /// Runs one attempt.
    package func run(_ job: SyncDirectory, _ context: ExecutorContext) async -> Outcome {
        .failed(
            Problem(.unsupportedVersion, "This version's workers know the job and cannot run it yet."),
            retryAfter: nil
        )
    }
}
