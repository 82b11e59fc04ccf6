import AMQP
import Foundation
import JobModel
import JobQueue
import Simulator
import TestSupport
import Testing

/// What a message's sender chose is shown to operators, on terminals that obey it.
@Suite("Hostile text reaches no operator's terminal")
struct HostileTextTests {
    private static let hostile = "\u{1B}[2J\u{9B}31m\u{202E}\u{2066}\r\nfake line\u{7}"

    /// Whatever a terminal would obey in the output of a command.
    private static func steering(_ text: String) -> [Unicode.Scalar] {
        text.unicodeScalars.filter {
            $0 != "\n" && $0.properties.generalCategory == .control || [0x202E, 0x2066, 0x2028].contains($0.value)
        }
    }

    /// Something that is no job, and a job whose data is wrong, with hostile text wherever a sender may put it.
    private static func publish(on road: Road) async throws {
        func properties(_ id: String) -> Properties {
            var properties = Properties(contentType: "application/cloudevents+json")
            (properties.messageID, properties.type) = (id, "type\(self.hostile)")
            properties.headers = ["x-job-tenant": .string("tenant\(self.hostile)"), "x-other": .string(self.hostile)]
            return properties
        }
        let data = Array(#"{"customer":"\u009b31m\u202e\u001b[2J","requestedBy":"\u001b]0;title\u0007"}"#.utf8)
        let job = """
            {"specversion":"1.0","id":"\(UUID().uuidString.lowercased())","type":"jobs.verify-tenant.v1","source":"/console/\\u001b[5m",
            "subject":"\(Scenario.contosoID)","time":"2026-11-23T03:00:00Z","data":{"customer":"\\u001b[2J","\\u009b":1}}
            """
        for (id, body, key) in [
            ("id\(self.hostile)", Array("not json \(self.hostile)".utf8), "no-op.1"),
            ("job", Array(job.utf8), "verify-tenant"),
            ("data", data, "verify-tenant"),
        ] {
            try await road.console.publish(
                Message(body: body, properties: properties(id)),
                to: Destination(exchange: JobTopology.jobs, routingKey: key),
                mandatory: true
            )
        }
    }

    @Test("No command that shows messages lets through an escape, a C1 control, a bidirectional mark or a line break")
    func everyCommand() async throws {
        try await Road.walk(.demo, listening: false) { road in
            let desk = try await road.sluice(["desk"])
            let worker = try await road.sluice(["worker"])
            try await Self.publish(on: road)
            try await eventually(within: .seconds(30), "three letters", every: .milliseconds(200)) {
                let list = try await road.sluice(["dead", "list", "--letters", "--json"])
                guard await list.status() == 0 else { return false }
                let letters = try JSONSerialization.jsonObject(with: Data(list.output.utf8)) as? [Any]
                return letters?.count == 3
            }
            for arguments in [
                ["dead", "list"], ["dead", "list", "--letters"], ["dead", "show", "1"],
                ["dead", "show", "1", "--reveal"],
                ["dead", "show", "2", "--reveal"], ["dead", "show", "3", "--reveal"], ["dead", "export", "--all"],
                ["dead", "note", "1", Self.hostile], ["dead", "discard", "2", "--reason", Self.hostile],
                ["dead", "show", "2"], ["dead", "audit"], ["jobs", "list"], ["jobs", "export"],
            ] {
                for json in [[], ["--json"]] {
                    let command = try await road.sluice(arguments + json)
                    _ = await command.status()
                    let found = Self.steering(command.output)
                    #expect(found.isEmpty, "\(arguments + json): \(found)")
                }
            }
            #expect(!desk.output.isEmpty && !worker.output.isEmpty)
        }
    }
}
