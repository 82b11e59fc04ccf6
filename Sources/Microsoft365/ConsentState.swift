import Crypto
package import Foundation

/// What binds an administrator's consent to the customer it was asked of.
///
/// Travels through the administrator's browser as the `state` of the consent URL, signed so that nobody can make or change
/// one. It is readable, so it holds no secret.
package struct ConsentState: Equatable, Sendable {
    /// The tenant whose administrator was asked, or nil when any tenant may answer.
    package let tenant: UUID?
    /// The customer in the console's own terms; 1 to 200 characters.
    package let customer: String
    /// What makes it single-use: random, 1 to 64 characters; the console remembers the used ones until they expire.
    package let nonce: String
    /// When it ceases to be accepted; whole seconds count.
    package let expires: Date

    /// Makes a state; nonce and expiry come from the caller.
    package init(tenant: UUID?, customer: String, nonce: String, expires: Date) {
        self.tenant = tenant
        self.customer = customer
        self.nonce = nonce
        self.expires = Date(timeIntervalSince1970: expires.timeIntervalSince1970.rounded(.down))
    }

    /// The signed text for the URL: base64url of a version digit and JSON, a dot, base64url of its HMAC-SHA256.
    ///
    /// The digit makes room for a later form, and keeps the text from looking like a token in logs that are searched for them.
    package func signed(with key: ConsentKey) -> String {
        let fields: JSONValue = .object([
            "t": self.tenant.map { .string($0.uuidString.lowercased()) } ?? .null,
            "c": .string(self.customer),
            "n": .string(self.nonce),
            "e": .integer(Int(self.expires.timeIntervalSince1970)),
        ])
        let body = (Self.version + fields.bytes).base64URL
        return "\(body).\(key.seal(of: body).base64URL)"
    }

    /// Reads a signed text; nil when it was not signed with this key, whatever is wrong with it.
    ///
    /// Does not judge the expiry.
    package init?(signed text: String, key: ConsentKey) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard
            text.utf8.count <= Self.bytesMax, parts.count == 2,
            let seal = Data(base64URL: parts[1]), key.isSeal(seal, of: parts[0]),
            let body = Data(base64URL: parts[0]), body.starts(with: Self.version),
            let fields = JSONValue(parsing: body.dropFirst(Self.version.count)),
            let customer = fields["c"].string, let nonce = fields["n"].string, let expires = fields["e"].integer
        else { return nil }
        self.tenant = fields["t"].string.flatMap(UUID.init(uuidString:))
        self.customer = customer
        self.nonce = nonce
        self.expires = Date(timeIntervalSince1970: Double(expires))
    }

    /// The form of the signed part.
    private static let version = Data("1".utf8)
    /// The longest text that is looked at; ours stay far below.
    private static let bytesMax = 4_096
}

/// The key that signs consent states.
///
/// Never shows itself. Every host that makes or checks consent URLs needs the same one.
package struct ConsentKey: Sendable, CustomStringConvertible, CustomReflectable {
    private let key: SymmetricKey

    /// Takes the key's bytes; throws `configurationRejected` for fewer than 32.
    package init(bytes: some Sequence<UInt8>) throws(Microsoft365Error) {
        let bytes = Array(bytes)
        guard bytes.count >= 32 else {
            throw Microsoft365Error(.configurationRejected, operation: "configuration.consent-key")
        }
        self.key = SymmetricKey(data: bytes)
    }

    /// Says only what it is.
    package var description: String { "a consent key (hidden)" }

    /// An empty mirror, since `dump` walks children.
    package var customMirror: Mirror { Mirror(self, children: [(label: String?, value: Any)]()) }

    fileprivate func seal(of text: String) -> Data {
        Data(HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: self.key))
    }

    fileprivate func isSeal(_ seal: Data, of text: String) -> Bool {
        HMAC<SHA256>.isValidAuthenticationCode(seal, authenticating: Data(text.utf8), using: self.key)
    }
}
