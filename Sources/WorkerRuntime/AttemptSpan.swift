import JobModel
import JobQueue
import Tracing

/// The span of one attempt, by OpenTelemetry's semantic conventions for messaging spans.
///
/// Its parent is what the job's `traceparent` names; without one it begins a trace.
struct AttemptSpan {
    private let span: any Span
    /// What the executor's own spans are part of; without a tracer what the job came with.
    let traceparent: String?

    init(_ run: JobRun, headers: JobHeaders, key: String) {
        let tracer = InstrumentationSystem.tracer
        var context = ServiceContext.topLevel
        tracer.extract(headers.traceparent, into: &context, using: TraceText())
        let queue = JobTopology.queue(forKey: key)
        let span = tracer.startAnySpan("process \(queue)", context: context, ofKind: .consumer)
        if span.isRecording {
            span.updateAttributes { attributes in
                attributes["messaging.system"] = "rabbitmq"
                attributes["messaging.operation.name"] = "process"
                attributes["messaging.operation.type"] = "process"
                attributes["messaging.destination.name"] = "\(JobTopology.jobs):\(key):\(queue)"
                attributes["messaging.message.id"] = run.job.description
                attributes["messaging.message.conversation_id"] = run.job.description
                attributes["messaging.rabbitmq.destination.routing_key"] = key
                attributes["sluice.tenant"] = run.tenant.description
                attributes["sluice.attempt"] = headers.attempt
            }
        }
        self.span = span
        var traceparent = headers.traceparent
        tracer.inject(span.context, into: &traceparent, using: TraceText())
        self.traceparent = traceparent
    }

    /// Notes how the attempt ended; a wait or a cut is no error.
    func note(_ outcome: Outcome) {
        guard case .failed(let problem, _) = outcome else { return }
        self.span.setStatus(SpanStatus(code: .error))
        self.span.attributes["error.type"] = problem.code.rawValue
    }

    func end() { self.span.end() }
}

/// A carrier that holds nothing but the header.
private struct TraceText: Extractor, Injector {
    func extract(key: String, from carrier: String?) -> String? { key == "traceparent" ? carrier : nil }

    func inject(_ value: String, forKey key: String, into carrier: inout String?) {
        if key == "traceparent" { carrier = value }
    }
}
