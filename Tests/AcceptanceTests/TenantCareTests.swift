import AMQP
import Foundation
import JobModel
import JobQueue
import Simulator
import TestSupport
import Testing

@Suite("A tenant verified, repaired and disconnected on the whole road")
struct TenantCareTests {
    private static let who = #""customer":"contoso","requestedBy":"admin@contoso.com""#

    private static func verify(_ road: Road, _ more: String = "") async throws -> [String: Any] {
        let job = try await road.send(.verifyTenant, Scenario.contosoID, data: "{\(self.who)\(more)}")
        let (outcome, problem) = try await road.result(of: job)
        #expect(outcome == .succeeded, "\(problem?.description ?? "")")
        return try #require(try road.resultData(of: job)["output"] as? [String: Any])
    }

    private static func findings(_ output: [String: Any]) -> [String] {
        (output["findings"] as? [[String: Any]] ?? []).compactMap { $0["id"] as? String }
    }

    /// The connectors that bear the gateway's name.
    private static func ours(_ road: Road) async throws -> [String] {
        let tenant = try #require(await road.simulator.tenant(Scenario.contosoID))
        return (tenant.inboundConnectors + tenant.outboundConnectors).compactMap { $0["Name"]?.text }
            .filter { $0.hasSuffix("Example Gateway") }
    }

    private static func mailGoes(to host: String, _ road: Road) throws {
        try road.simulator.publish(
            ["contoso.com", "plant.contoso.com"].map { domain in
                var name = ScenarioName(domain)
                name.mx = ["10 \(host)"]
                return name
            }
        )
    }

    @Test("Drift is an event and a finding, repaired under its plan; mail at the gateway keeps a tenant connected")
    func road() async throws {
        try await Road.walk(.grantedDemo) { road in
            let worker = try await road.sluice(["worker"], ["SLUICE_GATEWAY_MX_HOSTS": "mx1.gateway.example"])
            let connected = try await road.connect(Scenario.contosoID)
            #expect(try await road.result(of: connected).0 == .succeeded, "\(worker.output)")
            try Self.mailGoes(to: "mx1.gateway.example", road)
            let before = Self.findings(try await Self.verify(road)).filter { $0.hasPrefix("inbound") }
            #expect(before == [])

            var edit = AdminAction(.editObject)
            edit.kind = "inbound-connector"
            edit.identity = "Inbound Connector for Example Gateway"
            edit.parameters = ["RequireTls": .flag(false)]
            try await road.simulator.perform(edit, tenant: Scenario.contosoID)
            let drifted = try await Self.verify(road)
            #expect(Self.findings(drifted).contains("inbound-connector.RequireTls"))
            #expect(
                road.messages(in: JobTopology.consoleEvents).contains { $0.properties.type == "events.drift.found.v1" }
            )

            let chosen = #","repair":["inbound-connector.RequireTls"]"#
            let stale = try await road.send(
                .verifyTenant,
                Scenario.contosoID,
                data: "{\(Self.who)\(chosen),\"planHash\":\"sha256:\(String(repeating: "0", count: 64))\"}"
            )
            #expect(try await road.result(of: stale).1?.code == .planChanged)
            let repaired = try await Self.verify(road, chosen)
            #expect((repaired["repaired"] as? [Any])?.count == 1)
            #expect(!Self.findings(try await Self.verify(road)).contains("inbound-connector.RequireTls"))

            let early = try await road.send(.disconnectTenant, Scenario.contosoID, data: "{\(Self.who)}")
            #expect(try await road.result(of: early).1?.code == .mailAtGateway)
            #expect(
                try await Self.ours(road) == [
                    "Inbound Connector for Example Gateway", "Outbound Connector for Example Gateway",
                ]
            )
            try Self.mailGoes(to: "contoso-com.mail.protection.outlook.com", road)
            let late = try await road.send(.disconnectTenant, Scenario.contosoID, data: "{\(Self.who)}")
            let (outcome, problem) = try await road.result(of: late)
            #expect(outcome == .succeeded, "\(problem?.description ?? "") \(worker.output.suffix(3_000))")
            #expect(try await Self.ours(road) == [])
            worker.signal(SIGTERM)
            #expect(await worker.status() == 0)
        }
    }
}
