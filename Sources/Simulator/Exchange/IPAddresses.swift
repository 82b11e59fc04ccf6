/// The address forms that connectors and rules accept.
enum IPAddresses {
    /// A connector takes single IPv4 addresses and networks from /24 to /32; host bits may be set.
    static func forConnector(_ text: String) -> String? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let first = parts.first, ipv4(String(first)) != nil else { return nil }
        switch parts.count {
        case 1: return text
        case 2: return length(parts[1], 24...32) == nil ? nil : text
        default: return nil
        }
    }

    /// A rule takes single addresses, `first-last` and networks of any size, IPv6 too.
    static func forRule(_ text: String) -> String? {
        let bounds = text.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        if bounds.count == 2 {
            guard let first = ipv4(bounds[0]), let last = ipv4(bounds[1]), first <= last else { return nil }
            return text
        }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let first = parts.first, parts.count <= 2 else { return nil }
        let isVersion4 = ipv4(String(first)) != nil
        guard isVersion4 || looksLikeIPv6(first) else { return nil }
        if parts.count == 2, length(parts[1], 0...(isVersion4 ? 32 : 128)) == nil { return nil }
        return text
    }

    /// The number of a dotted IPv4 address.
    static func ipv4(_ text: String) -> UInt32? {
        let octets = text.split(separator: ".", omittingEmptySubsequences: false)
        guard octets.count == 4 else { return nil }
        var number: UInt32 = 0
        for octet in octets {
            guard let value = UInt8(octet), String(value) == octet else { return nil }
            number = number << 8 | UInt32(value)
        }
        return number
    }

    private static func length(_ text: Substring, _ range: ClosedRange<Int>) -> Int? {
        guard let length = Int(text), range.contains(length) else { return nil }
        return length
    }

    private static func looksLikeIPv6(_ text: Substring) -> Bool {
        text.contains(":") && text.count >= 2 && text.count <= 39 && text.allSatisfy { $0.isHexDigit || $0 == ":" }
    }
}
