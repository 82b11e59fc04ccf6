import Crypto
import Foundation
import JWTKit

/// The signed statement by which the application proves that it holds its certificate's key.
///
/// Source: Microsoft identity platform, "Application authentication certificate credentials": PS256, the certificate named by
/// the SHA-256 of its DER form (`x5t#S256`), the token endpoint as audience, a short life.
struct ClientAssertion {
    let clientID: String
    let audience: String
    let certificatePEM: String
    let keyPEM: String

    /// The signed text; time and id come from the caller.
    ///
    /// Throws `credentialsRejected` when certificate or key cannot be read, or do not belong together.
    func signed(at now: Date, id: UUID) async throws(Microsoft365Error) -> String {
        do {
            let key = try Insecure.RSA.PrivateKey(pem: self.keyPEM)
            guard
                let (pem, der) = Self.firstCertificate(in: self.certificatePEM),
                try Insecure.RSA.PublicKey(certificatePEM: pem) == key.publicKey
            else { throw Microsoft365Error(.credentialsRejected, operation: Self.operation) }
            let keys = await JWTKeyCollection().add(pss: key, digestAlgorithm: .sha256)
            return try await keys.sign(
                self.claims(at: now, id: id),
                header: ["x5t#S256": .string(Data(SHA256.hash(data: der)).base64URL)]
            )
        } catch {
            throw Microsoft365Error(.credentialsRejected, operation: Self.operation)
        }
    }

    private func claims(at now: Date, id: UUID) -> Claims {
        let issued = Int(now.timeIntervalSince1970)
        return Claims(
            aud: self.audience,
            iss: self.clientID,
            sub: self.clientID,
            jti: id.uuidString.lowercased(),
            nbf: issued,
            iat: issued,
            exp: issued + Self.lifetimeSeconds
        )
    }

    /// The first certificate of a PEM text (RFC 7468) and its DER form; it is ours also when its issuers follow.
    private static func firstCertificate(in pem: String) -> (pem: String, der: Data)? {
        guard
            let begin = pem.range(of: "-----BEGIN CERTIFICATE-----"),
            let end = pem.range(of: "-----END CERTIFICATE-----", range: begin.upperBound..<pem.endIndex)
        else { return nil }
        let body = pem[begin.upperBound..<end.lowerBound].filter { !$0.isWhitespace }
        return Data(base64Encoded: body).map { (String(pem[begin.lowerBound..<end.upperBound]), $0) }
    }

    private struct Claims: JWTPayload {
        let aud: String
        let iss: String
        let sub: String
        let jti: String
        let nbf: Int
        let iat: Int
        let exp: Int

        /// Nothing to check: these claims are only ever signed here.
        func verify(using algorithm: some JWTAlgorithm) async throws {}
    }

    /// Microsoft advises five to ten minutes; less would not bear a clock that is a little off.
    private static let lifetimeSeconds = 300
    private static let operation = "configuration.certificate"
}
