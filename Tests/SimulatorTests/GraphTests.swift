import Foundation
import Simulator
import TestSupport
import Testing

@Suite("Graph")
struct GraphTests {
    /// A call and the permissions that open it.
    struct Need: Sendable, CustomTestStringConvertible {
        let method: String
        let path: String
        let permission: String
        var testDescription: String { "\(method) \(path)" }

        init(_ method: String, _ path: String, _ permission: String) {
            self.method = method
            self.path = path
            self.permission = permission
        }
    }

    static let needs = [
        Need("GET", "/v1.0/servicePrincipals", "Application.Read.All"),
        Need("GET", "/v1.0/servicePrincipals(appId='x')", "Application.Read.All"),
        Need("GET", "/v1.0/servicePrincipals/x", "Application.Read.All"),
        Need("POST", "/v1.0/servicePrincipals", "Application.ReadWrite.All"),
        Need("GET", "/v1.0/servicePrincipals/x/appRoleAssignments", "Application.Read.All"),
        Need("GET", "/v1.0/servicePrincipals/x/appRoleAssignedTo", "Application.Read.All"),
        Need("POST", "/v1.0/servicePrincipals/x/appRoleAssignments", "AppRoleAssignment.ReadWrite.All"),
        Need("POST", "/v1.0/servicePrincipals/x/appRoleAssignedTo", "AppRoleAssignment.ReadWrite.All"),
        Need("DELETE", "/v1.0/servicePrincipals/x/appRoleAssignments/y", "AppRoleAssignment.ReadWrite.All"),
        Need("DELETE", "/v1.0/servicePrincipals/x/appRoleAssignedTo/y", "AppRoleAssignment.ReadWrite.All"),
        Need("GET", "/v1.0/roleManagement/directory/roleAssignments", "RoleManagement.ReadWrite.Directory"),
        Need("GET", "/v1.0/roleManagement/directory/roleAssignments/y", "RoleManagement.ReadWrite.Directory"),
        Need("POST", "/v1.0/roleManagement/directory/roleAssignments", "RoleManagement.ReadWrite.Directory"),
        Need("DELETE", "/v1.0/roleManagement/directory/roleAssignments/y", "RoleManagement.ReadWrite.Directory"),
        Need("GET", "/v1.0/domains", "Domain.Read.All"),
        Need("GET", "/v1.0/domains/contoso.com", "Domain.Read.All"),
        Need("GET", "/v1.0/domains/contoso.com/verificationDnsRecords", "Domain.Read.All"),
        Need("GET", "/v1.0/domains/contoso.com/serviceConfigurationRecords", "Domain.Read.All"),
        Need("GET", "/v1.0/users", "User.Read.All"),
        Need("GET", "/v1.0/users/x", "User.Read.All"),
        Need("GET", "/v1.0/users/delta", "User.Read.All"),
        Need("GET", "/v1.0/groups", "Group.Read.All"),
        Need("GET", "/v1.0/groups/x", "Group.Read.All"),
        Need("GET", "/v1.0/groups/x/members", "Group.Read.All"),
        Need("GET", "/v1.0/groups/delta", "Group.Read.All"),
        Need("GET", "/v1.0/groups/delta", "GroupMember.Read.All"),
    ]

    @Test("Every route asks the token for its own permission", arguments: needs)
    func permission(_ need: Need) async throws {
        let others = ScenarioApplication.productPermissions.filter {
            $0 != need.permission && !(need.permission.hasPrefix("Group") && $0.hasPrefix("Group"))
        }
        var scenario = Scenario.demo
        scenario.tenants[0].consents[Scenario.demoClientID] = others
        try await withSimulator(scenario) { simulator in
            let token = try await simulator.client.token()
            let answer = try await simulator.client.graph(need.method, need.path, token: token)
            #expect(answer.status == 403)
            #expect(answer.graphCode == "Authorization_RequestDenied")
            #expect(await simulator.violations().map(\.kind) == [.missingRole])
        }
        scenario.tenants[0].consents[Scenario.demoClientID] = [need.permission]
        try await withSimulator(scenario) { simulator in
            let token = try await simulator.client.token()
            #expect(try await simulator.client.graph(need.method, need.path, token: token).status != 403)
        }
    }

