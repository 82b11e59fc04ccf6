/// The servers that decide what is in a domain.
///
/// A resolver may still hold yesterday's record; these do not.
package enum AuthoritativeServers {
    /// What was found.
    package enum Finding: Sendable, Hashable {
        /// The zone that the domain lies in, and its servers.
        case servers(zone: String, [NameServer])
        /// There is no such zone, or no address for any of its servers.
        case none
        /// Nobody knows.
        case unknown(DNSFailure)
    }

    /// Looks up the domain and what lies above it until a name has NS records, and then their addresses.
    ///
    /// At most ``Resolver/serversMax`` servers. `port` is 53 everywhere but in a test.
    package static func find(
        _ domain: String,
        _ lookup: any DNSLookup,
        port: UInt16 = NameServer.standardPort
    ) async -> Finding {
        var zone = DomainName.withoutFinalDot(domain)
        // A public suffix has servers too, but none that know a customer's record.
        while DomainName.isWellFormed(zone), DomainName.hasSeveralLabels(zone) {
            switch await lookup.lookup(zone, .ns) {
            case .records(let records): return await self.addresses(of: records, zone, lookup, port)
            case .noData, .nxDomain: zone = DomainName.parent(of: zone) ?? ""
            case .temporaryFailure(let failure): return .unknown(failure)
            }
        }
        return .none
    }

    private static func addresses(
        of records: [DNSRecord],
        _ zone: String,
        _ lookup: any DNSLookup,
        _ port: UInt16
    ) async -> Finding {
        var servers: [NameServer] = []
        var failure: DNSFailure?
        for case .nameServer(let name) in records.prefix(Resolver.serversMax) {
            for type in [DNSRecordType.a, .aaaa] {
                let answer = await lookup.lookup(name, type)
                if case .temporaryFailure(let reason) = answer { failure = reason }
                for case .address(let address) in answer.records {
                    servers.append(NameServer(address: address, port: port))
                }
            }
        }
        if !servers.isEmpty { return .servers(zone: zone, Array(servers.prefix(Resolver.serversMax))) }
        return failure.map(Finding.unknown) ?? .none
    }
}

/// Asks a zone's own servers about what lies in it, and a resolver about everything else.
///
/// With it a check sees what the domain publishes now, while includes of others are still found.
package struct AuthoritativeLookup: DNSLookup {
    private let zone: String
    private let authoritative: any DNSLookup
    private let resolver: any DNSLookup

    /// Asks `authoritative` for names at or below `zone`.
    package init(zone: String, authoritative: any DNSLookup, resolver: any DNSLookup) {
        self.zone = zone
        self.authoritative = authoritative
        self.resolver = resolver
    }

    /// Asks whom it concerns; an alias out of the zone, which its servers do not follow, and a part of the zone that was given to
    /// other servers are left to the resolver.
    package func lookup(_ name: String, _ type: DNSRecordType) async -> DNSAnswer {
        guard DomainName.isAtOrBelow(name, self.zone) else { return await self.resolver.lookup(name, type) }
        let answer = await self.authoritative.lookup(name, type)
        let isBelow = DomainName.withoutFinalDot(name).lowercased() != self.zone.lowercased()
        switch answer {
        case .temporaryFailure(.unfollowedAlias): return await self.resolver.lookup(name, type)
        case .temporaryFailure(.delegated) where isBelow: return await self.resolver.lookup(name, type)
        case .records, .noData, .nxDomain, .temporaryFailure: return answer
        }
    }
}
