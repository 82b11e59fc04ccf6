/// What DNS says about mail of a domain from some addresses: every server asked for itself.
///
/// Servers that tell nothing are passed over while another one tells; servers that tell different things are not right.
package struct SPFSurvey: Sendable, Equatable {
    /// What one server showed.
    package struct Reading: Sendable, Equatable {
        /// The verdict on each address, in their order.
        package let verdicts: [SPFVerdict]
        /// The SPF records at the domain, as they are written; more than one is an error of the domain.
        package let records: [String]
    }

    /// What several servers come to.
    package struct Finding: Sendable, Equatable {
        /// `pass` only when every address passes at every server that told, else the first result that is none.
        package let result: SPFResult
        /// The addresses that do not pass.
        package let addresses: [IPAddress]
        /// The domain's record, when there is exactly one.
        package let record: String?
        /// Why it is not a pass; nil when it is.
        package let reason: String?
    }

    /// The domain.
    package let domain: String
    /// The addresses that mail is to come from.
    package let addresses: [IPAddress]
    /// What each resolver showed.
    package let resolvers: [Reading]
    /// What each server of the domain's zone showed; empty when none was found.
    package let authoritative: [Reading]
    /// Why no server of the zone was found; nil when one was.
    package let authoritativeFailure: String?

    /// What the resolvers come to.
    package var resolverFinding: Finding { self.finding(self.resolvers, orElse: "no resolver was asked") }

    /// What the domain's own servers come to.
    package var authoritativeFinding: Finding {
        self.finding(self.authoritative, orElse: self.authoritativeFailure ?? "no server of the domain was asked")
    }

    /// The SPF records at the domain: what its own servers tell, or else the resolvers.
    package var records: [String] {
        let readings = Self.telling(self.authoritative) + Self.telling(self.resolvers)
        return readings.first?.records ?? []
    }

    /// Readings of servers that told about every address.
    private static func telling(_ readings: [Reading]) -> [Reading] {
        readings.filter { $0.verdicts.allSatisfy { $0.result != .temperror } }
    }

    private func finding(_ readings: [Reading], orElse reason: String) -> Finding {
        let telling = Self.telling(readings)
        guard let reading = telling.first(where: { $0.verdicts.contains { $0.result != .pass } }) ?? telling.first
        else {
            let failed = readings.first?.verdicts.first { $0.result == .temperror }
            return Finding(
                result: .temperror,
                addresses: self.addresses,
                record: failed?.record,
                reason: failed?.reason ?? reason
            )
        }
        let worst = reading.verdicts.first { $0.result != .pass }
        return Finding(
            result: worst?.result ?? .pass,
            addresses: zip(self.addresses, reading.verdicts).filter { $0.1.result != .pass }.map(\.0),
            record: reading.verdicts.first?.record,
            reason: worst.map { $0.reason ?? "\($0.mechanism ?? "no term") of \($0.domain) decides" }
        )
    }
}

