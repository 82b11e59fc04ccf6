package import Foundation
package import Logging

/// One tenant of Microsoft 365: the only way this product talks to login, Graph and Exchange administration.
///
/// Make one per job and tenant over the process's one ``Transport``:
///
/// ```swift
/// let transport = Transport()
/// let tenant = Microsoft365(
///     tenant: tenantID, application: application, endpoints: .global, limits: .standard,
///     transport: transport, logger: logger)
/// let own = try await tenant.graph.servicePrincipal(appID: application.clientID)
/// let domains = try await tenant.graph.domains()
/// try await tenant.exchange.newOutboundConnector(settings)   // settings.isEnabled = false
/// await tenant.forgetTokens()                                // after every grant
/// …
/// try await transport.shutdown()
/// ```
///
/// Every call throws ``Microsoft365Error`` and nothing else. Reads are repeated a few times when the service stumbles;
/// writes never: one whose effect is unknown throws `.interrupted`, and the caller reads to learn the effect.
package struct Microsoft365: Sendable {
    /// The tenant all calls are for.
    package let tenant: UUID
    /// The tokens of this tenant.
    package let login: Login
    /// Microsoft Graph.
    package let graph: Graph
    /// Exchange Online administration.
    package let exchange: ExchangeAdministration

    /// Puts the parts together; nothing is sent yet.
    package init(
        tenant: UUID,
        application: Application,
        endpoints: CloudEndpoints,
        limits: RequestLimits,
        transport: Transport,
        logger: Logger
    ) {
        let login = Login(
            tenant: tenant,
            application: application,
            endpoints: endpoints,
            limits: limits,
            transport: transport
        )
        let sender = Sender(tenant: tenant, login: login, limits: limits, transport: transport, logger: logger)
        self.tenant = tenant
        self.login = login
        self.graph = Graph(address: endpoints.graph, sender: sender)
        self.exchange = ExchangeAdministration(address: endpoints.exchange, tenant: tenant, sender: sender)
    }

    /// Drops the tokens of both resources, so that the next call asks for new ones.
    ///
    /// Call it after every consent, app role and directory role: a token keeps the rights of its issue time.
    package func forgetTokens() async {
        await self.login.forgetTokens()
    }
}
