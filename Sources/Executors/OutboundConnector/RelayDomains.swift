import JobModel
import Microsoft365

/// The domains whose mail the outbound connector is to carry.
///
/// Pure.
struct RelayDomains: Equatable {
    /// Their names in lower case, sorted; never empty.
    let names: [String]
    /// What an administrator should know.
    let warnings: [String]

    /// Takes the wanted domains, or every domain imported for mail flow when none are named.
    ///
    /// Refuses with `domain-not-owned` what is not the tenant's to send from, and with `relay-domain-missing` when nothing is
    /// left. `onmicrosoft.com` domains are passed over: nobody but Microsoft can edit their DNS.
    init(wanted: [String]?, entra: [Domain], accepted: [AcceptedDomain]) throws(Problem) {
        let inExchange = Set(accepted.map { $0.domainName.lowercased() })
        let own = Set(entra.filter(\.isImportable).map { $0.name.lowercased() }).intersection(inExchange)
        let asked = Set((wanted ?? own.sorted()).map { $0.lowercased() })
        let lent = asked.filter { $0.hasSuffix(".onmicrosoft.com") }
        let foreign = asked.subtracting(lent).subtracting(own).sorted()
        guard foreign.isEmpty else {
            let reasons = foreign.map { "\($0) \(Self.reason($0, entra, inExchange))" }
            throw Problem(.domainNotOwned, reasons.joined(separator: "; ") + ".")
        }
        let names = asked.subtracting(lent).sorted()
        guard !names.isEmpty else {
            throw Problem(
                .relayDomainMissing,
                lent.isEmpty
                    ? "The tenant has no verified domain of its own that Exchange Online accepts."
                    : "Only domains lent by Microsoft are named: \(lent.sorted().joined(separator: ", "))."
            )
        }
        self.names = names
        self.warnings =
            lent.sorted().map { "\($0) is passed over: its DNS is Microsoft's." }
            + own.subtracting(names).sorted().map {
                "\($0) is no relay domain here, but the connector carries its mail too and its SPF record was not checked."
            }
    }

    private static func reason(_ name: String, _ entra: [Domain], _ inExchange: Set<String>) -> String {
        guard let domain = entra.first(where: { $0.name.lowercased() == name }) else {
            return "is not a domain of the tenant"
        }
        if !domain.isVerified { return "is not verified in the tenant" }
        return inExchange.contains(name) ? "is not used for mail" : "is not accepted by the tenant's Exchange Online"
    }
}
