/// A block of IPv4 addresses as CIDR writes it.
///
/// Source of the notation: RFC 4632. Host bits may be given and are dropped.
package struct IPv4Range: Hashable, Sendable, CustomStringConvertible {
    /// The first address of the block.
    package let first: UInt32
    /// How many leading bits are the same in all addresses, 0 to 32.
    package let prefixLength: Int

    /// Reads `192.0.2.7` or `192.0.2.0/24`; nil for anything else.
    ///
    /// Strict: four decimal numbers without leading zeros (elsewhere they mean octal), a prefix of 0 to 32.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let address = parts.first.flatMap(Self.address), parts.count <= 2 else { return nil }
        let prefix = parts.count == 2 ? Self.decimal(parts[1], max: 32) : 32
        guard let prefix else { return nil }
        self.first = address & Self.mask(prefix)
        self.prefixLength = prefix
    }

    /// The last address of the block.
    package var last: UInt32 { self.first | ~Self.mask(self.prefixLength) }

    private init(first: UInt32, prefixLength: Int) {
        self.first = first
        self.prefixLength = prefixLength
    }

    /// The canonical spelling: no host bits, and no prefix for a single address.
    package var description: String {
        let octets = [24, 16, 8, 0].map { String(self.first >> UInt32($0) & 0xff) }.joined(separator: ".")
        return self.prefixLength == 32 ? octets : "\(octets)/\(self.prefixLength)"
    }

    /// The same addresses in blocks no wider than /24; the block itself when it is none wider.
    ///
    /// Bound: nil for a block wider than /16, which would be more than 256 blocks and surely a mistake.
    package var cutToSlash24: [IPv4Range]? {
        guard self.prefixLength < 24 else { return [self] }
        guard self.prefixLength >= 16 else { return nil }
        let count = UInt32(1) << UInt32(24 - self.prefixLength)
        return (0..<count).map { Self(first: self.first + $0 << 8, prefixLength: 24) }
    }

    /// The spellings Exchange takes as SenderIPAddresses for a list of ranges: IPv4, single or /24 to /32, none twice.
    ///
    /// Throws `configurationRejected` for IPv6, for what is no address, and for blocks wider than /16.
    /// Source: Exchange PowerShell, New-InboundConnector, SenderIPAddresses.
    package static func senderIPAddresses(for ranges: [String]) throws(Microsoft365Error) -> [String] {
        var seen = Set<IPv4Range>()
        var spellings: [String] = []
        for text in ranges {
            guard let blocks = IPv4Range(text)?.cutToSlash24 else {
                throw Microsoft365Error(.configurationRejected, operation: "configuration.gateway.inbound-ranges")
            }
            for block in blocks where seen.insert(block).inserted { spellings.append(block.description) }
        }
        return spellings
    }

    private static func mask(_ prefix: Int) -> UInt32 { prefix == 0 ? 0 : ~UInt32(0) << UInt32(32 - prefix) }

    private static func address(_ text: Substring) -> UInt32? {
        let octets = text.split(separator: ".", omittingEmptySubsequences: false).map { Self.decimal($0, max: 255) }
        guard octets.count == 4 else { return nil }
        var address: UInt32 = 0
        for octet in octets {
            guard let octet else { return nil }
            address = address << 8 | UInt32(octet)
        }
        return address
    }

    private static func decimal(_ text: Substring, max: Int) -> Int? {
        guard (1...3).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        guard text.utf8.count == 1 || text.first != "0", let value = Int(text), value <= max else { return nil }
        return value
    }
}
