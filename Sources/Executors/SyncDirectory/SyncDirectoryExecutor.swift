package import JobModel

/// Carries out `sync-directory`: imports users, groups and members, whole or what has changed.
package struct SyncDirectoryExecutor: Executor {
    private let settings: ExecutorSettings

    /// Works with what the process was given.
    package init(settings: ExecutorSettings) { self.settings = settings }

    /// Runs one attempt.
    package func run(_ job: SyncDirectory, _ context: ExecutorContext) async -> Outcome {
        do throws(Problem) {
            let part = String(UInt64.random(in: .min ... .max), radix: 16)
            let padded = String(repeating: "0", count: DirectoryPage.partLength - part.count) + part
            var sync = try DirectorySync(job: job, context: context, settings: self.settings, part: padded)
            return await sync.run()
        } catch {
            return .failed(error, retryAfter: nil)
        }
    }
}
