import Crypto
import Foundation
import JWTKit

/// A certificate that may sign assertions, with the two thumbprints by which an assertion names it.
struct RegisteredCertificate: Sendable {
    let key: JWTKit.Insecure.RSA.PublicKey
    /// `x5t#S256`.
    let sha256: String
    /// `x5t`.
    let sha1: String

    init(pem: String) throws {
        key = try JWTKit.Insecure.RSA.PublicKey(certificatePEM: pem)
        let base64 = pem.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("-----") }.joined()
        let encoded = Data(base64Encoded: base64) ?? Data()
        sha256 = base64URL(Data(SHA256.hash(data: encoded)))
        sha1 = base64URL(Data(Crypto.Insecure.SHA1.hash(data: encoded)))
    }
}

/// Base64 with the URL alphabet and without padding (RFC 4648 §5).
func base64URL(_ data: Data) -> String {
    data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
}

/// The reverse of ``base64URL(_:)``.
func base64URLDecoded(_ text: some StringProtocol) -> Data? {
    let plain = String(text).replacing("-", with: "+").replacing("_", with: "/")
    return Data(base64Encoded: plain + String(repeating: "=", count: (4 - plain.count % 4) % 4))
}

/// Checks a signed client assertion, claim by claim.
///
/// The rules are those of "Microsoft identity platform application authentication certificate credentials": PS256 or
/// RS256, the certificate named by thumbprint, `aud` the token endpoint, `iss` and `sub` the client id, a `jti`, and a
/// time window that holds now by the machine's clock.
struct AssertionCheck: Sendable {
    let clientID: String
    /// The token endpoints that `aud` may name.
    let audiences: [String]
    let certificates: [RegisteredCertificate]
    let now: Date

    /// Clocks may differ by so many seconds.
    private static let skew: TimeInterval = 300

    func verify(_ assertion: String) async throws(LoginError) {
        let header = try readHeader(assertion)
        guard let certificate = certificates.first(where: { names($0, header) }) else { throw .unknownKey }
        let claims = try await verifySignature(assertion, header, certificate)
        try judge(claims)
    }

    private func readHeader(_ assertion: String) throws(LoginError) -> Header {
        guard let part = assertion.split(separator: ".").first, let data = base64URLDecoded(part),
            let header = try? JSONDecoder().decode(Header.self, from: data)
        else { throw .assertion(50027, "The client assertion is no JWT.") }
        return header
    }

    private func names(_ certificate: RegisteredCertificate, _ header: Header) -> Bool {
        if let sha256 = header.sha256 { return sha256 == certificate.sha256 }
        return header.sha1 == certificate.sha1
    }

    private func verifySignature(
        _ assertion: String,
        _ header: Header,
        _ certificate: RegisteredCertificate
    ) async throws(LoginError) -> Claims {
        let keys = JWTKeyCollection()
        let kid = header.kid.map(JWKIdentifier.init(string:))
        switch header.alg {
        case "PS256": await keys.add(pss: certificate.key, digestAlgorithm: .sha256, kid: kid)
        case "RS256": await keys.add(rsa: certificate.key, digestAlgorithm: .sha256, kid: kid)
        default: throw .assertion(700_027, "The client assertion uses an algorithm that is not accepted.")
        }
        do {
            return try await keys.verify(assertion, as: Claims.self)
        } catch {
            throw .badSignature
        }
    }

    private func judge(_ claims: Claims) throws(LoginError) {
        let time = now.timeIntervalSince1970
        guard claims.iss?.lowercased() == clientID, claims.sub?.lowercased() == clientID else {
            throw .assertion(700_021, "Client assertion application identifier doesn't match 'client_id' parameter.")
        }
        guard let audience = claims.aud, audiences.contains(audience) else {
            throw .assertion(700_023, "Client assertion audience claim does not match Realm issuer.")
        }
        guard let identifier = claims.jti, !identifier.isEmpty else {
            throw .assertion(50027, "The client assertion has no jti claim.")
        }
        guard let end = claims.exp, end > time - AssertionCheck.skew else {
            throw .assertion(700_024, "Client assertion is not within its valid time range: it has expired.")
        }
        guard let start = claims.nbf ?? claims.iat, start < time + AssertionCheck.skew else {
            throw .assertion(700_024, "Client assertion is not within its valid time range: it is not valid yet.")
        }
    }

    private struct Header: Decodable {
        let alg: String
        let sha256: String?
        let sha1: String?
        let kid: String?

        enum CodingKeys: String, CodingKey {
            case alg, kid
            case sha256 = "x5t#S256"
            case sha1 = "x5t"
        }
    }

    private struct Claims: JWTPayload {
        let aud: String?
        let iss: String?
        let sub: String?
        let jti: String?
        let nbf: Double?
        let iat: Double?
        let exp: Double?

        func verify(using algorithm: some JWTAlgorithm) async throws {}
    }
}
