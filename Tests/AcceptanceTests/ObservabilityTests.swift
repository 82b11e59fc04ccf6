import Foundation
import JobModel
import Simulator
import TestSupport
import Testing

@Suite("What the host sees of a worker")
struct ObservabilityTests {
    private struct Report: Decodable {
        struct Span: Decodable {
            let traceId: String
            let spanId: String
            let parentSpanId: String?
            let name: String
            let service: String
            let kind: Int
            /// The attributes that are text.
            let words: [String: String]
            let failed: Bool
        }

        let alive: Answer
        let ready: [Answer]
        let applied: Int
        let outcome: String
        let refused: String
        let traceparent: String
        let trace: String
        let lint: String
        let lintStatus: Int
        let prometheusReady: String
        let metrics: [String]
        let known: [String]
        let labels: [String]
        let zeros: Int
        let spans: [Span]
        let relayed: [String?]
        let words: [String]
        let status: Int

        /// Status and body of an answer.
        struct Answer: Decodable {
            let status: Int
            let text: String

            init(from decoder: any Decoder) throws {
                var values = try decoder.unkeyedContainer()
                self.status = try values.decode(Int.self)
                self.text = try values.decode(String.self)
            }
        }
    }

    private func report(on road: Road) async throws -> Report {
        let login = road.foreignLogin
        let settings: [String: Any] = [
            "program": try Program.url(of: "sluice").path,
            "environment": try road.environment(["SLUICE_LOG_LEVEL": "info"]),
            "login": ["host": login[0], "port": login[1], "vhost": login[2], "user": login[3], "file": login[4]],
            "tenant": Scenario.contosoID,
        ]
        let file = road.folder.appending(path: "observed.json")
        try JSONSerialization.data(withJSONObject: settings).write(to: file)
        let run = try await Repository.python(
            [Repository.url("Tests/AcceptanceTests/observability.py").path, file.path],
            needing: ["pika", "opentelemetry.proto.collector.trace.v1.trace_service_pb2"]
        )
        guard run.status == 0 else { throw Broker.Failure(description: run.errors) }
        return try JSONDecoder().decode(Report.self, from: Data(run.output.utf8))
    }

    @Test("systemd hears of its life, Prometheus reads its metrics, and the caller's trace reaches Microsoft's door")
    func observed() async throws {
        try await Road.walk(.demo, listening: false) { road in
            let report = try await self.report(on: road)
            #expect(report.outcome == "succeeded")
            #expect(report.refused == "failed")
            #expect(report.status == 0)
            #expect(report.words.contains("STATUS=taking jobs"))
            self.expectHealth(report)
            self.expectMetrics(report)
            self.expectTrace(report)
        }
    }

    /// Ready at first, not while a queue is missing, and ready once it is back.
    private func expectHealth(_ report: Report) {
        #expect(report.alive.status == 200)
        #expect(report.applied == 0)
        #expect(report.ready.map(\.status) == [200, 503, 200])
        #expect(report.ready[1].text.contains("job.no-op.0"), "\(report.ready)")
    }

    private func expectMetrics(_ report: Report) {
        #expect(report.lintStatus == 0, "\(report.lint)")
        #expect(report.lint.isEmpty, "\(report.lint)")
        #expect(report.prometheusReady == "1")
        // A series that began with its first death would show no increase.
        #expect(report.zeros == JobType.allCases.count)
        for name in report.metrics where name != "sluice_job_attempt_duration_seconds" {
            #expect(report.known.contains(name))
        }
        #expect(report.known.contains("sluice_job_attempt_duration_seconds_bucket"))
        let page = try? String(contentsOf: Repository.url("deploy/README.md"), encoding: .utf8)
        for name in report.metrics { #expect(page?.contains("`\(name)`") == true, "\(name) is not explained") }
        // A label of many values, such as a tenant, would grow without bound.
        #expect(Set(report.labels).isSubset(of: ["type", "decision", "code", "le", "reason", "version", "worker"]))
    }

    private func expectTrace(_ report: Report) {
        #expect(report.traceparent.contains(report.trace))
        for span in report.spans { #expect(span.traceId == report.trace, "\(span.name)") }
        let attempts = report.spans.filter { $0.name == "process job.connect-tenant" }
        let attempt = attempts.first { !$0.failed }
        let destination = attempt?.words["messaging.destination.name"]
        #expect(attempt?.words["messaging.system"] == "rabbitmq")
        #expect(attempt?.words["messaging.operation.type"] == "process")
        #expect(destination == "job:connect-tenant:job.connect-tenant")
        #expect(attempt?.words["sluice.tenant"] == Scenario.contosoID)
        #expect(attempts.first { $0.failed }?.words["error.type"] == "tenant-not-found")
        #expect(attempt?.kind == 5)
        #expect(attempt?.parentSpanId == "00f067aa0ba902b7")
        let execution = report.spans.first { $0.name == "execute connect-tenant" }
        #expect(execution?.parentSpanId == attempt?.spanId)
        #expect(execution?.service == "sluice-execute")
        #expect(!report.relayed.isEmpty)
        for header in report.relayed { #expect(header?.contains(report.trace) == true) }
        let calls = report.spans.filter { $0.kind == 3 && $0.parentSpanId == execution?.spanId }
        #expect(calls.contains { $0.name.hasPrefix("graph.") })
        #expect(calls.contains { $0.name.hasPrefix("exchange.") })
    }
}
