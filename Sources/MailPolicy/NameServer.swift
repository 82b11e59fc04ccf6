/// Where a DNS server listens.
///
/// Written `192.0.2.53`, `192.0.2.53:5353`, `2001:db8::53` or `[2001:db8::53]:5353`; the port is 53 where none is said.
package struct NameServer: Sendable, Hashable, CustomStringConvertible {
    /// Its address.
    package let address: IPAddress
    /// Its port, for UDP and TCP alike.
    package let port: UInt16

    /// The port that RFC 1035 gives DNS.
    package static let standardPort: UInt16 = 53

    /// A server at an address.
    package init(address: IPAddress, port: UInt16 = NameServer.standardPort) {
        self.address = address
        self.port = port
    }

    /// Reads the written form.
    ///
    /// Names are refused, as finding their address would need a resolver.
    package init(_ text: String) throws(MailPolicyError) {
        let (host, portText) = Self.split(text)
        let port = portText.map { UInt16($0) } ?? Self.standardPort
        guard let address = IPAddress(host), let port, port > 0 else {
            throw MailPolicyError(
                code: .badNameServer,
                operation: "read a name server",
                reason:
                    "'\(text)' is not an IP address with an optional port, such as 192.0.2.53:53 or [2001:db8::53]:53"
            )
        }
        self.init(address: address, port: port)
    }

    /// The written form with the port.
    package var description: String {
        self.address.isIPv4 ? "\(self.address):\(self.port)" : "[\(self.address)]:\(self.port)"
    }

    private static func split(_ text: String) -> (host: String, port: String?) {
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            let rest = text[text.index(after: end)...]
            let host = String(text[text.index(after: text.startIndex)..<end])
            if rest.isEmpty { return (host, nil) }
            return rest.hasPrefix(":") ? (host, String(rest.dropFirst())) : (text, nil)
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count == 2 ? (String(parts[0]), String(parts[1])) : (text, nil)
    }
}
