import Foundation
import Simulator
import TestSupport
import Testing

@Suite("Control listener")
struct ControlTests {
    @Test("An administrator renames, edits, disables and deletes; adds a foreign connector; takes roles away")
    func administrator() async throws {
        try await withSimulator(.grantedDemo) { simulator in
            let client = simulator.client
            func act(_ body: JSONValue) async throws -> TestClient.Answer {
                try await client.control("POST", "tenants/contoso.com/actions", body: body)
            }
            let foreign = try await act([
                "action": "create-object", "kind": "inbound-connector",
                "parameters": ["Name": "Other gateway", "ConnectorType": "Partner", "SenderDomains": ["*"]],
            ])
            #expect(foreign.status == 200)
            #expect(foreign.json["inboundConnectors"]?.array?.count == 2)
            let edited = try await act([
                "action": "edit-object", "kind": "inbound-connector", "identity": "Other gateway",
                "parameters": ["Name": "Renamed", "Enabled": false],
            ])
            let names = edited.json["inboundConnectors"]?.array?.compactMap { $0["Name"]?.text } ?? []
            #expect(names == ["Partner bank", "Renamed"])
            let deleted = try await act([
                "action": "delete-object", "kind": "inbound-connector", "identity": "Renamed",
            ])
            #expect(deleted.json["inboundConnectors"]?.array?.count == 1)
            #expect(try await act(["action": "remove-app-role", "role": "Exchange.ManageAsApp"]).status == 200)
            #expect(try await client.cmdlet("Get-OrganizationConfig").status == 401)
            #expect(try await act(["action": "remove-directory-role", "role": "Exchange Administrator"]).status == 200)
            #expect(try await act(["action": "disable-application"]).status == 200)
            #expect(try await client.requestToken().aadsts == 7_000_112)
            #expect(try await act(["action": "remove-exchange"]).json["hasExchange"] == false)
            #expect(try await act(["action": "remove-consent"]).status == 200)
            #expect(try await client.requestToken().aadsts == 700_016)
            #expect(await Set(simulator.effects().map(\.by)) == ["admin"])
        }
    }

    @Test("A bad control request is refused by a sentence that names the key")
    func refusals() async throws {
        let bad: [(path: String, body: JSONValue, word: String)] = [
            ("faults", ["route": "graph.nothing", "fault": ["kind": "hang"]], "graph.nothing"),
            ("faults", ["route": "graph.*", "fault": ["kind": "hang", "colour": 1]], "colour"),
            ("faults", ["route": "graph.*", "fault": ["kind": "explode"]], "fault.kind"),
            ("tenants/contoso.com/actions", ["action": "remove-app-role", "role": "Nothing"], "Nothing"),
            ("tenants/nowhere.example/actions", ["action": "remove-exchange"], "nowhere.example"),
            ("reset", ["tenants": [], "applications": []], "tenants"),
            ("settings", ["delay": [:]], "delay"),
        ]
        try await withSimulator { simulator in
            for request in bad {
                let answer = try await simulator.client.control("POST", request.path, body: request.body)
                #expect(answer.status == 400)
                #expect(answer.json["error"]?.text?.contains(request.word) == true)
            }
            #expect(try await simulator.client.control("GET", "nothing").status == 404)
        }
    }

    @Test("Reset forgets everything; the clock advances; settings change while running; faults come and go")
    func housekeeping() async throws {
        try await withSimulator(.grantedDemo) { simulator in
            let client = simulator.client
            _ = try await client.cmdlet("New-InboundConnector", .object(CmdletTests.inbound))
            let rule: JSONValue = ["route": "login.token", "count": 0, "fault": ["kind": "login-error"]]
            #expect(try await client.control("POST", "faults", body: [rule]).status == 204)
            #expect(try await client.requestToken().aadsts == 90033)
            #expect(try await client.control("DELETE", "faults").status == 204)
            #expect(try await client.requestToken().status == 200)
            let settings: JSONValue = ["tokenLifetimeSeconds": 60, "delays": ["graphVisibilitySeconds": 5]]
            #expect(try await client.control("POST", "settings", body: settings).status == 204)
            #expect(try await client.requestToken().json["expires_in"] == 60)
            #expect(try await client.control("POST", "clock/advance", body: ["seconds": 61]).status == 200)
            #expect(try await client.control("POST", "reset").status == 200)
            #expect(await simulator.effects().isEmpty)
            #expect(await simulator.journal().isEmpty)
            #expect(try await client.requestToken().json["expires_in"] == 3599)
            #expect(try await client.control("GET", "routes").json.array?.contains("graph.domains.list") == true)
        }
    }
}
