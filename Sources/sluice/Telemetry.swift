import Foundation
import Logging
import Telemetry
import Tracing

extension Settings {
    /// Has the process make spans, or hand on the caller's; nil when there is nobody to send them to.
    ///
    /// Call it once, before anything that makes spans.
    func startTracing(service: String, logger: Logger) throws -> SpanExporter? {
        let percent = try self.number(.tracingSamplePercent)
        let exporter = try self.text(.tracingOTLPURL).map { text in
            guard let url = URL(string: text), ["http", "https"].contains(url.scheme), url.host() != nil else {
                throw CommandFailure.failed("tracing.otlp-url is no http or https URL")
            }
            return SpanExporter(
                url: url,
                resource: [
                    "service.name": service, "service.version": Version.number,
                    "host.name": ProcessInfo.processInfo.hostName,
                    "process.pid": String(ProcessInfo.processInfo.processIdentifier),
                ],
                logger: logger
            )
        }
        InstrumentationSystem.bootstrap(OTLPTracer(samplePercent: percent, exporter: exporter))
        return exporter
    }

    /// Where health and metrics are served; nil when nowhere.
    func monitorAddress() throws -> (host: String, port: Int)? {
        guard let text = self.text(.monitorListen) else { return nil }
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65_535).contains(port), colon > text.startIndex
        else { throw CommandFailure.failed("monitor.listen must be address:port, such as 127.0.0.1:9464") }
        let host = text[..<colon].trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
        return (host, port)
    }
}
