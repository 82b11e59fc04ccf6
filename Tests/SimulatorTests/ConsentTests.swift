import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Simulator
import TestSupport
import Testing

@Suite("Admin consent")
struct ConsentTests {
    private static let target = "http://127.0.0.1:8080/consented"

    @Test("Consent of version 2 sends the browser back with admin_consent=True and opens the tenant")
    func granted() async throws {
        try await withSimulator { simulator in
            let fields = try await visit(simulator, "\(Scenario.fabrikamID)/v2.0", scope: TestClient.graph)
            #expect(fields["admin_consent"] == "True")
            #expect(fields["tenant"] == Scenario.fabrikamID)
            #expect(fields["state"] == "s1")
            #expect(fields["scope"] == TestClient.graph)
            #expect(try await simulator.client.requestToken(Scenario.fabrikamID).status == 200)
        }
    }

    @Test("A version 2 refusal still says admin_consent=True; a version 1 refusal does not")
    func declined() async throws {
        var scenario = Scenario.demo
        scenario.switches.consentAnswer = .decline
        try await withSimulator(scenario) { simulator in
            let second = try await visit(simulator, "organizations/v2.0", scope: TestClient.graph)
            #expect(second["error"] == "consent_required")
            #expect(second["admin_consent"] == "True")
            #expect(second["error_description"]?.hasPrefix("AADSTS65004") == true)
            let first = try await visit(simulator, "common", scope: nil)
            #expect(first["error"] == "permission_denied")
            #expect(first["admin_consent"] == nil)
            #expect(try await simulator.client.requestToken(Scenario.fabrikamID).aadsts == 700_016)
        }
    }

    @Test("The tenant of the redirect can be made to lie")
    func forged() async throws {
        var scenario = Scenario.demo
        scenario.switches.forgedConsentTenant = Scenario.tailspinID
        try await withSimulator(scenario) { simulator in
            let fields = try await visit(simulator, "\(Scenario.fabrikamID)/v2.0", scope: TestClient.graph)
            #expect(fields["tenant"] == Scenario.tailspinID)
        }
    }

    @Test("An unregistered redirect address gets a page, not a redirect")
    func foreignRedirect() async throws {
        try await withSimulator { simulator in
            let query = "client_id=\(Scenario.demoClientID)&redirect_uri=\(encoded("https://attacker.example/"))"
            let answer = try await simulator.client.send(
                "GET",
                "\(simulator.addresses.loginURL)/common/adminconsent?\(query)"
            )
            #expect(answer.status == 400)
            #expect(String(decoding: answer.body, as: UTF8.self).contains("AADSTS50011"))
        }
    }

    /// The fields of the redirect's query.
    private func visit(_ simulator: SimulatorServer, _ path: String, scope: String?) async throws -> [String: String] {
        var query = "client_id=\(Scenario.demoClientID)&state=s1&redirect_uri=\(encoded(ConsentTests.target))"
        if let scope { query += "&scope=\(encoded(scope))" }
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        return try await HTTPClient.withHTTPClient(configuration: configuration) { client in
            let request = HTTPClientRequest(url: "\(simulator.addresses.loginURL)/\(path)/adminconsent?\(query)")
            let response = try await client.execute(request, timeout: .seconds(10))
            #expect(response.status == .found)
            let items = response.headers.first(name: "location").flatMap { URLComponents(string: $0)?.queryItems } ?? []
            return Dictionary(items.map { ($0.name, $0.value ?? "") }, uniquingKeysWith: { $1 })
        }
    }
}
