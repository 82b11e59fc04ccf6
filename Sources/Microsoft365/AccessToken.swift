package import Foundation

/// A token of one tenant for one resource, with the few claims that explain a refusal.
///
/// The claims are read without checking the signature: only the resource can judge a token. They are for diagnosis, never
/// for a decision about trust. The token's own text shows in no description.
package struct AccessToken: Equatable, Sendable {
    /// The text that goes into the `Authorization` header.
    let value: String
    /// The resource it was asked for.
    package let resource: Resource
    /// App roles (`roles`), by value such as `Domain.Read.All`; empty when nothing is granted yet.
    package let roles: Set<String>
    /// Directory roles (`wids`), by template id in lower case; empty when none was assigned yet.
    package let directoryRoles: Set<String>
    /// The object id of our service principal in the tenant (`oid`), when the token tells it.
    package let principalID: String?
    /// The tenant the token says it is for (`tid`), when it tells it.
    package let tenantID: UUID?

    /// Reads the claims of a token; one that is not a JWT simply has none.
    init(value: String, resource: Resource) {
        let claims = Self.claims(of: value)
        self.value = value
        self.resource = resource
        self.roles = Set(claims["roles"].strings ?? [])
        self.directoryRoles = Set((claims["wids"].strings ?? []).map { $0.lowercased() })
        self.principalID = claims["oid"].string
        self.tenantID = claims["tid"].string.flatMap(UUID.init(uuidString:))
    }

    private static func claims(of token: String) -> JSONValue {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let payload = Data(base64URL: String(parts[1])) else { return .null }
        return JSONValue(parsing: payload) ?? .null
    }
}

extension AccessToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Which resource the token is for and what it holds, without the token.
    package var description: String {
        "a token for \(self.resource.rawValue) with \(self.roles.count) app roles (hidden)"
    }

    /// The same as the description: a debug print must not leak either.
    package var debugDescription: String { self.description }

    /// Only the harmless parts, since `dump` walks children.
    package var customMirror: Mirror {
        Mirror(self, children: ["resource": self.resource, "roles": self.roles, "directoryRoles": self.directoryRoles])
    }
}
