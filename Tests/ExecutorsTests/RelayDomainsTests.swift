import JobModel
import Testing

@testable import Executors
@testable import Microsoft365

@Suite("Relay domains")
struct RelayDomainsTests {
    private static let entra = [
        domain("contoso.com"), domain("plant.contoso.com"), domain("new.contoso.com", isVerified: false),
        domain("late.contoso.com"), domain("web.contoso.com", services: []),
        domain("contoso.onmicrosoft.com", isInitial: true), domain("contoso.mail.onmicrosoft.com"),
    ]
    private static let accepted = [
        "contoso.com", "plant.contoso.com", "contoso.onmicrosoft.com", "web.contoso.com", "new.contoso.com",
    ]

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

    private static func find(
        _ wanted: [String]?,
        entra: [Domain] = entra,
        accepted names: [String] = accepted
    ) -> Result<RelayDomains, Problem> {
        let accepted = names.compactMap { name in
            AcceptedDomain(
                ExchangeRecord(["DomainName": .string(name), "Name": .string(name), "DomainType": "Authoritative"])
            )
        }
        return Result { () throws(Problem) in try RelayDomains(wanted: wanted, entra: entra, accepted: accepted) }
    }

    @Test(
        "Named domains are taken in any case, lent ones passed over, and none named means all that carry mail",
        arguments: [
            (nil, ["contoso.com", "plant.contoso.com"], 0),
            (["Contoso.COM"], ["contoso.com"], 1),
            (["plant.contoso.com", "contoso.com"], ["contoso.com", "plant.contoso.com"], 0),
            (
                ["contoso.com", "plant.contoso.com", "contoso.onmicrosoft.com"], ["contoso.com", "plant.contoso.com"], 1
            ),
        ] as [([String]?, [String], Int)]
    )
    func takes(wanted: [String]?, names: [String], warnings: Int) throws {
        let found = try Self.find(wanted).get()
        #expect(found.names == names)
        #expect(found.warnings.count == warnings)
    }

    @Test(
        "A domain that the tenant cannot send from is refused by name, with the reason",
        arguments: [
            ("bank.example", "is not a domain of the tenant"), ("new.contoso.com", "is not verified"),
            ("late.contoso.com", "is not accepted"), ("web.contoso.com", "is not used for mail"),
            ("sub.contoso.com", "is not a domain of the tenant"),
        ]
    )
    func refuses(name: String, reason: String) {
        guard case .failure(let problem) = Self.find(["contoso.com", name]) else {
            Issue.record("\(name) was taken")
            return
        }
        #expect(problem.code == .domainNotOwned)
        #expect(problem.detail == "\(name) \(problem.detail.dropFirst(name.count + 1))")
        #expect(problem.detail.contains(reason))
    }

    @Test("Without a domain of its own a tenant has nothing to relay for")
    func nothing() {
        for found in [
            Self.find(["contoso.onmicrosoft.com"]), Self.find(nil, accepted: []), Self.find(nil, entra: []),
        ] {
            guard case .failure(let problem) = found else {
                Issue.record("\(found) was taken")
                continue
            }
            #expect(problem.code == .relayDomainMissing)
        }
    }
}