/// Takes surveys.
package struct SPFSurveyor: Sendable {
    /// The resolvers, each for itself.
    private let resolvers: [any DNSLookup]
    /// All of them, one standing in for the other.
    private let resolver: any DNSLookup
    /// Opens a server of a zone.
    private let open: @Sendable (NameServer) throws(MailPolicyError) -> any DNSLookup
    /// Where the servers of zones listen.
    private let port: UInt16

    /// Asks `resolvers` one by one, and `resolver` about everything that is not the domain's own.
    ///
    /// `port` is where the servers of zones listen: 53 everywhere but beside a simulator.
    package init(
        resolver: any DNSLookup,
        resolvers: [any DNSLookup],
        port: UInt16 = NameServer.standardPort,
        open: @escaping @Sendable (NameServer) throws(MailPolicyError) -> any DNSLookup
    ) {
        self.resolver = resolver
        self.resolvers = resolvers.isEmpty ? [resolver] : resolvers
        self.port = port
        self.open = open
    }

    /// Asks servers of zones over the network, and the servers of a resolver one by one.
    package init(_ resolver: Resolver, port: UInt16 = NameServer.standardPort) throws(MailPolicyError) {
        var resolvers: [any DNSLookup] = []
        if resolver.servers.count > 1 {
            for server in resolver.servers { resolvers.append(try Resolver(servers: [server])) }
        }
        self.init(resolver: resolver, resolvers: resolvers, port: port) { server throws(MailPolicyError) in
            try Resolver(servers: [server])
        }
    }

    /// What DNS says about a domain now.
    ///
    /// Takes at most some ``TimedLookup/checkLimit``, however many addresses there are: all servers are asked at once.
    package func survey(_ domain: String, _ addresses: [IPAddress]) async -> SPFSurvey {
        async let resolvers = self.readings(of: self.resolvers, domain, addresses)
        let found = await self.servers(of: domain)
        let authoritative = await self.readings(of: found.lookups, domain, addresses)
        return SPFSurvey(
            domain: domain,
            addresses: addresses,
            resolvers: await resolvers,
            authoritative: authoritative,
            authoritativeFailure: found.failure
        )
    }

    /// The records a domain would have with `text` as its SPF record, and the verdicts on them: how a repair is tried.
    package func verdicts(_ domain: String, _ addresses: [IPAddress], with text: String) async -> [SPFVerdict] {
        let lookup = ReplacedRecord(domain: domain, text: text, lookup: self.resolver)
        return await Self.reading(lookup, domain, addresses).verdicts
    }

    private func servers(of domain: String) async -> (lookups: [any DNSLookup], failure: String?) {
        let resolver = TimedLookup(CachedLookup(self.resolver), until: .now + TimedLookup.checkLimit)
        switch await AuthoritativeServers.find(domain, resolver, port: self.port) {
        case .servers(let zone, let servers):
            let lookups: [any DNSLookup] = servers.compactMap { server in
                guard let lookup = try? self.open(server) else { return nil }  // told below when none can be opened
                return AuthoritativeLookup(zone: zone, authoritative: lookup, resolver: self.resolver)
            }
            return (lookups, lookups.isEmpty ? "no server of \(zone) could be asked" : nil)
        case .none: return ([], "no server is known for \(domain)")
        case .unknown(let failure):
            return ([], "the servers of \(domain) could not be found: \(failure.rawValue)")
        }
    }

    private func readings(
        of lookups: [any DNSLookup],
        _ domain: String,
        _ addresses: [IPAddress]
    ) async -> [SPFSurvey.Reading] {
        await withTaskGroup(of: (Int, SPFSurvey.Reading).self) { group in
            for (index, lookup) in lookups.enumerated() {
                group.addTask { (index, await Self.reading(lookup, domain, addresses)) }
            }
            let readings = await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            return readings.sorted { $0.key < $1.key }.map(\.value)
        }
    }

    private static func reading(
        _ lookup: any DNSLookup,
        _ domain: String,
        _ addresses: [IPAddress]
    ) async -> SPFSurvey.Reading {
        let timed = CachedLookup(TimedLookup(lookup, until: .now + TimedLookup.checkLimit))
        let check = SPFCheck(lookup: timed)
        var verdicts: [SPFVerdict] = []
        for address in addresses { verdicts.append(await check.verdict(SPFQuestion(address: address, domain: domain))) }
        return SPFSurvey.Reading(verdicts: verdicts, records: await SPFCheck.records(at: domain, timed))
    }
}

/// DNS as it would be with another SPF record at a domain.
private struct ReplacedRecord: DNSLookup {
    let domain: String
    let text: String
    let lookup: any DNSLookup

    func lookup(_ name: String, _ type: DNSRecordType) async -> DNSAnswer {
        let isReplaced = type == .txt && DomainName.withoutFinalDot(name).lowercased() == self.domain.lowercased()
        return isReplaced ? .records([.text(self.text)]) : await self.lookup.lookup(name, type)
    }
}

extension SPFCheck {
    /// The SPF records at a domain as they are written, bytes that are no visible ASCII as question marks.
    static func records(at domain: String, _ lookup: any DNSLookup) async -> [String] {
        await lookup.lookup(domain, .txt).records.compactMap { record in
            guard case .text(let bytes) = record, SPFSyntax.isRecord(bytes) else { return nil }
            return String(bytes.map { (0x20...0x7E).contains($0) ? Character(Unicode.Scalar($0)) : "?" })
        }
    }
}
