import Foundation

/// The tokens of one tenant: asked for with client credentials, kept per resource until shortly before they expire.
///
/// One request a resource is in flight at a time; who comes meanwhile gets its answer. Source: Microsoft identity platform,
/// "OAuth 2.0 client credentials flow".
package actor Login {
    private let tenant: UUID
    private let application: Application
    private let endpoints: CloudEndpoints
    private let limits: RequestLimits
    private let transport: Transport

    init(
        tenant: UUID,
        application: Application,
        endpoints: CloudEndpoints,
        limits: RequestLimits,
        transport: Transport
    ) {
        self.tenant = tenant
        self.application = application
        self.endpoints = endpoints
        self.limits = limits
        self.transport = transport
    }

    /// A token for a resource, from the cache when one is still good.
    ///
    /// It is issued even when nothing is granted; look at ``AccessToken/roles``.
    package func token(for resource: Resource) async throws(Microsoft365Error) -> AccessToken {
        fatalError()
    }

    /// Drops the tokens of both resources, also those that are being asked for.
    package func forgetTokens() {
        fatalError()
    }
}
