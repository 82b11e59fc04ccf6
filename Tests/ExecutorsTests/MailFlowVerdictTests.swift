import JobModel
import MailPolicy
import Testing

@testable import Executors

@Suite("Whether a tenant's mail still comes in by the gateway")
struct MailFlowVerdictTests {
    private static let ours = ["mx1.gateway.example", "MX2.Gateway.example"]

    private static func exchanges(_ hosts: String...) -> MailExchange.Finding {
        .exchanges(
            MailExchange.sorted(hosts.enumerated().map { .mailExchange(preference: UInt16($0), host: $1) })
        )
    }

    private static func code(
        _ current: [String: MailExchange.Finding],
        _ hosts: [String] = Self.ours
    ) -> ProblemCode? {
        MailFlowVerdict(current, gatewayHosts: hosts).problem?.code
    }

    @Test("A tenant may go once no domain names a server of the gateway")
    func free() {
        #expect(Self.code(["contoso.com": Self.exchanges("contoso-com.mail.protection.outlook.com")]) == nil)
        #expect(Self.code(["contoso.com": .none]) == nil)
        #expect(Self.code([:]) == nil)
        #expect(Self.code([:], []) == nil)
    }

    @Test("One server of one domain is enough, whatever its preference and however it is spelt")
    func there() {
        let away = Self.exchanges("a.example")
        #expect(
            Self.code(["a.com": away, "b.com": Self.exchanges("a.example", "MX1.gateway.EXAMPLE.")]) == .mailAtGateway
        )
        #expect(Self.code(["b.com": Self.exchanges("mx2.gateway.example")]) == .mailAtGateway)
        let verdict = MailFlowVerdict(["b.com": Self.exchanges("mx1.gateway.example")], gatewayHosts: Self.ours)
        #expect(verdict.problem?.detail.contains("b.com") == true)
    }

    @Test("What nobody could read is never taken for gone", arguments: DNSFailure.allCases)
    func unknown(failure: DNSFailure) {
        let away = Self.exchanges("a.example")
        #expect(Self.code(["a.com": away, "b.com": .unknown(failure)]) == .dnsUnavailable)
        // A record that was read says more than one that was not.
        #expect(Self.code(["a.com": Self.exchanges(Self.ours[0]), "b.com": .unknown(failure)]) == .mailAtGateway)
    }

    @Test("Without the gateway's names nobody can tell")
    func unset() {
        #expect(Self.code(["a.com": Self.exchanges("a.example")], []) == .mailAtGateway)
    }
}
