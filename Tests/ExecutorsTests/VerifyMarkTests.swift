import Foundation
import JobModel
import Simulator
import TestSupport
import Testing

@testable import Executors

@Suite("Verifying a tenant in which somebody edited our marks")
struct VerifyMarkTests {
    private static func ids(_ findings: [DriftFinding]) -> [String] {
        findings.map { "\($0.id) \($0.drift.rawValue)\($0.isRepairable ? "" : " not ours")" }
    }

    @Test("A mark taken out of a comment is told and written anew, as name and addresses leave no doubt")
    func adopted() async throws {
        try await Bench.with(.grantedDemo) { bench in
            _ = try await bench.connect()
            try await bench.edit(.inbound, ["Comment": "mine now", "RequireTls": false])
            let found = try await bench.drift()
            let expected = ["inbound-connector.Comment different", "inbound-connector.RequireTls different not ours"]
            #expect(Self.ids(found) == expected)
            #expect(found.first?.live == .known("mine now"))
            let plan = try await bench.verify(#""repair":"all","dryRun":true"#).output(VerifyTenantOutput.self).plan
            let output = try await bench.verify(#""repair":"all","planHash":"\#(plan.hash)""#)
                .output(VerifyTenantOutput.self)
            #expect(output.repaired == ["inbound-connector.Comment"])
            #expect(output.changes.flatMap { $0.fields.map(\.field) } == ["Comment"])
            #expect(Self.ids(try await bench.drift()) == ["inbound-connector.RequireTls outdated"])
        }
    }

    @Test(
        "A damaged mark is told and written anew though the words and the marker are right",
        arguments: ["", " [a1:20261123T093000Z:nonsense]", " [a1:…]"]
    )
    func damaged(rest: String) async throws {
        try await Bench.with(.grantedDemo) { bench in
            _ = try await bench.connect()
            let words = ObjectMarker(gateway: try testGateway(), kind: .inboundConnector).comment
            try await bench.edit(.inbound, ["Comment": .text(words + rest)])
            #expect(Self.ids(try await bench.drift()) == ["inbound-connector.Comment different"])
            let output = try await bench.verify(#""repair":"all""#).output(VerifyTenantOutput.self)
            #expect(output.repaired == ["inbound-connector.Comment"] && output.changes == output.plan.changes)
            #expect(try await bench.drift().isEmpty)
        }
    }

    @Test("Switched off under a shortened comment, the state is unknown until a job sets it again; SPF stays watched")
    func switchedOff() async throws {
        try await Bench.withConnected { bench in
            try bench.publish(Bench.rightRecord)
            _ = try await bench.enable().output(EnableOutboundConnectorOutput.self)
            let words = ObjectMarker(gateway: try testGateway(), kind: .outboundConnector).comment
            try await bench.edit(.outbound, ["Enabled": false, "Comment": .text(words)])
            let unknown = "outbound-connector.Enabled unknown not ours"
            let verified = try await bench.verify(#""repair":"all""#)
            let output = try verified.output(VerifyTenantOutput.self)
            #expect(Self.ids(output.findings) == ["outbound-connector.Comment different", unknown])
            #expect(verified.events.contains("drift.found"))
            // Writing the mark anew claims nothing about the state.
            #expect(Self.ids(try await bench.drift()) == [unknown])
            _ = try await bench.enable().output(EnableOutboundConnectorOutput.self)
            #expect(try await bench.drift().isEmpty)
            // Enabled under a mark that is gone, mail goes out: its SPF records matter.
            try await bench.edit(.outbound, ["Comment": .text(words)])
            try bench.publish(Bench.oldRecord)
            #expect(try await bench.drift().map(\.id).contains("spf.contoso.com"))
        }
    }

    @Test("A job that finds the connector as wanted under a lost mark records the state all the same")
    func recorded() async throws {
        try await Bench.withConnected { bench in
            let words = ObjectMarker(gateway: try testGateway(), kind: .outboundConnector).comment
            try await bench.edit(.outbound, ["Comment": .text(words)])
            _ = try await bench.disable(#""reason":"a test""#).output(DisableOutboundConnectorOutput.self)
            #expect(try await bench.drift().isEmpty)
        }
    }

    @Test("With the name alone, or the effect alone, nobody writes a mark: connecting refuses and says what to do")
    func uncertain() async throws {
        let edits: [[String: Simulator.JSONValue]] = [
            ["Comment": "mine now", "SmartHosts": ["mine.example"]], ["Comment": "mine now", "Name": "Our own"],
        ]
        for edit in edits {
            try await Bench.with(.grantedDemo) { bench in
                _ = try await bench.connect()
                try await bench.edit(.outbound, edit)
                let found = try await bench.drift().filter { $0.field == "Comment" }
                #expect(Self.ids(found) == ["outbound-connector.Comment different not ours"])
                let before = await bench.ownEffects()
                let repair = try await bench.verify(#""repair":["outbound-connector.Comment"]"#)
                #expect(repair.problem?.code == .findingNotRepairable)
                let connect = try required(try await bench.run(try Bench.payload()).last).problem
                #expect(connect?.code == .connectorConflict)
                #expect(connect?.detail.contains("does not carry our mark. If Sluice made it, ") == true)
                let problem = try await bench.disable().problem
                #expect(problem?.code == .connectorConflict)
                #expect(await bench.ownEffects() == before)
            }
        }
    }
}
