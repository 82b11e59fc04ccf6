package import JobModel

/// Which executor carries out which job type: the only list of all executors.
package struct ExecutorCatalogue: Sendable {
    private let settings: Result<ExecutorSettings, Problem>

    /// All executors of a process share its settings, or why there are none.
    package init(settings: Result<ExecutorSettings, Problem>) { self.settings = settings }

    /// The executor of a job type; throws the settings' problem for one that needs them.
    package func executor(for type: JobType) throws(Problem) -> any Executor {
        switch type {
        case .connectTenant: ConnectTenantExecutor(settings: try self.settings.get())
        case .verifyTenant: VerifyTenantExecutor(settings: try self.settings.get())
        case .disconnectTenant: DisconnectTenantExecutor(settings: try self.settings.get())
        case .enableOutboundConnector: EnableOutboundConnectorExecutor(settings: try self.settings.get())
        case .disableOutboundConnector: DisableOutboundConnectorExecutor(settings: try self.settings.get())
        case .noOp: NoOpExecutor()
        case .pullMessage: PullMessageExecutor(settings: try self.settings.get())
        case .restoreMessage: RestoreMessageExecutor(settings: try self.settings.get())
        case .syncDirectory: SyncDirectoryExecutor(settings: try self.settings.get())
        }
    }
}
