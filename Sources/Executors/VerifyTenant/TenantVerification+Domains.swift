import JobModel
import MailPolicy
import Microsoft365

/// The tenant's domains, where their mail goes, and whom their SPF records let send.
extension TenantVerification {
    /// How many domains are asked for their SPF at one time, as each check asks up to ten names.
    private static let checksMax = 8

    /// Reads them in Entra, Exchange and DNS.
    mutating func readDomains() async throws {
        do {
            let entra = try await self.tenant.graph.domains()
            let accepted = self.scan == nil ? nil : try await self.tenant.exchange.acceptedDomains()
            let imported = try await self.domainImport(entra: entra, accepted: accepted, claimed: [])
            self.domains = imported.domains
            self.warnings += imported.warnings
        } catch let error as Microsoft365Error where error.code == .forbidden {
            return self.warnings.append("The tenant's domains cannot be read without Domain.Read.All.")
        }
        let relayed = self.domains.filter(\.isImported)
        self.pending += relayed.compactMap { MailFlowFindings.mx($0, self.settings.gateway) }
        let checks = await self.spfResults(of: relayed.map(\.name))
        // Mail that somebody else let out by the gateway never had a right SPF record that could have drifted.
        let isSending = self.scan?.isSending ?? false
        for finding in checks.compactMap({ MailFlowFindings.spf($0, self.settings.gateway, isSending: isSending) }) {
            if isSending { self.findings.append(finding) } else { self.pending.append(finding) }
        }
    }

    /// The worst result of each domain over all egress addresses.
    private func spfResults(of domains: [String]) async -> [MailFlowFindings.SPF] {
        let addresses = self.settings.gateway.egressAddresses.compactMap { IPAddress($0) }
        let dns = self.settings.dns
        var results: [MailFlowFindings.SPF] = []
        var rest = domains[...]
        while !rest.isEmpty {
            let batch = rest.prefix(Self.checksMax)
            rest = rest.dropFirst(Self.checksMax)
            results += await withTaskGroup(of: MailFlowFindings.SPF.self) { group in
                for domain in batch { group.addTask { await .check(domain, addresses, dns) } }
                return await group.reduce(into: []) { $0.append($1) }
            }
        }
        return results.sorted { $0.domain < $1.domain }
    }
}

/// What DNS means for the mail of a tenant.
enum MailFlowFindings {
    /// What the checks of a domain came to.
    struct SPF: Equatable, Sendable {
        let domain: String
        /// The first result that is no pass, and for which address; nil when all pass.
        let failure: (result: SPFResult, address: String)?

        static func == (left: SPF, right: SPF) -> Bool {
            left.domain == right.domain && left.failure?.result == right.failure?.result
                && left.failure?.address == right.failure?.address
        }

        /// Evaluates the record for each address.
        static func check(_ domain: String, _ addresses: [IPAddress], _ dns: any DNSLookup) async -> SPF {
            for address in addresses {
                let lookup = TimedLookup(dns, until: .now + TimedLookup.checkLimit)
                let verdict = await SPFCheck(lookup: lookup).verdict(SPFQuestion(address: address, domain: domain))
                if verdict.result != .pass { return SPF(domain: domain, failure: (verdict.result, "\(address)")) }
            }
            return SPF(domain: domain, failure: nil)
        }
    }

    /// That receivers would refuse a domain's mail from the gateway; nil when they would not.
    ///
    /// Pure. As long as no mail goes out through the gateway it is only not there yet.
    static func spf(_ check: SPF, _ gateway: GatewayProfile, isSending: Bool) -> DriftFinding? {
        guard let failure = check.failure else { return nil }
        let mechanism = gateway.spfMechanism.map { "`\($0)`" } ?? "the gateway's addresses"
        let isUnknown = failure.result == .temperror
        return DriftFinding(
            id: "spf.\(check.domain)",
            subject: .spf,
            name: check.domain,
            drift: isUnknown ? .unknown : isSending ? .changed : .pending,
            lastApplied: .unknown("DNS is the customer's and is not recorded."),
            wanted: .known("pass"),
            live: isUnknown
                ? .unknown("DNS gave no answer for \(failure.address).")
                : .known("\(failure.result.rawValue) for \(failure.address)"),
            blockedJobs: ["enable-outbound-connector"],
            isRepairable: false,
            advice: "Have the customer add \(mechanism) to the SPF record of \(check.domain)."
        )
    }

    /// That a domain's mail does not come in through the gateway alone; nil when it does, or nothing is wanted.
    ///
    /// Pure.
    static func mx(_ domain: TenantDomain, _ gateway: GatewayProfile) -> DriftFinding? {
        guard !gateway.mxHosts.isEmpty else { return nil }
        let wanted = Set(gateway.mxHosts.map { $0.lowercased() })
        if let current = domain.currentMailExchanges, !current.isEmpty,
            Set(current.map { $0.lowercased() }).isSubset(of: wanted)
        {
            return nil
        }
        let live: ObservedValue =
            switch domain.currentMailExchanges {
            case nil: .unknown("DNS gave no answer.")
            case []: .absent
            case .some(let hosts): .known(hosts.joined(separator: ", "))
            }
        return DriftFinding(
            id: "mx.\(domain.name)",
            subject: .mx,
            name: domain.name,
            drift: .pending,
            lastApplied: .unknown("DNS is the customer's and is not recorded."),
            wanted: .known(wanted.sorted().joined(separator: ", ")),
            live: live.capped,
            isRepairable: false,
            advice:
                "Have the customer point the MX records of \(domain.name) to the gateway when mail is to come in by it."
        )
    }
}
