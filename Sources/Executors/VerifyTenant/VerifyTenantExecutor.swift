package import JobModel

/// Compares a tenant with what was applied and with what is wanted.
package struct VerifyTenantExecutor: Executor {
    private let settings: ExecutorSettings

    /// Nothing is opened or sent yet.
    package init(settings: ExecutorSettings) { self.settings = settings }

    /// Refuses: the comparison is not there yet.
    package func run(_ job: VerifyTenant, _ context: ExecutorContext) async -> Outcome {
        .failed(Problem(.unknownJobType, "This version cannot verify tenants."), retryAfter: nil)
    }
}
