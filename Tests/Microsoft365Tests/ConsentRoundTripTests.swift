import AsyncHTTPClient
import Foundation
import NIOHTTP1
import Simulator
import TestSupport
import Testing

@testable import Microsoft365

@Suite("Consent, from the URL to the token")
struct ConsentRoundTripTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    /// Opens the consent page as a browser would and returns where it sends the administrator.
    private func redirect(_ url: String, _ transport: Transport) async throws -> String {
        let answer = try await transport.exchange(HTTPClientRequest(url: url), within: .seconds(20), bytesMax: 65_536)
        return try #require(answer.headers.first(name: "location"))
    }

    private func round(_ switches: Switches, _ tenant: String = Scenario.fabrikamID) async throws -> ConsentVerdict {
        var verdict = ConsentVerdict.rejected(.malformed)
        var scenario = Scenario.virtualDemo
        scenario.switches = switches
        try await withRig(scenario) { rig in
            let consent = AdminConsent(
                clientID: Scenario.demoClientID,
                endpoints: try CloudEndpoints(
                    loginURL: rig.simulator.addresses.loginURL,
                    graphURL: nil,
                    exchangeURL: nil
                ),
                redirectURI: "https://gateway.example/consented",
                key: try ConsentKey(bytes: Array(repeating: 3, count: 32))
            )
            let state = ConsentState(
                tenant: UUID(uuidString: tenant),
                customer: "fabrikam",
                nonce: "n",
                expires: self.now.addingTimeInterval(60)
            )
            let location = try await self.redirect(consent.url(for: state), rig.transport)
            #expect(location.hasPrefix("https://gateway.example/consented?"))
            verdict = consent.verdict(on: location, now: self.now) { $0 == "n" }
            if case .granted = verdict {
                let token = try await rig.tenant(tenant).login.token(for: .graph)
                #expect(
                    PermissionReview(granted: [.graph: token.roles]).missing.map(\.value) == ["Exchange.ManageAsApp"]
                )
            }
        }
        return verdict
    }

    @Test("Consent given is granted, and the tenant gives tokens with every role asked for")
    func granted() async throws {
        guard case .granted(let tenant, let state) = try await self.round(Switches()) else {
            Issue.record("not granted")
            return
        }
        #expect(tenant == UUID(uuidString: Scenario.fabrikamID))
        #expect(state.customer == "fabrikam")
    }

    @Test("Consent declined is refused, though the redirect says admin_consent=True")
    func declined() async throws {
        var switches = Switches()
        switches.consentAnswer = .decline
        guard case .refused(let refusal, let state) = try await self.round(switches) else {
            Issue.record("not refused")
            return
        }
        #expect(refusal.kind == .declined)
        #expect(refusal.number == 65_004)
        #expect(state?.nonce == "n")
    }

    @Test("A redirect that names another tenant is rejected")
    func forged() async throws {
        var switches = Switches()
        switches.forgedConsentTenant = Scenario.contosoID
        #expect(try await self.round(switches) == .rejected(.tenantForged))
    }
}
