import Foundation
import JWTKit
import Testing

@testable import Microsoft365

@Suite("Client assertions")
struct ClientAssertionTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000.7)
    private let id = UUID(uuid: (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16))

    private func assertion(
        pem: String = TestCertificate.pem,
        keyPEM: String = TestCertificate.keyPEM
    ) -> ClientAssertion {
        ClientAssertion(clientID: "client", audience: "https://login.test/t/token", certificatePEM: pem, keyPEM: keyPEM)
    }

    @Test("It is PS256, names the certificate by SHA-256 and holds the claims for five minutes")
    func signed() async throws {
        let text = try await self.assertion().signed(at: self.now, id: self.id)
        let parts = text.split(separator: ".").map(String.init)
        let header = try #require(Data(base64URL: parts[0]).flatMap(JSONValue.init(parsing:)))
        let claims = try #require(Data(base64URL: parts[1]).flatMap(JSONValue.init(parsing:)))
        // The thumbprint as openssl computes it.
        let thumbprint = "Xa3VDIG6R2ANSmHsJCTYwLXw-OmyVwQi_UkY2aa-TUY"
        #expect(header == .object(["alg": "PS256", "typ": "JWT", "x5t#S256": .string(thumbprint)]))
        #expect(
            claims
                == .object([
                    "aud": "https://login.test/t/token", "iss": "client", "sub": "client",
                    "jti": "01020304-0506-0708-090a-0b0c0d0e0f10", "nbf": 1_800_000_000, "iat": 1_800_000_000,
                    "exp": 1_800_000_300,
                ])
        )
    }

    @Test("The certificate's key verifies the signature, another does not")
    func verifies() async throws {
        let text = try await self.assertion().signed(at: self.now, id: self.id)
        for (pem, isOurs) in [(TestCertificate.pem, true), (TestCertificate.otherPEM, false)] {
            let keys = await JWTKeyCollection().add(
                pss: try Insecure.RSA.PublicKey(certificatePEM: pem),
                digestAlgorithm: .sha256
            )
            let isVerified = (try? await keys.verify(text, as: AnyClaims.self)) != nil
            #expect(isVerified == isOurs)
        }
    }

    @Test("The first certificate of a chain is ours")
    func chain() async throws {
        let chain = TestCertificate.pem + TestCertificate.otherPEM
        _ = try await self.assertion(pem: chain).signed(at: self.now, id: self.id)
    }

    /// Named, so that a test report shows no key.
    enum Mistake: CaseIterable {
        case certificateMissing, certificateUnreadable, keyMissing, certificateForKey, certificateOfAnotherKey

        var pem: String {
            switch self {
            case .certificateMissing: ""
            case .certificateUnreadable: "no pem"
            case .keyMissing, .certificateForKey: TestCertificate.pem
            case .certificateOfAnotherKey: TestCertificate.otherPEM
            }
        }

        var keyPEM: String {
            switch self {
            case .certificateMissing, .certificateUnreadable, .certificateOfAnotherKey: TestCertificate.keyPEM
            case .keyMissing: ""
            case .certificateForKey: TestCertificate.pem
            }
        }
    }

    @Test("What cannot be read, or does not belong together, is our configuration's fault", arguments: Mistake.allCases)
    func rejected(mistake: Mistake) async {
        await #expect {
            try await self.assertion(pem: mistake.pem, keyPEM: mistake.keyPEM).signed(at: self.now, id: self.id)
        } throws: {
            ($0 as? Microsoft365Error)?.code == .credentialsRejected
        }
    }

    private struct AnyClaims: JWTPayload {
        func verify(using algorithm: some JWTAlgorithm) async throws {}
    }
}
