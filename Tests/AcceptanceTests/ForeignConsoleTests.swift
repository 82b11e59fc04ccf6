import Foundation
import Simulator
import TestSupport
import Testing

@Suite("A console in another language that follows the schemas alone")
struct ForeignConsoleTests {
    private struct Heard: Decodable {
        struct Message: Decodable { let type: String }

        let job: String
        let messages: [Message]
    }

    @Test("Python's pika sends a job and reads events and result, and every message keeps its schema")
    func pika() async throws {
        try await Road.walk(.demo, listening: false) { road in
            let worker = try await road.sluice(["worker"])
            let script = Repository.url("Tests/AcceptanceTests/foreign_console.py").path
            let run = try await Repository.python(
                [script] + road.foreignLogin + [Scenario.contosoID],
                needing: ["pika"]
            )
            #expect(run.status == 0, "\(run.errors) \(worker.output)")
            let heard = try JSONDecoder().decode(Heard.self, from: Data(run.output.utf8))
            #expect(heard.messages.last?.type == "results.connect-tenant.v1")
            #expect(heard.messages.contains { $0.type == "events.tenant.connected.v1" })
            try await self.expectValid(run.output, in: road)
        }
    }

    /// Asks the independent validator about each message, as it came over the wire.
    private func expectValid(_ output: String, in road: Road) async throws {
        let whole = try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
        let messages = try #require(whole["messages"] as? [Any])
        let files = try messages.enumerated().map { number, message in
            let file = road.folder.appending(path: "message-\(number).json")
            try JSONSerialization.data(withJSONObject: message).write(to: file)
            return file.path
        }
        let check = try await Repository.python(
            [Repository.url("schemas/validate.py").path] + files,
            needing: ["jsonschema", "referencing"]
        )
        #expect(check.status == 0, "\(check.output) \(check.errors)")
    }
}
