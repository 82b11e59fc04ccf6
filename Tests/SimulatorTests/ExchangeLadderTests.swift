import Foundation
import Simulator
import TestSupport
import Testing

@Suite("Exchange's ladder of refusals")
struct ExchangeLadderTests {
    @Test("401 without the app role, 403 with NUL bytes without the directory role, then 200, each after its delay")
    func ladder() async throws {
        var scenario = Scenario.virtualDemo
        scenario.delays.appRoleInTokenSeconds = 60
        scenario.delays.appRoleInExchangeSeconds = 90
        scenario.delays.directoryRoleInTokenSeconds = 200
        scenario.delays.directoryRoleInExchangeSeconds = 300
        try await withSimulator(scenario) { simulator in
            let old = try await simulator.client.token(scope: TestClient.exchange)
            try await assignBoth(simulator)
            let steps: [(at: Double, roles: Bool, wids: Bool, status: Int)] = [
                (0, false, false, 401), (61, true, false, 401), (91, true, false, 403), (201, true, true, 403),
                (301, true, true, 200),
            ]
            var time = 0.0
            for step in steps {
                await simulator.advance(by: step.at - time)
                time = step.at
                let token = try await simulator.client.token(scope: TestClient.exchange)
                #expect((claims(of: token)["roles"] != nil) == step.roles)
                #expect((claims(of: token)["wids"] != nil) == step.wids)
                let answer = try await simulator.client.cmdlet("Get-OrganizationConfig", token: token)
                #expect(answer.status == step.status)
                if step.status == 401 { #expect(answer.body.isEmpty) }
                if step.status == 403 { #expect(!answer.body.isEmpty && answer.body.allSatisfy { $0 == 0 }) }
            }
            #expect(try await simulator.client.cmdlet("Get-OrganizationConfig", token: old).status == 401)
        }
    }

    @Test("The two look-alike roles do not open the door")
    func lookAlikes() async throws {
        for role in ["Exchange.ManageAsAppV2", "Exchange.AdminAPI.ManageAsApp"] {
            var scenario = Scenario.grantedDemo
            scenario.tenants[0].consents[Scenario.demoClientID] = [role]
            try await withSimulator(scenario) { simulator in
                let answer = try await simulator.client.cmdlet("Get-OrganizationConfig")
                #expect(answer.status == 401)
            }
        }
    }

    @Test("A reader may read and not change")
    func reader() async throws {
        var scenario = Scenario.grantedDemo
        scenario.tenants[0].directoryRoles = [Scenario.demoClientID: ["Global Reader"]]
        try await withSimulator(scenario) { simulator in
            #expect(try await simulator.client.cmdlet("Get-InboundConnector").status == 200)
            let change = try await simulator.client.cmdlet("Enable-OrganizationCustomization")
            #expect(change.status == 403)
            #expect(await simulator.violations().map(\.kind) == [.missingRole])
        }
    }

    @Test("An unknown cmdlet is 403 with NUL bytes; a missing anchor is fine, a malformed one is not")
    func edges() async throws {
        try await withSimulator(.grantedDemo) { simulator in
            let client = simulator.client
            #expect(try await client.cmdlet("Get-Everything").body.first == 0)
            #expect(try await client.cmdlet("Get-OrganizationConfig").status == 200)
            let good = "APP:SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}@\(Scenario.contosoID)"
            let fine = try await client.cmdlet("Get-OrganizationConfig", headers: ["X-AnchorMailbox": good])
            #expect(fine.status == 200)
            for bad in ["SystemMailbox", "APP:SystemMailbox{x}@\(Scenario.contosoID)", "UPN:nobody"] {
                let answer = try await client.cmdlet("Get-OrganizationConfig", headers: ["X-AnchorMailbox": bad])
                #expect(answer.status == 400)
            }
        }
    }

    @Test("A token of one tenant does not open another")
    func foreignTenant() async throws {
        try await withSimulator(.grantedDemo) { simulator in
            let token = try await simulator.client.token(scope: TestClient.exchange)
            let answer = try await simulator.client.cmdlet(
                "Get-OrganizationConfig",
                tenant: Scenario.fabrikamID,
                token: token
            )
            #expect(answer.status == 401)
            #expect(await simulator.violations().map(\.kind) == [.foreignToken])
        }
    }

    private func assignBoth(_ simulator: SimulatorServer) async throws {
        let client = simulator.client
        let token = try await client.token()
        let own = try await objectID(Scenario.demoClientID, client, token)
        let exchange = try await objectID("00000002-0000-0ff1-ce00-000000000000", client, token)
        let appRole = try await client.graph(
            "POST",
            "/v1.0/servicePrincipals/\(exchange)/appRoleAssignedTo",
            token: token,
            body: [
                "principalId": .text(own), "resourceId": .text(exchange),
                "appRoleId": "dc50a0fb-09a3-484d-be87-e023b12c6440",
            ]
        )
        let role = try await client.graph(
            "POST",
            "/v1.0/roleManagement/directory/roleAssignments",
            token: token,
            body: [
                "principalId": .text(own), "roleDefinitionId": "29232cdf-9323-42fd-ade2-1d097af3e4de",
                "directoryScopeId": "/",
            ]
        )
        #expect(appRole.status == 201)
        #expect(role.status == 201)
    }

    private func objectID(_ appID: String, _ client: TestClient, _ token: String) async throws -> String {
        try await client.graph("GET", "/v1.0/servicePrincipals(appId='\(appID)')", token: token).json["id"]?.text ?? ""
    }
}
