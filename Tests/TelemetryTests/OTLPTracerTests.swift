import Foundation
import Instrumentation
import Logging
import ServiceContextModule
import Telemetry
import Testing
import Tracing

@Suite("Spans and their parents")
struct OTLPTracerTests {
    private struct Text: Extractor, Injector {
        func extract(key: String, from carrier: String?) -> String? { key == "traceparent" ? carrier : nil }
        func inject(_ value: String, forKey key: String, into carrier: inout String?) { carrier = value }
    }

    private static let caller = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-"

    private func tracer(samplePercent: Int) throws -> OTLPTracer {
        let url = try #require(URL(string: "http://127.0.0.1:1"))
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        return OTLPTracer(
            samplePercent: samplePercent,
            exporter: SpanExporter(url: url, resource: [:], logger: logger)
        )
    }

    /// What a call made within a span would carry.
    private func carried(by tracer: OTLPTracer, from caller: String?) -> (header: String?, isRecording: Bool) {
        var context = ServiceContext.topLevel
        tracer.extract(caller, into: &context, using: Text())
        let span = tracer.startSpan("work", context: context)
        defer { span.end() }
        var header: String?
        tracer.inject(span.context, into: &header, using: Text())
        return (header, span.isRecording)
    }

    @Test("A span belongs to the caller's trace under an id of its own, recorded when the caller records")
    func child() throws {
        let tracer = try self.tracer(samplePercent: 0)
        let recorded = self.carried(by: tracer, from: Self.caller + "01")
        #expect(recorded.header?.hasPrefix("00-4bf92f3577b34da6a3ce929d0e0e4736-") == true)
        #expect(recorded.header != Self.caller + "01")
        #expect(recorded.isRecording)
        #expect(self.carried(by: try self.tracer(samplePercent: 100), from: Self.caller + "00").isRecording == false)
    }

    @Test("Without a caller the share decides", arguments: [(0, false), (100, true)])
    func root(_ percent: Int, _ isRecording: Bool) throws {
        let root = self.carried(by: try self.tracer(samplePercent: percent), from: nil)
        #expect(root.isRecording == isRecording)
        #expect(root.header?.hasSuffix(isRecording ? "-01" : "-00") == true)
    }

    @Test("A broken header begins a trace of its own")
    func broken() throws {
        let header = self.carried(by: try self.tracer(samplePercent: 100), from: "00-zz").header
        #expect(header.flatMap { TraceParent($0) } != nil)
    }

    @Test("Without an exporter the caller's header goes on as it came, and none is made up")
    func passedOn() {
        let tracer = OTLPTracer(samplePercent: 100, exporter: nil)
        #expect(self.carried(by: tracer, from: Self.caller + "01") == (Self.caller + "01", false))
        #expect(self.carried(by: tracer, from: nil).header == nil)
    }
}
