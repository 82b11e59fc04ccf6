import Microsoft365

/// What an object in Exchange has to do with the gateway, by its hosts and addresses alone.
enum GatewayEffect: Equatable {
    /// It names no host or address of the gateway.
    case none
    /// Some that it names are the gateway's.
    case some
    /// It names exactly the gateway's.
    case all
    /// Exchange did not send the field that tells.
    case unknown(field: String)

    /// Compares the hosts that a connector delivers to, in canonical spelling.
    init(hosts: [String], gateway: [String]) {
        let (found, wanted) = (Set(hosts), Set(ExchangeSpelling.hosts(gateway)))
        self = found == wanted ? .all : found.isDisjoint(with: wanted) ? .none : .some
    }

    /// Compares the addresses that a connector or a rule looks for.
    ///
    /// A wide block counts when it is no wider than a /16: one for half the internet is not for the gateway.
    init(addresses: [String], gateway: [String]) {
        guard Set(ExchangeSpelling.addresses(addresses)) != Set(ExchangeSpelling.addresses(gateway)) else {
            self = .all
            return
        }
        let wanted = gateway.compactMap(Self.span)
        let isMet = addresses.compactMap(Self.span).contains { span in
            span.count <= 1 << 16 && wanted.contains { $0.overlaps(span) }
        }
        self = isMet ? .some : .none
    }

    /// Whether any host or address is the gateway's.
    var isThere: Bool { self == .some || self == .all }

    /// Reads a single address, a block, or `first-last` as rules may have it; nil for anything else, such as IPv6.
    private static func span(_ text: String) -> ClosedRange<UInt32>? {
        let ends = text.split(separator: "-").map(String.init)
        guard let first = ends.first.flatMap(IPv4Range.init), ends.count <= 2 else { return nil }
        guard ends.count == 2 else { return first.first...first.last }
        guard let last = IPv4Range(ends[1]), first.first <= last.last else { return nil }
        return first.first...last.last
    }
}
