package import Instrumentation
import ServiceContextModule
import Synchronization
package import Tracing

/// Makes spans, carries them on by W3C Trace Context, and hands the finished ones to an exporter.
///
/// A span whose caller records its trace is recorded, one whose caller does not is not; a trace that begins here is recorded
/// for `samplePercent` of all, chosen by the trace's id, so that every process of a trace decides alike. Without an exporter
/// it makes no spans and hands the caller's header on as it came.
package final class OTLPTracer: Tracer {
    private let samplePercent: Int
    private let exporter: SpanExporter?

    /// `samplePercent` is 0 to 100.
    package init(samplePercent: Int, exporter: SpanExporter?) {
        self.samplePercent = samplePercent
        self.exporter = exporter
    }

    /// Starts a span below the one of the context, or a trace.
    package func startSpan<Instant: TracerInstant>(
        _ operationName: String,
        context: @autoclosure () -> ServiceContext,
        ofKind kind: SpanKind,
        at instant: @autoclosure () -> Instant,
        function: String,
        file fileID: String,
        line: UInt
    ) -> RecordedSpan {
        var context = context()
        let parent = context[TraceParentKey.self]
        guard self.exporter != nil else {
            return RecordedSpan(
                name: operationName,
                kind: kind,
                own: nil,
                parent: nil,
                context: context,
                start: 0,
                exporter: nil
            )
        }
        var random = SystemRandomNumberGenerator()
        let trace = parent?.trace ?? TraceID(using: &random)
        let own = TraceParent(
            trace: trace,
            span: SpanID(using: &random),
            isSampled: parent?.isSampled ?? (trace.percentile < self.samplePercent)
        )
        context[TraceParentKey.self] = own
        return RecordedSpan(
            name: operationName,
            kind: kind,
            own: own,
            parent: parent?.span,
            context: context,
            start: instant().nanosecondsSinceEpoch,
            exporter: self.exporter
        )
    }

    /// Hands over at once what has been gathered; the exporter sends it by itself.
    package func forceFlush() {}

    /// Reads `traceparent`; a broken one counts as not sent.
    package func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier,
        into context: inout ServiceContext,
        using extractor: Extract
    ) where Extract.Carrier == Carrier {
        guard let text = extractor.extract(key: "traceparent", from: carrier) else { return }
        context[TraceParentKey.self] = TraceParent(text)
    }

    /// Writes `traceparent`.
    package func inject<Carrier, Inject: Injector>(
        _ context: ServiceContext,
        into carrier: inout Carrier,
        using injector: Inject
    ) where Inject.Carrier == Carrier {
        guard let own = context[TraceParentKey.self] else { return }
        injector.inject(own.text, forKey: "traceparent", into: &carrier)
    }
}

/// Where the span of a task is kept.
private enum TraceParentKey: ServiceContextKey {
    typealias Value = TraceParent
    static let nameOverride: String? = "traceparent"
}

/// A span under way.
package final class RecordedSpan: Span {
    private struct State {
        var name: String
        var attributes = SpanAttributes()
        var isError = false
        var hasEnded = false
    }

    /// The context for what is done below it.
    package let context: ServiceContext
    private let kind: SpanKind
    private let own: TraceParent?
    private let parent: SpanID?
    private let start: UInt64
    private let exporter: SpanExporter?
    private let state: Mutex<State>

    init(
        name: String,
        kind: SpanKind,
        own: TraceParent?,
        parent: SpanID?,
        context: ServiceContext,
        start: UInt64,
        exporter: SpanExporter?
    ) {
        self.kind = kind
        self.own = own
        self.parent = parent
        self.context = context
        self.start = start
        self.exporter = exporter
        self.state = Mutex(State(name: name))
    }

    /// Whether it is exported when it ends.
    package var isRecording: Bool { self.own?.isSampled == true }

    /// Its name.
    package var operationName: String {
        get { self.state.withLock { $0.name } }
        set { self.state.withLock { $0.name = newValue } }
    }

    /// Its attributes.
    package var attributes: SpanAttributes {
        get { self.state.withLock { $0.attributes } }
        set { self.state.withLock { $0.attributes = newValue } }
    }

    /// Notes success or failure; no text, which could hold what must not leave.
    package func setStatus(_ status: SpanStatus) { self.state.withLock { $0.isError = status.code == .error } }

    /// Events are not recorded: a job's news are messages of their own.
    package func addEvent(_ event: SpanEvent) {}

    /// Notes the failure and what kind of error it was; no text, which could hold what must not leave.
    package func recordError<Instant: TracerInstant>(
        _ error: any Error,
        attributes: SpanAttributes,
        at instant: @autoclosure () -> Instant
    ) {
        self.state.withLock {
            $0.isError = true
            $0.attributes["error.type"] = "\(type(of: error))"
        }
    }

    /// Links are not recorded.
    package func addLink(_ link: SpanLink) {}

    /// Ends it, once, and hands it to the exporter.
    package func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {
        let end = instant().nanosecondsSinceEpoch
        let state = self.state.withLock { state -> State? in
            defer { state.hasEnded = true }
            return state.hasEnded ? nil : state
        }
        guard let state, let own, own.isSampled else { return }
        var attributes: [OTLPAttribute] = []
        state.attributes.forEach { key, value in
            if let value = OTLPValue(value) { attributes.append(OTLPAttribute(key: key, value: value)) }
        }
        self.exporter?.add(
            OTLPSpan(
                traceId: own.trace.description,
                spanId: own.span.description,
                parentSpanId: self.parent?.description,
                name: state.name,
                kind: OTLPSpan.number(of: self.kind),
                startTimeUnixNano: String(self.start),
                endTimeUnixNano: String(end),
                attributes: attributes,
                status: OTLPStatus(code: state.isError ? 2 : 0)
            )
        )
    }
}
