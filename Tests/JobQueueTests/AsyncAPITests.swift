import Foundation
import JobModel
import JobQueue
import TestSupport
import Testing

/// The checks of `schemas/check_asyncapi.py` are structural; they are no full validation against AsyncAPI's own schema.
@Suite("The AsyncAPI document describes the channels")
struct AsyncAPITests {
    private struct Names: Decodable {
        let exchanges: [String]
        let queues: [String]
        let parameters: [String: [String]]
        let messages: [String]
        let headers: [String]
    }

    @Test("It parses, its references lead somewhere, every schema is used, and its names are those of the code")
    func agrees() async throws {
        let run = try await Repository.python([Repository.url("schemas/check_asyncapi.py").path], needing: ["yaml"])
        #expect(run.status == 0, "\(run.output)\(run.errors)")
        let names = try JSONDecoder().decode(Names.self, from: Data(run.output.utf8))
        let jobs = JobType.allCases
        let types = jobs.flatMap { [$0.messageType, $0.resultType] } + JobEventName.allCases.map(\.messageType)
        #expect(names.messages == (types + [ControlOrder.messageType]).sorted())
        #expect(names.parameters["job"] == jobs.flatMap { JobTopology.keys(of: $0) }.sorted())
        #expect(names.parameters["type"] == jobs.map(\.rawValue).sorted())
        #expect(names.parameters["outcome"] == FinalOutcome.allCases.map(\.rawValue).sorted())
        #expect(names.parameters["event"] == JobEventName.allCases.map(\.rawValue).sorted())
        let exchanges = [JobTopology.control, JobTopology.events, JobTopology.jobs, JobTopology.results]
        #expect(names.exchanges == exchanges.sorted())
        let controlled =
            [JobTopology.controlAll] + jobs.map { JobTopology.controlKey(for: $0) }
            + jobs.map { JobTopology.pauseKey(for: $0) }
        #expect(names.parameters["workers"] == controlled.sorted())
        let queues = [JobTopology.consoleResults, JobTopology.consoleEvents, JobTopology.notifierEvents]
        #expect(names.queues == queues.sorted())
        let headers = JobHeaders(attempt: 1, tenant: "t", deadline: "d", replay: 1, traceparent: "p")
        #expect(names.headers == headers.fields.keys.sorted())
    }
}
