package import JobModel

/// Takes out of a tenant what was put there.
package struct DisconnectTenantExecutor: Executor {
    private let settings: ExecutorSettings

    /// Nothing is opened or sent yet.
    package init(settings: ExecutorSettings) { self.settings = settings }

    /// Refuses: the removal is not there yet.
    package func run(_ job: DisconnectTenant, _ context: ExecutorContext) async -> Outcome {
        .failed(Problem(.unknownJobType, "This version cannot disconnect tenants."), retryAfter: nil)
    }
}
