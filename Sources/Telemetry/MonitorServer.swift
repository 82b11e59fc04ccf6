import Hummingbird
package import Logging
import NIOCore

/// Answers `/livez`, `/readyz` and `/metrics` over HTTP, for orchestrators and Prometheus.
///
/// It says nothing of tenants; still let only the monitoring reach it.
package struct MonitorServer: Sendable {
    /// Whether the process does its work.
    package struct Readiness: Sendable {
        /// Whether it is ready.
        package let isReady: Bool
        /// Why it is not, or how it is, in a sentence.
        package let reason: String

        /// Collects the parts.
        package init(isReady: Bool, reason: String) {
            self.isReady = isReady
            self.reason = reason
        }
    }

    private let host: String
    private let port: Int
    private let logger: Logger
    private let readiness: @Sendable () async -> Readiness
    private let metrics: @Sendable () async -> MetricsPage

    /// Listens nowhere yet; port 0 takes a free one.
    package init(
        host: String,
        port: Int,
        logger: Logger,
        readiness: @escaping @Sendable () async -> Readiness,
        metrics: @escaping @Sendable () async -> MetricsPage
    ) {
        self.host = host
        self.port = port
        self.logger = logger
        self.readiness = readiness
        self.metrics = metrics
    }

    /// Serves until the task is cancelled; throws when it cannot listen, or no longer.
    ///
    /// `listening` is told the port.
    package func run(
        listening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) async throws(MonitorError) {
        let router = Router()
        // Whoever gets an answer from the process's own threads knows that it lives.
        router.get("livez") { _, _ in Self.text(.ok, "alive\n") }
        router.get("readyz") { _, _ in
            let readiness = await self.readiness()
            return Self.text(readiness.isReady ? .ok : .serviceUnavailable, readiness.reason + "\n")
        }
        router.get("metrics") { _, _ in
            Self.text(.ok, await self.metrics().text, type: MetricsPage.contentType)
        }
        let application = Application(
            router: router,
            configuration: .init(address: .hostname(self.host, port: self.port), serverName: "sluice"),
            onServerRunning: { await listening($0.localAddress?.port ?? 0) },
            logger: self.logger
        )
        do {
            try await application.run()
        } catch {
            if Task.isCancelled { return }
            throw MonitorError(error)
        }
        if !Task.isCancelled { throw MonitorError.ended("it ended by itself") }
    }

    private static func text(
        _ status: HTTPResponse.Status,
        _ text: String,
        type: String = "text/plain; charset=utf-8"
    ) -> Response {
        Response(
            status: status,
            headers: [.contentType: type, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text))
        )
    }
}
