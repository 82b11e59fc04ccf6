package import JobModel
import Microsoft365

/// Connects a tenant: grants, domains, connectors, bypass rule, directory probe.
///
/// Safe to be killed anywhere and run again, with its memo or without: every step reads the tenant and does what is missing.
package struct ConnectTenantExecutor: Executor {
    private let settings: ExecutorSettings

    /// Nothing is opened or sent yet.
    package init(settings: ExecutorSettings) { self.settings = settings }

    /// Runs one attempt.
    package func run(_ job: ConnectTenant, _ context: ExecutorContext) async -> Outcome {
        do {
            var connection = try TenantConnection(job: job, context: context, settings: self.settings)
            let outcome = await connection.run()
            await connection.giveBack(after: outcome)
            return outcome
        } catch {
            // Only a gateway whose ranges Exchange cannot hold ends here, and its profile excludes them.
            return .failed(Problem(.configurationRejected, "The gateway's settings cannot be used."), retryAfter: nil)
        }
    }
}
