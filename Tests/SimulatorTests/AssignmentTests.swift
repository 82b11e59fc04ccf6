import Foundation
import Simulator
import TestSupport
import Testing

@Suite("App roles and directory roles")
struct AssignmentTests {
    private static let exchangeAppID = "00000002-0000-0ff1-ce00-000000000000"
    private static let manageAsApp: JSONValue = "dc50a0fb-09a3-484d-be87-e023b12c6440"
    private static let administrator: JSONValue = "29232cdf-9323-42fd-ade2-1d097af3e4de"
    private static let roles = "/v1.0/roleManagement/directory/roleAssignments"

    /// A signed-in client with the two object ids every assignment needs.
    private struct Session {
        let client: TestClient
        let token: String
        let own: String
        let exchange: String

        init(_ simulator: SimulatorServer, tenant: String = Scenario.contosoID) async throws {
            client = simulator.client
            token = try await client.token(tenant)
            own = try await Session.objectID(client, token, Scenario.demoClientID)
            exchange = try await Session.objectID(client, token, AssignmentTests.exchangeAppID)
        }

        private static func objectID(_ client: TestClient, _ token: String, _ appID: String) async throws -> String {
            let path = "/v1.0/servicePrincipals(appId='\(appID)')"
            return try await client.graph("GET", path, token: token).json["id"]?.text ?? ""
        }

        var assignment: JSONValue {
            ["principalId": .text(own), "resourceId": .text(exchange), "appRoleId": AssignmentTests.manageAsApp]
        }

        var roleAssignment: JSONValue {
            [
                "@odata.type": "#microsoft.graph.unifiedRoleAssignment", "directoryScopeId": "/",
                "roleDefinitionId": AssignmentTests.administrator, "principalId": .text(own),
            ]
        }

        func call(_ method: String, _ path: String, _ body: JSONValue? = nil) async throws -> TestClient.Answer {
            try await client.graph(method, path, token: token, body: body)
        }
    }

    @Test("A service principal is found by key and by filter; absent it is 404 by key and an empty list by filter")
    func lookup() async throws {
        try await withSimulator { simulator in
            let client = simulator.client
            let token = try await client.token(Scenario.tailspinID)
            let path = "/v1.0/servicePrincipals(appId='\(AssignmentTests.exchangeAppID)')"
            #expect(try await client.graph("GET", path, token: token).status == 404)
            let filter = encoded("appId eq '\(AssignmentTests.exchangeAppID)'")
            let list = try await client.graph("GET", "/v1.0/servicePrincipals?$filter=\(filter)", token: token)
            #expect(list.status == 200)
            #expect(list.records.isEmpty)
            let contoso = try await client.token()
            let found = try await client.graph("GET", "/v1.0/servicePrincipals?$filter=\(filter)", token: contoso)
            let values = found.records.first?["appRoles"]?.array?.compactMap { $0["value"]?.text } ?? []
            #expect(values.filter { $0.hasPrefix("Exchange.") }.count == 3)
            let strange = encoded("startswith(appId,'0')")
            #expect(
                try await client.graph("GET", "/v1.0/servicePrincipals?$filter=\(strange)", token: token).status == 400
            )
        }
    }

    @Test("Object ids differ from tenant to tenant")
    func identifiers() async throws {
        try await withSimulator { simulator in
            try await simulator.perform(AdminAction(.grantConsent), tenant: Scenario.fabrikamID)
            let first = try await Session(simulator)
            let second = try await Session(simulator, tenant: Scenario.fabrikamID)
            #expect(first.own != second.own)
            #expect(first.exchange != second.exchange)
        }
    }

    @Test("An app role is assigned once; the second time is 400 and changes nothing")
    func appRole() async throws {
        try await withSimulator { simulator in
            let session = try await Session(simulator)
            let path = "/v1.0/servicePrincipals/\(session.exchange)/appRoleAssignedTo"
            let first = try await session.call("POST", path, session.assignment)
            #expect(first.status == 201)
            #expect(first.json["principalType"] == "ServicePrincipal")
            let again = try await session.call(
                "POST",
                "/v1.0/servicePrincipals/\(session.own)/appRoleAssignments",
                session.assignment
            )
            #expect(again.status == 400)
            #expect(again.graphCode == "Request_BadRequest")
            #expect(await simulator.effects(tenant: Scenario.contosoID).count == 1)
            let list = try await session.call("GET", "/v1.0/servicePrincipals/\(session.own)/appRoleAssignments")
            #expect(list.records.contains { $0["appRoleId"] == AssignmentTests.manageAsApp })
            let id = first.json["id"]?.text ?? ""
            #expect(try await session.call("DELETE", "\(path)/\(id)").status == 204)
            #expect(try await session.call("DELETE", "\(path)/\(id)").status == 404)
        }
    }

    @Test("A directory role is assigned once; the conflict names itself in the details", arguments: [false, true])
    func directoryRole(is409: Bool) async throws {
        var scenario = Scenario.demo
        scenario.switches.duplicateRoleIs409 = is409
        try await withSimulator(scenario) { simulator in
            let session = try await Session(simulator)
            let first = try await session.call("POST", AssignmentTests.roles, session.roleAssignment)
            #expect(first.status == 201)
            let again = try await session.call("POST", AssignmentTests.roles, session.roleAssignment)
            #expect(again.status == (is409 ? 409 : 400))
            #expect(again.json["error"]?["details"]?.array?.first?["code"] == "ConflictingObjects")
            let filter = encoded("principalId eq '\(session.own)'")
            let list = try await session.call("GET", "\(AssignmentTests.roles)?$filter=\(filter)")
            #expect(list.records.count == 1)
            #expect(await simulator.effects(tenant: "contoso.com").map(\.kind) == ["directory-role-assignment"])
            let id = first.json["id"]?.text ?? ""
            #expect(try await session.call("DELETE", "\(AssignmentTests.roles)/\(id)").status == 204)
        }
    }

    @Test("Something made just now is not listed and not found, yet a second one is still a duplicate")
    func visibility() async throws {
        var scenario = Scenario.virtualDemo
        scenario.delays.graphVisibilitySeconds = 20
        try await withSimulator(scenario) { simulator in
            let session = try await Session(simulator)
            let made = try await session.call("POST", AssignmentTests.roles, session.roleAssignment)
            let path = "\(AssignmentTests.roles)/\(made.json["id"]?.text ?? "")"
            #expect(try await session.call("GET", path).status == 404)
            let filter = "?$filter=\(encoded("principalId eq '\(session.own)'"))"
            #expect(try await session.call("GET", AssignmentTests.roles + filter).records.isEmpty)
            #expect(try await session.call("POST", AssignmentTests.roles, session.roleAssignment).status == 400)
            await simulator.advance(by: 21)
            #expect(try await session.call("GET", path).status == 200)
        }
    }

    @Test("An application that was removed is unknown even with a good token")
    func removed() async throws {
        try await withSimulator { simulator in
            let token = try await simulator.client.token()
            try await simulator.perform(AdminAction(.removeConsent), tenant: "contoso.com")
            let answer = try await simulator.client.graph("GET", "/v1.0/domains", token: token)
            #expect(answer.status == 401)
            #expect(answer.graphCode == "Authorization_IdentityNotFound")
        }
    }
}
