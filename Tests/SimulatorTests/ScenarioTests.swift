import Foundation
import Simulator
import TestSupport
import Testing

@Suite("Scenario")
struct ScenarioTests {
    @Test("The demo scenario survives being written and read")
    func roundTrip() throws {
        let data = try JSONEncoder().encode(Scenario.demo)
        #expect(try Scenario.read(data) == .demo)
    }

    @Test("The example in the documentation is a good scenario")
    func example() throws {
        let text = """
            {"clock": {"kind": "virtual"},
             "applications": [{"clientID": "11111111-aaaa-4bbb-8ccc-000000000001", "secret": "demo",
                               "redirectURIs": ["http://127.0.0.1:8080/consented"]}],
             "tenants": [{"id": "0a1b2c3d-0000-4000-8000-00000000c001", "initialDomain": "contoso.onmicrosoft.com",
                          "domains": [{"name": "contoso.com", "isDefault": true}],
                          "consents": {"11111111-aaaa-4bbb-8ccc-000000000001": ["Domain.Read.All"]},
                          "inboundConnectors": [{"Name": "Old gateway", "ConnectorType": "Partner",
                                                 "SenderDomains": ["*"]}]}],
             "delays": {"appRoleInTokenSeconds": 60},
             "faults": [{"route": "exchange.New-InboundConnector", "nth": 1, "fault": {"kind": "drop-after-commit"}}]}
            """
        let scenario = try Scenario.read(Data(text.utf8))
        #expect(scenario.tenants.first?.inboundConnectors.count == 1)
        #expect(scenario.delays.appRoleInTokenSeconds == 60)
    }

    /// A change to the demo scenario's JSON, and the word its refusal must hold.
    static let flaws: [(path: [String], value: JSONValue, word: String)] = [
        (["colour"], "blue", "colour"),
        (["clock", "speed"], 2, "speed"),
        (["pageSize"], 0, "pageSize"),
        (["delays", "hydrationSeconds"], -1, "delays"),
        (["switches", "consentAnswer"], "maybe", "consentAnswer"),
        (["tenants"], [], "tenants"),
        (["tokenLifetimeSeconds"], "long", "tokenLifetimeSeconds"),
        (["faults"], [["route": "nowhere", "fault": ["kind": "hang"]]], "nowhere"),
    ]

    @Test("What is misspelt or makes no sense is refused by name", arguments: flaws.indices)
    func flaw(_ index: Int) throws {
        let flaw = ScenarioTests.flaws[index]
        let demo = try JSONValue(parsing: JSONEncoder().encode(Scenario.demo))
        let data = changing(demo, flaw.path[...], to: flaw.value).bytes
        let error = #expect(throws: SimulatorError.self) { try Scenario.read(data) }
        #expect(error?.code == .badScenario)
        #expect(error?.description.contains(flaw.word) == true)
    }

    @Test("A connector the service would refuse is refused in a scenario too")
    func badConnector() async throws {
        var scenario = Scenario.demo
        scenario.tenants[0].inboundConnectors = [["Name": "x", "SenderDomains": ["*"], "SenderIPAddresses": ["::1"]]]
        let error = await #expect(throws: SimulatorError.self) {
            try await SimulatorServer.start(scenario: scenario, ports: .ephemeral)
        }
        #expect(error?.description.contains("SenderIPAddresses") == true)
    }

    @Test("A taken port is an error, not a hang")
    func takenPort() async throws {
        try await withSimulator { simulator in
            let taken = Int(simulator.addresses.loginURL.split(separator: ":").last ?? "") ?? 0
            let error = await #expect(throws: SimulatorError.self) {
                try await SimulatorServer.start(scenario: .demo, ports: .from(taken))
            }
            #expect(error?.code == .cannotListen)
        }
    }

    private func changing(_ value: JSONValue, _ path: ArraySlice<String>, to new: JSONValue) -> JSONValue {
        guard let key = path.first else { return new }
        var members = value.object ?? [:]
        members[key] = changing(members[key] ?? .null, path.dropFirst(), to: new)
        return .object(members)
    }
}
