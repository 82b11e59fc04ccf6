package import JobModel

/// Sends a connected tenant's mail out through the gateway, once every relay domain's SPF record lets it.
///
/// Safe to be killed anywhere and run again, with its memo or without: the connector is read before and after it is turned.
package struct EnableOutboundConnectorExecutor: Executor {
    private let settings: ExecutorSettings

    /// Nothing is opened or sent yet.
    package init(settings: ExecutorSettings) { self.settings = settings }

    /// Runs one attempt.
    package func run(_ job: EnableOutboundConnector, _ context: ExecutorContext) async -> Outcome {
        do {
            var enabling = try OutboundEnabling(job: job, context: context, settings: self.settings)
            return await enabling.run()
        } catch {
            // Only a gateway whose ranges Exchange cannot hold ends here, and its profile excludes them.
            return .failed(Problem(.configurationRejected, "The gateway's settings cannot be used."), retryAfter: nil)
        }
    }
}
