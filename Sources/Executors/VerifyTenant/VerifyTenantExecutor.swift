package import JobModel
import Microsoft365

/// Compares a tenant with what was applied and with what is wanted, and puts right what it is told to.
///
/// Safe to be killed anywhere and run again, with its memo or without: it reads, and sets what is still wrong.
package struct VerifyTenantExecutor: Executor {
    private let settings: ExecutorSettings

    /// Nothing is opened or sent yet.
    package init(settings: ExecutorSettings) { self.settings = settings }

    /// Runs one attempt.
    package func run(_ job: VerifyTenant, _ context: ExecutorContext) async -> Outcome {
        do {
            var verification = try TenantVerification(job: job, context: context, settings: self.settings)
            return await verification.run()
        } catch {
            // Only a gateway whose ranges Exchange cannot hold ends here, and its profile excludes them.
            return .failed(Problem(.configurationRejected, "The gateway's settings cannot be used."), retryAfter: nil)
        }
    }
}
