import JWTKit

/// What an access token says, frozen when it is issued.
///
/// `roles` and `wids` are left out, not empty, when nothing is granted.
struct TokenClaims: JWTPayload, Equatable {
    var aud: String
    var iss: String
    var iat: Int
    var nbf: Int
    var exp: Int
    var appid: String
    var appDisplayName: String
    var idtyp = "app"
    var oid: String
    var sub: String
    var tid: String
    var roles: [String]?
    var wids: [String]?
    var uti: String
    var ver = "1.0"

    private enum CodingKeys: String, CodingKey {
        case aud, iss, iat, nbf, exp, appid, idtyp, oid, sub, tid, roles, wids, uti, ver
        case appDisplayName = "app_displayname"
    }

    /// Nothing: the services judge the claims themselves, by simulated time.
    func verify(using algorithm: some JWTAlgorithm) async throws {}
}

/// Signs access tokens, and knows its own again.
struct TokenIssuer: Sendable {
    private let keys = JWTKeyCollection()
    private static let keyIdentifier = JWKIdentifier(string: "simulator")

    init() async {
        await keys.add(ecdsa: ES256PrivateKey(), kid: TokenIssuer.keyIdentifier)
    }

    func sign(_ claims: TokenClaims) async throws -> String {
        try await keys.sign(claims, kid: TokenIssuer.keyIdentifier)
    }

    /// The claims of a token this issuer signed; nil for anything else.
    func read(_ token: String?) async -> TokenClaims? {
        guard let token else { return nil }
        return try? await keys.verify(token, as: TokenClaims.self)
    }
}
