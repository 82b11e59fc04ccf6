/// Where a domain takes its mail.
package struct MailExchange: Sendable, Hashable, Codable {
    /// The lower, the sooner it is tried.
    package let preference: UInt16
    /// The server's name, lower case, without a dot at its end; empty when the domain takes no mail (RFC 7505).
    package let host: String

    /// The mail exchangers of an answer in the order in which they are tried, equal ones by name.
    package static func sorted(_ records: [DNSRecord]) -> [MailExchange] {
        records.compactMap { record in
            guard case .mailExchange(let preference, let host) = record else { return nil }
            let name = host == "." ? "" : DomainName.withoutFinalDot(host).lowercased()
            return MailExchange(preference: preference, host: name)
        }.sorted { ($0.preference, $0.host) < ($1.preference, $1.host) }
    }

    /// What DNS says about where a domain takes its mail.
    package enum Finding: Sendable, Hashable {
        /// The exchangers, the preferred one first.
        case exchanges([MailExchange])
        /// The domain has no MX record, or does not exist.
        case none
        /// Nobody knows.
        case unknown(DNSFailure)
    }

    /// Asks for the mail exchangers of a domain.
    package static func find(_ domain: String, _ lookup: any DNSLookup) async -> Finding {
        switch await lookup.lookup(domain, .mx) {
        case .records(let records): .exchanges(self.sorted(records))
        case .noData, .nxDomain: .none
        case .temporaryFailure(let failure): .unknown(failure)
        }
    }
}
