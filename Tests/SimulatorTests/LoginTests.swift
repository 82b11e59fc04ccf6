import Foundation
import Simulator
import TestSupport
import Testing

@Suite("Sign-in")
struct LoginTests {
    @Test("A secret gives a token for the tenant by GUID and by verified domain")
    func secret() async throws {
        try await withSimulator { simulator in
            for tenant in [Scenario.contosoID, "contoso.com", "CONTOSO.onmicrosoft.com"] {
                let answer = try await simulator.client.requestToken(tenant)
                #expect(answer.status == 200)
                let token = claims(of: answer.json["access_token"]?.text ?? "")
                #expect(token["tid"]?.text == Scenario.contosoID)
                #expect(token["aud"]?.text == "https://graph.microsoft.com")
                #expect(answer.json["refresh_token"] == nil)
            }
        }
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let tenant: String
        let changing: [String: String?]
        let status: Int
        let error: String
        let code: Int
        var testDescription: String { "AADSTS\(code)" }

        init(
            at tenant: String = Scenario.contosoID,
            _ changing: [String: String?],
            _ status: Int,
            _ error: String,
            _ code: Int
        ) {
            self.tenant = tenant
            self.changing = changing
            self.status = status
            self.error = error
            self.code = code
        }
    }

    static let refusals = [
        Refusal(["client_secret": "wrong"], 401, "invalid_client", 7_000_215),
        Refusal(["client_secret": nil as String?], 401, "invalid_client", 7_000_218),
        Refusal(["client_id": "22222222-aaaa-4bbb-8ccc-000000000001"], 400, "unauthorized_client", 700_016),
        Refusal(["scope": "https://graph.microsoft.com/Domain.Read.All"], 400, "invalid_scope", 1_002_012),
        Refusal(["scope": "\(TestClient.graph) \(TestClient.exchange)"], 400, "invalid_scope", 70011),
        Refusal(["scope": ""], 400, "invalid_scope", 70011),
        Refusal(["scope": "https://other.example/.default"], 400, "invalid_resource", 500_011),
        Refusal(["grant_type": "password"], 400, "unsupported_grant_type", 70003),
        Refusal(at: "99999999-0000-4000-8000-000000000001", [:], 400, "invalid_request", 90002),
        Refusal(at: "unknown.example", [:], 400, "invalid_request", 90002),
        Refusal(at: "nonsense", [:], 400, "invalid_request", 900_023),
        Refusal(at: "common", [:], 400, "invalid_request", 9_001_023),
        Refusal(at: "new.contoso.com", [:], 400, "invalid_request", 90002),
        Refusal(at: Scenario.fabrikamID, [:], 400, "unauthorized_client", 700_016),
        Refusal(at: Scenario.tailspinID, ["scope": TestClient.exchange], 400, "invalid_client", 650_052),
    ]

    @Test("Each bad request is refused by its number", arguments: refusals)
    func refused(_ refusal: Refusal) async throws {
        try await withSimulator { simulator in
            let answer = try await simulator.client.requestToken(refusal.tenant, changing: refusal.changing)
            #expect(answer.status == refusal.status)
            #expect(answer.json["error"]?.text == refusal.error)
            #expect(answer.aadsts == refusal.code)
            #expect(answer.json["error_description"]?.text?.hasPrefix("AADSTS\(refusal.code): ") == true)
            #expect(answer.json["access_token"] == nil)
        }
    }

    @Test("An expired secret, a disabled application and conditional access have numbers of their own")
    func tenantStates() async throws {
        var scenario = Scenario.demo
        scenario.applications[0].isSecretExpired = true
        #expect(try await refusal(scenario) == 7_000_222)
        scenario = .demo
        scenario.tenants[0].disabledApplications = [Scenario.demoClientID]
        #expect(try await refusal(scenario) == 7_000_112)
        scenario = .demo
        scenario.tenants[0].blocksSignIn = true
        #expect(try await refusal(scenario) == 53003)
    }

    private func refusal(_ scenario: Scenario) async throws -> Int? {
        try await withSimulator(scenario) { try await $0.client.requestToken().aadsts }
    }

    @Test("A token says what was granted when it was issued, whatever comes later")
    func frozen() async throws {
        try await withSimulator(.virtualDemo) { simulator in
            let client = simulator.client
            let before = try await client.token(scope: TestClient.exchange)
            #expect(claims(of: before)["roles"] == nil)
            #expect(claims(of: before)["wids"] == nil)
            var consent = AdminAction(.grantConsent)
            consent.client = Scenario.demoClientID
            try await simulator.perform(consent, tenant: "contoso.com")
            let roles = claims(of: try await client.token())["roles"]?.texts ?? []
            #expect(Set(roles) == Set(ScenarioApplication.productPermissions))
            var removal = AdminAction(.removeAppRole)
            removal.role = "Domain.Read.All"
            let old = try await client.token()
            try await simulator.perform(removal, tenant: "contoso.com")
            #expect(try await client.graph("GET", "/v1.0/domains", token: old).status == 200)
            let new = try await client.token()
            #expect(try await client.graph("GET", "/v1.0/domains", token: new).status == 403)
        }
    }

    @Test("After consent sign-in is refused, then tokens lack roles, then they have them")
    func consentLags() async throws {
        var scenario = Scenario.virtualDemo
        scenario.delays.consentToSignInSeconds = 30
        scenario.delays.consentToRolesSeconds = 90
        try await withSimulator(scenario) { simulator in
            let client = simulator.client
            try await simulator.perform(AdminAction(.grantConsent), tenant: Scenario.fabrikamID)
            #expect(try await client.requestToken(Scenario.fabrikamID).aadsts == 700_016)
            await simulator.advance(by: 31)
            let early = try await client.token(Scenario.fabrikamID)
            #expect(claims(of: early)["oid"] != nil)
            #expect(claims(of: early)["roles"] == nil)
            await simulator.advance(by: 60)
            let late = try await client.token(Scenario.fabrikamID)
            #expect(claims(of: late)["roles"]?.texts?.contains("Domain.Read.All") == true)
        }
    }

    @Test("Asking for the same token in a loop is refused and reported")
    func loop() async throws {
        var scenario = Scenario.demo
        scenario.tokenRequestsPerSecond = 2
        try await withSimulator(scenario) { simulator in
            // At once, so that even a slow machine has three of them within a second.
            let codes = try await withThrowingTaskGroup(of: Int?.self) { group in
                for _ in 0..<8 { group.addTask { try await simulator.client.requestToken().aadsts } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(codes.contains(50196))
            #expect(await simulator.violations().map(\.kind).contains(.tokenLoop))
        }
    }
}
