import AsyncHTTPClient
package import Foundation
package import Logging
import NIOCore
import NIOHTTP1
import Synchronization

/// Sends finished spans to an OpenTelemetry collector by OTLP/HTTP, some at a time, beside the work and never in its way.
///
/// What cannot be sent is dropped and counted: a trace is never worth a job.
package final class SpanExporter: Sendable {
    /// How many spans may wait; more are dropped.
    private static let waitingMax = 4_096
    /// How many go in one request.
    private static let batchMax = 512
    /// How often it is looked whether there is something to send.
    private static let interval = Duration.seconds(2)
    /// How long one request may take.
    private static let requestTime = TimeAmount.seconds(5)

    private let endpoint: String
    private let resource: [String: String]
    private let logger: Logger
    private let state = Mutex((waiting: [OTLPSpan](), dropped: 0, hasFailed: false))

    /// `url` is the collector's base, such as `http://127.0.0.1:4318`; spans go to `v1/traces` below it.
    ///
    /// `resource` says who sends: `service.name` and the like.
    package init(url: URL, resource: [String: String], logger: Logger) {
        self.endpoint = url.appending(path: "v1/traces").absoluteString
        self.resource = resource
        self.logger = logger
    }

    /// How many spans were dropped so far.
    package var dropped: Int { self.state.withLock { $0.dropped } }

    /// Takes a finished span.
    func add(_ span: OTLPSpan) {
        self.state.withLock { state in
            if state.waiting.count < Self.waitingMax { state.waiting.append(span) } else { state.dropped += 1 }
        }
    }

    /// Sends until the task is cancelled, and then once more what is left.
    package func run() async {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.tracing.tracer = nil  // or every request about spans would be a span
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        while (try? await Task.sleep(for: Self.interval)) != nil { await self.send(by: client) }
        // A task of its own, as this one is cancelled and its requests would be too; it is waited for.
        await Task { await self.send(by: client) }.value
        try? await client.shutdown()  // the only cause of a failure is a second shutdown
    }

    private func send(by client: HTTPClient) async {
        while true {
            let batch = self.state.withLock { state in
                let batch = Array(state.waiting.prefix(Self.batchMax))
                state.waiting.removeFirst(batch.count)
                return batch
            }
            guard !batch.isEmpty else { return }
            let failure = await self.failure(of: batch, by: client)
            self.note(failure, spans: batch.count)
            if failure != nil { return }
        }
    }

    private func failure(of batch: [OTLPSpan], by client: HTTPClient) async -> String? {
        do {
            var request = HTTPClientRequest(url: self.endpoint)
            request.method = .POST
            request.headers.add(name: "content-type", value: "application/json")
            let message = OTLPMessage(resource: self.resource, spans: batch)
            request.body = .bytes(ByteBuffer(bytes: try JSONEncoder().encode(message)))
            let response = try await client.execute(request, deadline: .now() + Self.requestTime)
            return (200..<300).contains(response.status.code) ? nil : "status \(response.status.code)"
        } catch {
            return "no connection"
        }
    }

    /// Says when it begins to fail and when it works again, not at every request.
    private func note(_ failure: String?, spans: Int) {
        let hadFailed = self.state.withLock { state in
            defer { state.hasFailed = failure != nil }
            if failure != nil { state.dropped += spans }
            return state.hasFailed
        }
        if let failure, !hadFailed {
            self.logger.warning("spans cannot be sent and are dropped", metadata: ["reason": "\(failure)"])
        } else if failure == nil, hadFailed {
            self.logger.notice("spans are sent again")
        }
    }
}