    @Test("A missing, foreign, Exchange or expired token is refused as InvalidAuthenticationToken")
    func badTokens() async throws {
        try await withSimulator(.virtualDemo) { simulator in
            let client = simulator.client
            let good = try await client.token()
            for bad in ["", "nonsense", good + "x", try await client.token(scope: TestClient.exchange)] {
                let answer = try await client.graph("GET", "/v1.0/domains", token: bad)
                #expect(answer.status == 401)
                #expect(answer.graphCode == "InvalidAuthenticationToken")
            }
            #expect(try await client.graph("GET", "/v1.0/domains", token: good).status == 200)
            await simulator.advance(by: 3600)
            #expect(try await client.graph("GET", "/v1.0/domains", token: good).status == 401)
        }
    }

    @Test("A token of another simulator is foreign")
    func foreignToken() async throws {
        let token = try await withSimulator { try await $0.client.token() }
        try await withSimulator { simulator in
            let answer = try await simulator.client.graph("GET", "/v1.0/domains", token: token)
            #expect(answer.status == 401)
        }
    }

    @Test("Errors carry the envelope and both request identifiers")
    func envelope() async throws {
        try await withSimulator { simulator in
            let token = try await simulator.client.token()
            let answer = try await simulator.client.graph("GET", "/v1.0/domains/unknown.example", token: token)
            #expect(answer.status == 404)
            let inner = answer.json["error"]?["innerError"]
            #expect(inner?["request-id"]?.text == answer.header("request-id"))
            #expect(inner?["client-request-id"]?.text == "9b1f0c52-0000-4000-8000-00000000feed")
            #expect(answer.header("client-request-id") == "9b1f0c52-0000-4000-8000-00000000feed")
        }
    }

    @Test("Domains come in pages whose links are opaque and keep the query")
    func pages() async throws {
        try await withSimulator { simulator in
            let token = try await simulator.client.token()
            var names: [String] = []
            var next: String? = "/v1.0/domains?$top=2"
            var pages = 0
            while let link = next, pages < 10 {
                let page = try await simulator.client.graph("GET", link, token: token)
                names += page.records.compactMap { $0["id"]?.text }
                next = page.json["@odata.nextLink"]?.text
                pages += 1
                #expect(next?.hasPrefix(simulator.addresses.graphURL) ?? true)
            }
            #expect(pages == 3)
            #expect(names.count == 5)
            #expect(Set(names).count == 5)
            let broken = try await simulator.client.graph("GET", "/v1.0/domains?$skiptoken=xyz", token: token)
            #expect(broken.graphCode == "Directory_ExpiredPageToken")
        }
    }

    @Test("A domain tells what it is and where its mail goes")
    func domains() async throws {
        try await withSimulator { simulator in
            let token = try await simulator.client.token()
            let all = try await simulator.client.graph("GET", "/v1.0/domains", token: token).records
            let pending = all.first { $0["id"] == "new.contoso.com" }
            #expect(pending?["isVerified"] == false)
            #expect(pending?["isRoot"] == false)
            #expect(pending?["supportedServices"] == [])
            #expect(all.filter { $0["isInitial"] == true }.compactMap { $0["id"]?.text } == ["contoso.onmicrosoft.com"])
            #expect(all.filter { $0["isDefault"] == true }.compactMap { $0["id"]?.text } == ["contoso.com"])
            let records = try await simulator.client.graph(
                "GET",
                "/v1.0/domains/contoso.com/serviceConfigurationRecords",
                token: token
            ).records
            let exchanger = records.first { $0["@odata.type"] == "#microsoft.graph.domainDnsMxRecord" }
            #expect(exchanger?["mailExchange"] == "contoso-com.mail.protection.outlook.com")
        }
    }

    @Test("Users come without addresses and enabled state unless selected")
    func users() async throws {
        try await withSimulator { simulator in
            let token = try await simulator.client.token()
            let plain = try await simulator.client.graph("GET", "/v1.0/users?$top=1", token: token)
            #expect(plain.records.count == 1)
            #expect(plain.records.first?["proxyAddresses"] == nil)
            let chosen = try await simulator.client.graph(
                "GET",
                "/v1.0/users?$top=1&$select=id,proxyAddresses",
                token: token
            )
            #expect(Set(chosen.records.first?.object?.keys.map { $0 } ?? []) == ["id", "proxyAddresses"])
        }
    }
}
