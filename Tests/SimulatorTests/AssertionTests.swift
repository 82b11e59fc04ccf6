import Crypto
import Foundation
import JWTKit
import Simulator
import TestSupport
import Testing

@Suite("Client assertions")
struct AssertionTests {
    /// One thing that is wrong with an assertion; none for a good one.
    enum Flaw: String, Sendable, CaseIterable {
        case none, audience, otherTenant, issuer, subject, noIdentifier, expired, notYetValid, strangersKey
        case wrongThumbprint, noThumbprint, tamperedPayload, algorithmNone
    }

    enum Style: Sendable, CaseIterable { case modern, old }

    @Test("A good assertion is accepted with PS256 and x5t#S256, and with RS256 and x5t", arguments: Style.allCases)
    func good(_ style: Style) async throws {
        try await withSimulator(scenario) { simulator in
            let answer = try await signIn(simulator, .none, style)
            #expect(answer.status == 200)
            #expect(claims(of: answer.json["access_token"]?.text ?? "")["appid"]?.text == Scenario.demoClientID)
        }
    }

    @Test("A flaw is refused as invalid_client with 401", arguments: Flaw.allCases.filter { $0 != .none })
    func flawed(_ flaw: Flaw) async throws {
        try await withSimulator(scenario) { simulator in
            for style in Style.allCases {
                let answer = try await signIn(simulator, flaw, style)
                #expect(answer.status == 401)
                #expect(answer.json["error"]?.text == "invalid_client")
                #expect(answer.aadsts == code(of: flaw))
            }
        }
    }

    private func code(of flaw: Flaw) -> Int {
        switch flaw {
        case .audience, .otherTenant: 700_023
        case .issuer, .subject: 700_021
        case .expired, .notYetValid: 700_024
        case .noIdentifier: 50027
        case .strangersKey, .wrongThumbprint, .noThumbprint, .tamperedPayload, .algorithmNone, .none: 700_027
        }
    }

    private var scenario: Scenario {
        var scenario = Scenario.demo
        scenario.applications[0].secret = nil
        scenario.applications[0].certificates = [TestCertificates.certificate]
        return scenario
    }

    private func signIn(_ simulator: SimulatorServer, _ flaw: Flaw, _ style: Style) async throws -> TestClient.Answer {
        let client = simulator.client
        let url = client.tokenURL(Scenario.contosoID)
        return try await client.form(
            url,
            [
                "client_id": Scenario.demoClientID, "grant_type": "client_credentials", "scope": TestClient.graph,
                "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                "client_assertion": try await assertion(url, client.tokenURL(Scenario.tailspinID), flaw, style),
            ]
        )
    }

    private func assertion(
        _ url: String,
        _ otherURL: String,
        _ flaw: Flaw,
        _ style: Style
    ) async throws -> String {
        let now = Date.now.timeIntervalSince1970.rounded()
        var claims = AssertionClaims(
            aud: url,
            iss: Scenario.demoClientID,
            sub: Scenario.demoClientID,
            jti: UUID().uuidString,
            nbf: now,
            iat: now,
            exp: now + 300
        )
        switch flaw {
        case .audience: claims.aud = "https://login.microsoftonline.com/common/oauth2/v2.0/token"
        case .otherTenant: claims.aud = otherURL
        case .issuer: claims.iss = "somebody"
        case .subject: claims.sub = "somebody"
        case .noIdentifier: claims.jti = nil
        case .expired: (claims.nbf, claims.iat, claims.exp) = (now - 4000, now - 4000, now - 3600)
        case .notYetValid: (claims.nbf, claims.iat, claims.exp) = (now + 3600, now + 3600, now + 4000)
        case .none, .strangersKey, .wrongThumbprint, .noThumbprint, .tamperedPayload, .algorithmNone: break
        }
        return try await sign(claims, flaw, style)
    }

    private func sign(_ claims: AssertionClaims, _ flaw: Flaw, _ style: Style) async throws -> String {
        let pem = flaw == .strangersKey ? TestCertificates.strangersKey : TestCertificates.key
        let key = try JWTKit.Insecure.RSA.PrivateKey(pem: pem)
        let keys = JWTKeyCollection()
        let print: (name: String, value: String)
        switch style {
        case .modern:
            await keys.add(pss: key, digestAlgorithm: .sha256)
            print = ("x5t#S256", thumbprint(SHA256.hash(data: certificate)))
        case .old:
            await keys.add(rsa: key, digestAlgorithm: .sha256)
            print = ("x5t", thumbprint(Crypto.Insecure.SHA1.hash(data: certificate)))
        }
        var header = JWTHeader()
        switch flaw {
        case .noThumbprint: break
        case .wrongThumbprint: header.fields[print.name] = .string(thumbprint(SHA256.hash(data: Data("other".utf8))))
        default: header.fields[print.name] = .string(print.value)
        }
        let token = try await keys.sign(claims, header: header)
        return try spoil(token, flaw)
    }

    private func spoil(_ token: String, _ flaw: Flaw) throws -> String {
        var parts = token.split(separator: ".").map(String.init)
        switch flaw {
        case .tamperedPayload:
            var members = SimulatorTests.claims(of: token).object ?? [:]
            members["exp"] = 4_000_000_000
            parts[1] = base64URL(JSONValue.object(members).bytes)
        case .algorithmNone:
            let header: JSONValue = ["alg": "none", "x5t#S256": .text(thumbprint(SHA256.hash(data: certificate)))]
            parts[0] = base64URL(header.bytes)
        default: break
        }
        return parts.joined(separator: ".")
    }

    private var certificate: Data {
        let lines = TestCertificates.certificate.split(separator: "\n").filter { !$0.hasPrefix("-----") }
        return Data(base64Encoded: lines.joined()) ?? Data()
    }

    private func thumbprint(_ digest: some Sequence<UInt8>) -> String { base64URL(Data(digest)) }

    private func base64URL(_ data: Data) -> String {
        data.base64EncodedString().replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
            .replacingOccurrences(of: "=", with: "")
    }
}

private struct AssertionClaims: JWTPayload {
    var aud: String
    var iss: String
    var sub: String
    var jti: String?
    var nbf: Double
    var iat: Double
    var exp: Double

    func verify(using algorithm: some JWTAlgorithm) async throws {}
}
