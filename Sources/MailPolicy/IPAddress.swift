import Glibc

/// An IPv4 or IPv6 address.
package struct IPAddress: Sendable, Hashable, CustomStringConvertible {
    /// The address in network order: 4 or 16 bytes.
    package let bytes: [UInt8]

    /// Takes 4 or 16 bytes in network order, nil for any other number.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.bytes = Array(bytes)
    }

    /// Reads `192.0.2.1` or `2001:db8::1`; nil when it is neither.
    ///
    /// Dotted numbers have no leading zeros, and there is no zone id.
    package init?(_ text: String) {
        var bytes = [UInt8](repeating: 0, count: 16)
        // The C function would stop at a NUL and call the rest good.
        guard !text.utf8.contains(0) else { return nil }
        if inet_pton(AF_INET, text, &bytes) == 1 {
            self.bytes = Array(bytes.prefix(4))
        } else if inet_pton(AF_INET6, text, &bytes) == 1 {
            self.bytes = bytes
        } else {
            return nil
        }
    }

    /// Whether it is an IPv4 address.
    package var isIPv4: Bool { self.bytes.count == 4 }

    /// The IPv4 address inside `::ffff:a.b.c.d`, or the address itself (RFC 7208, 5).
    package var unmapped: IPAddress {
        let prefix = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF]
        guard self.bytes.starts(with: prefix), self.bytes.count == 16 else { return self }
        return IPAddress(bytes: self.bytes[12...]) ?? self
    }

    /// The readable form.
    package var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = self.isIPv4 ? AF_INET : AF_INET6
        guard inet_ntop(family, self.bytes, &text, socklen_t(text.count)) != nil else { return "" }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Whether both are of one family and share their first `bits` bits.
    func matches(_ other: IPAddress, bits: Int) -> Bool {
        guard self.bytes.count == other.bytes.count else { return false }
        let (whole, rest) = bits.quotientAndRemainder(dividingBy: 8)
        guard self.bytes.prefix(whole) == other.bytes.prefix(whole) else { return false }
        return rest == 0 || (self.bytes[whole] ^ other.bytes[whole]) >> (8 - UInt8(rest)) == 0
    }

    /// The labels that the `i` macro gives: four numbers, or 32 hexadecimal digits (RFC 7208, 7.3).
    var macroLabels: [String] {
        self.isIPv4
            ? self.bytes.map { String($0) }
            : self.bytes.flatMap { [String($0 >> 4, radix: 16), String($0 & 15, radix: 16)] }
    }

    /// The name that holds the PTR records of this address (RFC 1035, 3.5; RFC 3596, 2.5).
    package var reverseName: String {
        (self.macroLabels.reversed() + [self.isIPv4 ? "in-addr" : "ip6", "arpa"]).joined(separator: ".")
    }
}
