package import JobModel
import Microsoft365

/// Takes out of a tenant what was put there, in an order that loops no mail, back to what stood before.
///
/// Safe to be killed anywhere and run again, with its memo or without: every step reads the tenant and removes what is left.
package struct DisconnectTenantExecutor: Executor {
    private let settings: ExecutorSettings

    /// Nothing is opened or sent yet.
    package init(settings: ExecutorSettings) { self.settings = settings }

    /// Runs one attempt.
    package func run(_ job: DisconnectTenant, _ context: ExecutorContext) async -> Outcome {
        do {
            var disconnection = try TenantDisconnection(job: job, context: context, settings: self.settings)
            return await disconnection.run()
        } catch {
            // Only a gateway whose ranges Exchange cannot hold ends here, and its profile excludes them.
            return .failed(Problem(.configurationRejected, "The gateway's settings cannot be used."), retryAfter: nil)
        }
    }
}
