import JobModel
import MailPolicy
import Microsoft365

/// Which of a tenant's domains are imported for mail flow, and what is odd about the others.
///
/// Pure. Imported means known to the gateway; relay stays off until someone enables it.
struct DomainImport: Equatable {
    /// All domains of the tenant, sorted by name.
    let domains: [TenantDomain]
    /// What an administrator should know.
    let warnings: [String]

    /// Holds Entra's domains against Exchange's and the customer's claims.
    ///
    /// `accepted` is nil when Exchange could not be asked; then nothing is imported yet. `mailExchanges` are the hosts that
    /// Microsoft states as targets of mail, and `current` what DNS says now, both by domain.
    init(
        entra: [Domain],
        accepted: [AcceptedDomain]?,
        mailExchanges: [String: String],
        current: [String: MailExchange.Finding],
        claimed: [String]
    ) {
        let types = Dictionary(
            (accepted ?? []).map { ($0.domainName, $0.domainType ?? "unknown") },
            uniquingKeysWith: { first, _ in first }
        )
        var warnings: [String] = []
        for domain in entra where domain.isImportable && accepted != nil && types[domain.name] == nil {
            warnings.append("\(domain.name) is verified, but Exchange Online does not accept mail for it yet.")
        }
        let verified = Self.verified(entra)
        for claim in claimed where !verified.contains(claim.lowercased()) {
            warnings.append("\(claim.lowercased()) was claimed and is not verified in the tenant.")
        }
        for (domain, finding) in current.sorted(by: { $0.key < $1.key }) {
            guard case .unknown(let failure) = finding else { continue }
            warnings.append("The MX records of \(domain) could not be read: \(failure.rawValue).")
        }
        self.warnings = warnings
        self.domains = entra.map { domain in
            TenantDomain(
                name: domain.name,
                isVerified: domain.isVerified,
                isInitial: domain.isInitial,
                isDefault: domain.isDefault,
                acceptedType: types[domain.name],
                mailExchange: mailExchanges[domain.name],
                currentMailExchanges: current[domain.name].flatMap(Self.hosts),
                isImported: domain.isImportable && types[domain.name] != nil,
                isRelayEnabled: false
            )
        }.sorted { $0.name < $1.name }
    }

    /// The hosts of a finding as messages name them; nil when nobody knows.
    ///
    /// A record that names no host ("takes no mail", RFC 7505) counts as none.
    private static func hosts(_ finding: MailExchange.Finding) -> [String]? {
        switch finding {
        case .exchanges(let exchanges):
            Array(exchanges.map(\.host).filter(PayloadRule.isDomainName).prefix(self.currentMailExchangesMax))
        case .none: []
        case .unknown: nil
        }
    }

    /// How many MX hosts of a domain a result carries.
    private static let currentMailExchangesMax = 100

    /// The names of the domains that the tenant has proved to be its own.
    static func verified(_ domains: [Domain]) -> Set<String> {
        Set(domains.filter(\.isVerified).map { $0.name.lowercased() })
    }

    /// The host that mail for a domain is delivered to: the MX record of the lowest preference; nil when none is stated.
    static func mailExchange(in records: [ServiceConfigurationRecord]) -> String? {
        let targets = records.compactMap { record -> (host: String, preference: Int)? in
            guard case .mx(let host, let preference) = record.kind else { return nil }
            let name = host.hasSuffix(".") ? String(host.dropLast()) : host
            return PayloadRule.isDomainName(name) ? (name.lowercased(), preference) : nil
        }
        return targets.min { $0.preference < $1.preference }?.host
    }
}
