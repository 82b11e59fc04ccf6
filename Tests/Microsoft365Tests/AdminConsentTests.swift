import Foundation
import Testing

@testable import Microsoft365

@Suite("Admin consent")
struct AdminConsentTests {
    private let tenant = UUID(uuid: (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16))
    private let tenantID = "01020304-0506-0708-090a-0b0c0d0e0f10"
    private let now = Date(timeIntervalSince1970: 1_800_000_000)
    private let key: ConsentKey
    private let consent: AdminConsent
    private let state: ConsentState

    init() throws {
        self.key = try ConsentKey(bytes: Array(repeating: 7, count: 32))
        self.consent = AdminConsent(
            clientID: "11111111-2222-3333-4444-555555555555",
            endpoints: .global,
            redirectURI: "https://console.example/consent?from=m365",
            key: self.key
        )
        self.state = ConsentState(
            tenant: self.tenant,
            customer: "contoso & söhne",
            nonce: "n-1",
            expires: self.now.addingTimeInterval(600)
        )
    }

    private var signed: String { self.state.signed(with: self.key) }

    private func verdict(_ query: String, at date: Date? = nil, unused: Bool = true) -> ConsentVerdict {
        self.consent.verdict(on: "https://console.example/consent?\(query)", now: date ?? self.now) { _ in unused }
    }

    @Test("The URL is the v2 form for the tenant, with everything encoded")
    func url() {
        let url = self.consent.url(for: self.state)
        #expect(url.hasPrefix("https://login.microsoftonline.com/\(self.tenantID)/v2.0/adminconsent?client_id=1111"))
        #expect(url.contains("&redirect_uri=https%3A%2F%2Fconsole.example%2Fconsent%3Ffrom%3Dm365&"))
        #expect(url.contains("&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default&"))
        #expect(url.hasSuffix("&state=\(self.signed)"))
        let anyone = ConsentState(tenant: nil, customer: "c", nonce: "n", expires: self.now)
        #expect(self.consent.url(for: anyone).contains("/organizations/v2.0/adminconsent?"))
    }

    @Test("A state comes back as it was signed, and only under its key")
    func roundTrip() throws {
        #expect(ConsentState(signed: self.signed, key: self.key) == self.state)
        let other = try ConsentKey(bytes: Array(repeating: 8, count: 32))
        #expect(ConsentState(signed: self.signed, key: other) == nil)
    }

    @Test("A key shorter than 32 bytes is refused")
    func shortKey() {
        #expect { try ConsentKey(bytes: Array(repeating: 7, count: 31)) } throws: {
            ($0 as? Microsoft365Error)?.code == .configurationRejected
        }
    }

    @Test("Success is granted in the v2 and the v1 shape")
    func granted() {
        let v2 = "admin_consent=True&tenant=\(self.tenantID)&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default"
        let v1 = "tenant=\(self.tenantID.uppercased())&state=\(self.signed)&admin_consent=True"
        #expect(self.verdict("\(v2)&state=\(self.signed)") == .granted(tenant: self.tenant, self.state))
        #expect(self.verdict(v1) == .granted(tenant: self.tenant, self.state))
        #expect(self.verdict("\(v1)#fragment") == .granted(tenant: self.tenant, self.state))
    }

    @Test("A refusal counts even when it says admin_consent=True")
    func refused() {
        let v2 = "error=consent_required&error_description=AADSTS65004%3A+User+declined.+Trace&admin_consent=True"
        let v1 = "error=permission_denied&error_description=The+admin+canceled+the+request"
        let declined = ConsentRefusal(error: "consent_required", description: "AADSTS65004: x")
        #expect(declined.kind == .declined)
        #expect(self.verdict("\(v2)&tenant=\(self.tenantID)&state=\(self.signed)") == .refused(declined, self.state))
        #expect(self.verdict("\(v2)&state=") == .refused(declined, nil))
        #expect(
            self.verdict("\(v1)&state=\(self.signed)")
                == .refused(ConsentRefusal(error: "permission_denied", description: nil), self.state)
        )
        #expect(ConsentRefusal(error: "permission_denied", description: nil).kind == .declined)
        #expect(ConsentRefusal(error: "access_denied", description: "AADSTS90094: x").kind == .administratorNeeded)
        #expect(ConsentRefusal(error: "server_error", description: "AADSTS50011: x").number == 50_011)
        #expect(ConsentRefusal(error: "server_error", description: "AADSTS50011: x").kind == .other)
    }

    @Test("A redirect that is not ours is rejected with its reason")
    func rejected() {
        let good = "admin_consent=True&tenant=\(self.tenantID)"
        let other = "admin_consent=True&tenant=0190ab00-0000-7000-8000-000000000001"
        let forged = self.signed.replacing(".", with: "x.")
        #expect(self.verdict(good) == .rejected(.stateMissing))
        #expect(self.verdict("\(good)&state=") == .rejected(.stateMissing))
        #expect(self.verdict("\(good)&state=\(forged)") == .rejected(.stateForged))
        #expect(self.verdict("\(good)&state=abc") == .rejected(.stateForged))
        #expect(self.verdict("\(other)&state=\(self.signed)") == .rejected(.tenantForged))
        #expect(self.verdict("tenant=\(self.tenantID)&state=\(self.signed)") == .rejected(.malformed))
        #expect(self.verdict("admin_consent=True&tenant=contoso.com&state=\(self.signed)") == .rejected(.malformed))
        #expect(self.verdict("\(good)&tenant=\(self.tenantID)&state=\(self.signed)") == .rejected(.malformed))
        #expect(self.verdict("") == .rejected(.malformed))
        #expect(self.verdict("a=%zz") == .rejected(.malformed))
        #expect(self.verdict("\(good)&state=\(String(repeating: "a", count: 20_000))") == .rejected(.malformed))
    }

    @Test("A state is good until its expiry and once")
    func expiryAndReplay() {
        let query = "admin_consent=True&tenant=\(self.tenantID)&state=\(self.signed)"
        let lastMoment = self.state.expires.addingTimeInterval(-1)
        #expect(self.verdict(query, at: lastMoment) == .granted(tenant: self.tenant, self.state))
        #expect(self.verdict(query, at: self.state.expires) == .rejected(.stateExpired))
        #expect(self.verdict(query, unused: false) == .rejected(.stateUsed))
    }

    @Test("The memory of nonces is asked only when everything else is right")
    func asksLast() {
        var asked: [String] = []
        let bad = "admin_consent=True&tenant=0190ab00-0000-7000-8000-000000000001&state=\(self.signed)"
        let good = "admin_consent=True&tenant=\(self.tenantID)&state=\(self.signed)"
        for query in [bad, good] {
            _ = self.consent.verdict(on: "?\(query)", now: self.now) { nonce in
                asked.append(nonce)
                return true
            }
        }
        #expect(asked == ["n-1"])
    }
}
