import AsyncHTTPClient

/// The HTTP connections of a process, shared by all tenants.
///
/// Make one, and shut it down before letting it go. Redirects are not followed: a token must not travel to another host.
package final class Transport: Sendable {
    let client: HTTPClient

    /// Opens nothing yet.
    package init() {
        self.client = HTTPClient(eventLoopGroupProvider: .singleton)
    }

    /// Closes all connections; calls in flight fail.
    package func shutdown() async throws(Microsoft365Error) {
        fatalError()
    }
}
