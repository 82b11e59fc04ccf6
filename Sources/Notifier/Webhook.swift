import AsyncHTTPClient
package import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// A place that gets notifications instead of the mail system: HTTPS, signed, without redirects.
package struct Webhook: Sendable {
    /// The longest wait for a connection.
    private static let connectTime = TimeAmount.seconds(10)

    private let url: String
    private let key: WebhookKey
    private let client: HTTPClient
    private let deadline: Duration
    private let now: @Sendable () -> Date

    /// Opens nothing yet; `caFile` names the authorities to trust, nil means the system's.
    ///
    /// Fails when the URL is not https, or plain http on loopback, or holds a password.
    package init(
        url: String,
        key: WebhookKey,
        caFile: String?,
        deadline: Duration,
        now: @escaping @Sendable () -> Date
    ) throws(NotifierError) {
        guard Self.isAllowed(url) else {
            throw NotifierError(
                .setting,
                "notifier.webhook-url must be an https URL (http on loopback alone) without user, password and fragment"
            )
        }
        var tls = TLSConfiguration.makeClientConfiguration()
        if let caFile { tls.trustRoots = .file(caFile) }
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = Self.connectTime
        configuration.connectionPool.retryConnectionEstablishment = false
        self.client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        self.url = url
        self.key = key
        self.deadline = deadline
        self.now = now
    }

    /// Closes its connections; call it once, before letting it go.
    package func shutdown() async {
        try? await self.client.shutdown()  // the only cause to fail is a second call
    }

    /// Sends a body once, signed with the time of this attempt.
    func handOver(_ body: [UInt8], id: String) async -> HandOver {
        let timestamp = Int(self.now().timeIntervalSince1970)
        var request = HTTPClientRequest(url: self.url)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        request.headers.add(name: "user-agent", value: "sluice")
        request.headers.add(name: "webhook-id", value: id)
        request.headers.add(name: "webhook-timestamp", value: "\(timestamp)")
        request.headers.add(
            name: "webhook-signature",
            value: self.key.signature(id: id, timestamp: timestamp, body: body)
        )
        request.body = .bytes(ByteBuffer(bytes: body))
        return await self.exchange(request)
    }

    /// The answer's body is not read: its status says everything.
    private func exchange(_ request: HTTPClientRequest) async -> HandOver {
        await withTaskGroup(of: HandOver?.self) { group in
            group.addTask {
                do {
                    let answer = try await self.client.execute(request, deadline: .now() + TimeAmount(self.deadline))
                    return WebhookAnswer.verdict(
                        status: Int(answer.status.code),
                        retryAfter: answer.headers.first(name: "retry-after"),
                        now: self.now()
                    )
                } catch {
                    return .unavailable("The webhook did not answer: \(Self.words(for: error)).", retryAfter: nil)
                }
            }
            group.addTask {
                try? await Task.sleep(for: self.deadline)  // cut short when the answer is there
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first ?? .unavailable("The webhook did not answer within \(self.deadline).", retryAfter: nil)
        }
    }

    /// The kind of failure alone: descriptions may repeat the URL.
    private static func words(for error: any Error) -> String {
        switch error {
        case let error as HTTPClientError: error.shortDescription
        case is NIOSSLError, is BoringSSLError: "its certificate or TLS was refused"
        case is NIOConnectionError: "no connection could be made"
        default: "\(type(of: error))"
        }
    }

    static func isAllowed(_ text: String) -> Bool {
        guard let parts = URLComponents(string: text), let host = parts.host, !host.isEmpty, parts.user == nil,
            parts.password == nil, parts.fragment == nil
        else { return false }
        switch parts.scheme?.lowercased() {
        case "https": return true
        case "http": return ["127.0.0.1", "localhost", "::1", "[::1]"].contains(host)
        default: return false
        }
    }
}
