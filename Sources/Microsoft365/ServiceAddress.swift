import Foundation

/// The base address of one service: scheme, host, port and perhaps a path, without a slash at its end.
///
/// `https` everywhere; `http` only on a loopback host, so that no token ever leaves this machine in the clear.
package struct ServiceAddress: Equatable, Sendable, CustomStringConvertible {
    /// The address as text, ready for a path to be put behind it.
    package let description: String
    /// Scheme, lower-case host and port.
    private let origin: String

    /// For the addresses in this source, which a test checks.
    init(preset host: String) {
        self.description = "https://\(host)"
        self.origin = "https://\(host):443"
    }

    /// Reads an address from configuration.
    ///
    /// Throws `configurationRejected` when it is not an absolute http(s) URL, carries user, query or fragment, or is
    /// plain http to a host that is not loopback.
    package init(_ text: String) throws(Microsoft365Error) {
        let bare = text.hasSuffix("/") ? String(text.dropLast()) : text
        guard
            let parts = URLComponents(string: bare), let origin = Self.origin(of: parts),
            parts.user == nil, parts.password == nil, parts.query == nil, parts.fragment == nil,
            parts.scheme?.lowercased() == "https" || Self.isLoopback(parts.host ?? "")
        else { throw Microsoft365Error(.configurationRejected, operation: "configuration.service-address") }
        self.description = bare
        self.origin = origin
    }

    /// True when a link leads to this very service: same scheme, host and port.
    func covers(link: String) -> Bool {
        guard let parts = URLComponents(string: link), parts.user == nil, parts.password == nil else { return false }
        return Self.origin(of: parts) == self.origin
    }

    /// What stands behind this address in a link, its query included; nil when the link leads elsewhere.
    func path(of link: String) -> String? {
        guard self.covers(link: link), let parts = URLComponents(string: link) else { return nil }
        let base = URLComponents(string: self.description)?.percentEncodedPath ?? ""
        guard parts.percentEncodedPath.hasPrefix(base) else { return nil }
        return parts.percentEncodedPath.dropFirst(base.count) + (parts.percentEncodedQuery.map { "?\($0)" } ?? "")
    }

    private static func origin(of parts: URLComponents) -> String? {
        guard let scheme = parts.scheme?.lowercased(), let host = parts.host?.lowercased(), !host.isEmpty else {
            return nil
        }
        switch scheme {
        case "https": return "https://\(host):\(parts.port ?? 443)"
        case "http": return "http://\(host):\(parts.port ?? 80)"
        default: return nil
        }
    }

    private static func isLoopback(_ host: String) -> Bool {
        let name = host.lowercased()
        guard name != "localhost", name != "::1", name != "[::1]" else { return true }
        let octets = name.split(separator: ".", omittingEmptySubsequences: false)
        return octets.count == 4 && octets[0] == "127" && octets.allSatisfy { UInt8($0) != nil }
    }
}
