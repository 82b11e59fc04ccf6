package import JobModel

/// Takes a tenant's outgoing mail off the gateway: the way back from enable-outbound-connector.
///
/// Safe to be killed anywhere and run again, with its memo or without: the connector is read before and after it is turned.
package struct DisableOutboundConnectorExecutor: Executor {
    private let settings: ExecutorSettings

    /// Nothing is opened or sent yet.
    package init(settings: ExecutorSettings) { self.settings = settings }

    /// Runs one attempt.
    package func run(_ job: DisableOutboundConnector, _ context: ExecutorContext) async -> Outcome {
        do {
            var disabling = try OutboundDisabling(job: job, context: context, settings: self.settings)
            return await disabling.run()
        } catch {
            // Only a gateway whose ranges Exchange cannot hold ends here, and its profile excludes them.
            return .failed(Problem(.configurationRejected, "The gateway's settings cannot be used."), retryAfter: nil)
        }
    }
}
