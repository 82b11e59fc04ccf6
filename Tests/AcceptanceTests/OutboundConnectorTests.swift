import Foundation
import JobModel
import Simulator
import TestSupport
import Testing

@Suite("The outbound connector on the whole road")
struct OutboundConnectorTests {
    private static let who = #""customer":"contoso","requestedBy":"admin@contoso.com""#
    private static let record = "v=spf1 include:spf.protection.outlook.com include:spf.gateway.example -all"

    private static func publish(_ road: Road) throws {
        let names = ["contoso.com", "plant.contoso.com"].map { domain in
            var name = ScenarioName(domain, text: self.record)
            if domain == "contoso.com" { name.ns = ["ns1.contoso.com"] }
            return name
        }
        try road.simulator.publish(names)
    }

    private static func isEnabled(_ road: Road) async throws -> Bool? {
        let tenant = try #require(await road.simulator.tenant(Scenario.contosoID))
        return tenant.outboundConnectors.first { $0["Name"]?.text == "Outbound Connector for Example Gateway" }?[
            "Enabled"
        ]?.flag
    }

    @Test("Refused while DNS names no gateway, waiting until it does, enabled then, and taken back")
    func road() async throws {
        try await Road.walk(.grantedDemo) { road in
            let settings = try road.outboundSettings(egress: "203.0.113.10,2001:db8::25")
            let worker = try await road.sluice(["worker"], settings)
            let connected = try await road.connect(Scenario.contosoID)
            #expect(try await road.result(of: connected).0 == .succeeded, "\(worker.output)")

            let early = try await road.send(.enableOutboundConnector, Scenario.contosoID, data: "{\(Self.who)}")
            let (outcome, problem) = try await road.result(of: early)
            #expect(outcome == .failed)
            #expect(problem?.code == .spfNotReady, "\(problem?.description ?? "")")
            #expect(problem?.detail.contains(Self.record) == true)
            #expect(try await Self.isEnabled(road) == false)

            let data = "{\(Self.who),\"waitForDns\":true}"
            let waiting = try await road.send(.enableOutboundConnector, Scenario.contosoID, data: data)
            try await eventually(within: .seconds(30), "the job waits for DNS") {
                !road.postponements(of: waiting).isEmpty
            }
            try Self.publish(road)
            #expect(try await road.result(of: waiting).0 == .succeeded, "\(worker.output)")
            #expect(try await Self.isEnabled(road) == true)

            let back = try await road.send(.disableOutboundConnector, Scenario.contosoID, data: "{\(Self.who)}")
            #expect(try await road.result(of: back).0 == .succeeded, "\(worker.output)")
            #expect(try await Self.isEnabled(road) == false)
            worker.signal(SIGTERM)
            #expect(await worker.status() == 0)
        }
    }
}
