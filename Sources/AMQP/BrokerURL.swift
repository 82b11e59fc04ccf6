/// The parts of an `amqp://` or `amqps://` URL.
struct BrokerURL: Equatable {
    let isSecure: Bool
    let user: String?
    let host: String
    let port: UInt16
    let virtualHost: String

    /// Takes the URL apart; throws `.invalid` without repeating any part that could hold a secret.
    init(_ text: String) throws(AMQPError) {
        let (isSecure, afterScheme) = try BrokerURL.scheme(of: text)
        guard !afterScheme.contains(where: { $0 == "?" || $0 == "#" }) else {
            throw ConnectionOptions.refusal("a broker URL takes no query and no fragment")
        }
        let slash = afterScheme.firstIndex(of: "/")
        let authority = afterScheme[..<(slash ?? afterScheme.endIndex)]
        let (user, address) = try BrokerURL.user(of: authority)
        let (host, port) = try BrokerURL.hostAndPort(of: address, defaultPort: isSecure ? 5671 : 5672)
        self.isSecure = isSecure
        self.user = user
        self.host = host
        self.port = port
        let path = slash.map { afterScheme[afterScheme.index(after: $0)...] } ?? ""
        guard !path.contains("/") else {
            throw ConnectionOptions.refusal("the virtual host must be one path segment, with %2F for a slash in it")
        }
        self.virtualHost = path.isEmpty ? "/" : try BrokerURL.decoded(path)
    }

    private static func scheme(of text: String) throws(AMQPError) -> (isSecure: Bool, rest: Substring) {
        for (prefix, isSecure) in [("amqp://", false), ("amqps://", true)] where text.lowercased().hasPrefix(prefix) {
            return (isSecure, text.dropFirst(prefix.count))
        }
        throw ConnectionOptions.refusal("the broker URL must begin with amqp:// or amqps://")
    }

    private static func user(of authority: Substring) throws(AMQPError) -> (user: String?, address: Substring) {
        guard let at = authority.lastIndex(of: "@") else { return (nil, authority) }
        let user = authority[..<at]
        guard !user.contains(":") else {
            throw ConnectionOptions.refusal("the broker URL holds a password; put it into a file and name the file")
        }
        guard !user.isEmpty else { return (nil, authority[authority.index(after: at)...]) }
        return (try decoded(user), authority[authority.index(after: at)...])
    }

    private static func hostAndPort(
        of address: Substring,
        defaultPort: UInt16
    ) throws(AMQPError) -> (host: String, port: UInt16) {
        var host = address
        var port: Substring?
        if address.hasPrefix("["), let end = address.firstIndex(of: "]") {
            host = address[address.index(after: address.startIndex)..<end]
            let rest = address[address.index(after: end)...]
            guard rest.isEmpty || rest.hasPrefix(":") else {
                throw ConnectionOptions.refusal("the broker URL has something odd after its address")
            }
            port = rest.isEmpty ? nil : rest.dropFirst()
        } else if let colon = address.lastIndex(of: ":") {
            host = address[..<colon]
            port = address[address.index(after: colon)...]
        }
        guard !host.isEmpty else { throw ConnectionOptions.refusal("the broker URL names no host") }
        guard let port else { return (try decoded(host), defaultPort) }
        guard let number = UInt16(port), number > 0 else {
            throw ConnectionOptions.refusal("the broker URL's port is not a number from 1 to 65535")
        }
        return (try decoded(host), number)
    }

    /// Percent-decoding as in RFC 3986, section 2.1.
    private static func decoded(_ text: Substring) throws(AMQPError) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let digits = String(rest.prefix(2)), digits.utf8.count == 2, !digits.hasPrefix("+"),
                let value = UInt8(digits, radix: 16)
            else { throw ConnectionOptions.refusal("the broker URL has a broken percent-encoding") }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        guard let decoded = String(validating: bytes, as: UTF8.self) else {
            throw ConnectionOptions.refusal("the broker URL is not UTF-8 after percent-decoding")
        }
        return decoded
    }
}
