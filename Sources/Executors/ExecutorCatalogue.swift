package import JobModel

/// Which executor carries out which job type: the only list of all executors.
package struct ExecutorCatalogue: Sendable {
    private let settings: ExecutorSettings

    /// All executors of a process share its settings.
    package init(settings: ExecutorSettings) { self.settings = settings }

    /// The executor of a job type.
    package func executor(for type: JobType) -> any Executor {
        switch type {
        case .connectTenant: ConnectTenantExecutor(settings: self.settings)
        }
    }
}
