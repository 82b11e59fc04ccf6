import Foundation
import Simulator
import TestSupport
import Testing

@Suite("Journal and violations")
struct ViolationTests {
    @Test("Two changes of one tenant at once are reported; two tenants at once are not")
    func overlap() async throws {
        var scenario = Scenario.grantedDemo
        scenario.latencyMilliseconds = 300
        scenario.tenants[1].consents = scenario.tenants[0].consents
        scenario.tenants[1].directoryRoles = scenario.tenants[0].directoryRoles
        scenario.tenants[1].isDehydrated = false
        try await withSimulator(scenario) { simulator in
            let client = simulator.client
            let contoso = try await client.token(scope: TestClient.exchange)
            let fabrikam = try await client.token(Scenario.fabrikamID, scope: TestClient.exchange)
            let parameters = JSONValue.object(CmdletTests.inbound)
            async let one = client.cmdlet("New-InboundConnector", parameters, token: contoso)
            async let two = client.cmdlet(
                "New-InboundConnector",
                parameters,
                tenant: Scenario.fabrikamID,
                token: fabrikam
            )
            #expect(try await [one.status, two.status] == [200, 200])
            #expect(await simulator.violations().isEmpty)
            async let three = client.cmdlet("New-TransportRule", .object(CmdletTests.rule), token: contoso)
            async let four = client.cmdlet("New-OutboundConnector", .object(CmdletTests.outbound), token: contoso)
            #expect(try await [three.status, four.status] == [200, 200])
            #expect(await simulator.violations().map(\.kind) == [.overlappingChanges])
        }
    }

    @Test("A writer that comes back to a tenant after another's change is reported; taking turns is not")
    func turns() async throws {
        try await withSimulator(.grantedDemo) { simulator in
            let token = try await simulator.client.token(scope: TestClient.exchange)
            func change(_ writer: String, _ call: Int) async throws {
                let id = ["client-request-id": "\(writer)-0000-4000-8000-00000000000\(call)"]
                let rule = CmdletTests.rule.merging(["Name": .text("rule \(writer) \(call)")]) { $1 }
                let answer = try await simulator.client.cmdlet(
                    "New-TransportRule",
                    .object(rule),
                    token: token,
                    headers: id
                )
                #expect(answer.status == 200)
            }
            for (call, writer) in ["aaaaaaaa", "aaaaaaaa", "bbbbbbbb", "cccccccc"].enumerated() {
                try await change(writer, call)
            }
            #expect(await simulator.violations().isEmpty)
            let calls = await simulator.journal(route: "exchange.*")
            #expect(calls.map(\.writer) == ["aaaaaaaa", "aaaaaaaa", "bbbbbbbb", "cccccccc"].map { "\($0)-0000" })
            for call in calls { #expect(call.end.map { $0 >= call.time } == true) }
            try await change("bbbbbbbb", 5)
            #expect(await simulator.violations().map(\.kind) == [.interleavedWriters])
        }
    }

    @Test("A secret or a token in a URL, and a missing client-request-id, are reported")
    func requests() async throws {
        try await withSimulator { simulator in
            let client = simulator.client
            let token = try await client.token()
            let login = client.tokenURL(Scenario.contosoID) + "?client_secret=" + Scenario.demoSecret
            _ = try await client.send("POST", login)
            _ = try await client.graph("GET", "/v1.0/domains?t=\(token)", token: token)
            _ = try await client.send(
                "GET",
                simulator.addresses.graphURL + "/v1.0/domains",
                headers: ["Authorization": "Bearer \(token)"]
            )
            #expect(
                await simulator.violations().map(\.kind) == [.secretInURL, .secretInURL, .missingClientRequestID]
            )
        }
    }

    @Test("Journal, effects, violations and state hold no secret and no token")
    func noSecrets() async throws {
        try await withSimulator(.grantedDemo) { simulator in
            let client = simulator.client
            let token = try await client.token()
            _ = try await client.requestToken(changing: ["client_secret": "a-wrong-secret-value"])
            _ = try await client.graph("GET", "/v1.0/domains?access_token=\(token)", token: token)
            _ = try await client.cmdlet("New-InboundConnector", .object(CmdletTests.inbound))
            for path in ["journal", "effects", "violations", "state"] {
                let text = String(decoding: try await client.control("GET", path).body, as: UTF8.self)
                #expect(text.count > 2)
                #expect(!text.contains(Scenario.demoSecret))
                #expect(!text.contains("a-wrong-secret-value"))
                #expect(!text.contains("eyJ"))
            }
        }
    }

    @Test("The journal tells route, tenant, status, change and client-request-id in order")
    func journal() async throws {
        try await withSimulator(.grantedDemo) { simulator in
            let client = simulator.client
            _ = try await client.cmdlet("New-InboundConnector", .object(CmdletTests.inbound))
            _ = try await client.cmdlet("Get-InboundConnector", ["Identity": "nobody"])
            let entries = await simulator.journal(tenant: Scenario.contosoID)
            #expect(
                entries.map(\.route) == [
                    "login.token", "exchange.New-InboundConnector", "login.token", "exchange.Get-InboundConnector",
                ]
            )
            #expect(entries.map(\.status) == [200, 200, 200, 400])
            #expect(entries.map(\.hasChangedTenant) == [false, true, false, false])
            #expect(entries[1].clientRequestID == "9b1f0c52-0000-4000-8000-00000000feed")
            let routes = await simulator.journal(route: "exchange.*").count
            #expect(routes == 2)
        }
    }
}
