import JobModel
import MailPolicy
import Testing

@testable import Executors
@testable import Microsoft365

@Suite("Domain import")
struct DomainImportTests {
    private static func accepted(_ name: String, _ type: String) throws -> AcceptedDomain {
        try #require(AcceptedDomain(ExchangeRecord(["DomainName": .string(name), "DomainType": .string(type)])))
    }

    private static func domain(
        _ name: String,
        isVerified: Bool = true,
        isInitial: Bool = false,
        services: [String] = ["Email"]
    ) -> Domain {
        Domain(
            name: name,
            isVerified: isVerified,
            isInitial: isInitial,
            isDefault: false,
            isRoot: true,
            supportedServices: services,
            authenticationType: "Managed"
        )
    }

    @Test("Imported is what is verified, for e-mail, accepted and not lent by Microsoft")
    func imports() throws {
        let result = DomainImport(
            entra: [
                Self.domain("plant.contoso.com"), Self.domain("contoso.com"),
                Self.domain("new.contoso.com", isVerified: false), Self.domain("web.contoso.com", services: []),
                Self.domain("lagging.contoso.com"), Self.domain("contoso.onmicrosoft.com", isInitial: true),
                Self.domain("contoso.mail.onmicrosoft.com"),
            ],
            accepted: [
                try Self.accepted("contoso.com", "Authoritative"),
                try Self.accepted("plant.contoso.com", "InternalRelay"),
                try Self.accepted("contoso.onmicrosoft.com", "Authoritative"),
                try Self.accepted("contoso.mail.onmicrosoft.com", "Authoritative"),
            ],
            mailExchanges: ["contoso.com": "contoso-com.mail.protection.outlook.com"],
            current: [
                "contoso.com": .exchanges(
                    MailExchange.sorted([.mailExchange(preference: 5, host: "mx.gateway.example.")])
                ),
                "plant.contoso.com": .none, "lagging.contoso.com": .unknown(.timedOut),
            ],
            claimed: ["CONTOSO.com", "new.contoso.com"]
        )
        #expect(result.domains.filter(\.isImported).map(\.name) == ["contoso.com", "plant.contoso.com"])
        #expect(result.domains.count == 7)
        #expect(result.domains.allSatisfy { !$0.isRelayEnabled })
        let main = try #require(result.domains.first { $0.name == "contoso.com" })
        #expect(main.acceptedType == "Authoritative")
        #expect(main.mailExchange == "contoso-com.mail.protection.outlook.com")
        #expect(main.currentMailExchanges == ["mx.gateway.example"])
        let plant = try #require(result.domains.first { $0.name == "plant.contoso.com" })
        #expect(plant.currentMailExchanges == [], "no MX record is known to be none")
        let lagging = try #require(result.domains.first { $0.name == "lagging.contoso.com" })
        #expect(lagging.currentMailExchanges == nil, "unknown is never none")
        #expect(result.warnings.contains { $0.hasPrefix("The MX records of lagging.contoso.com could not be read") })
        #expect(result.warnings.count == 3)
        #expect(result.warnings.contains { $0.hasPrefix("lagging.contoso.com is verified") })
        #expect(result.warnings.contains { $0.hasPrefix("new.contoso.com was claimed") })
    }

    @Test("Before Exchange could be asked nothing is imported and nothing is said about it")
    func unasked() {
        let result = DomainImport(
            entra: [Self.domain("contoso.com")],
            accepted: nil,
            mailExchanges: [:],
            current: [:],
            claimed: ["contoso.com"]
        )
        #expect(result.domains.map(\.isImported) == [false])
        #expect(result.warnings.isEmpty)
    }

    @Test("The mail exchange is the best MX record that names a host")
    func mailExchange() {
        func mx(_ host: String, _ preference: Int) -> ServiceConfigurationRecord {
            ServiceConfigurationRecord(
                label: "contoso.com",
                supportedService: "Email",
                kind: .mx(mailExchange: host, preference: preference)
            )
        }
        #expect(DomainImport.mailExchange(in: [mx("b.example.com", 10), mx("A.example.com.", 0)]) == "a.example.com")
        #expect(DomainImport.mailExchange(in: [mx("", 0)]) == nil)
        #expect(DomainImport.mailExchange(in: []) == nil)
    }
}
