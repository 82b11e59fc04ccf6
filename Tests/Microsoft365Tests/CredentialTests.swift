import Foundation
import Testing

@testable import Microsoft365

@Suite("Secrets stay hidden")
struct CredentialTests {
    private func everyWayToShow(_ value: some Any) -> String {
        var dumped = ""
        dump(value, to: &dumped)
        return "\(value) \(String(describing: value)) \(String(reflecting: value)) \(dumped)"
    }

    @Test("No way of printing shows a credential, a token or a key")
    func hidden() throws {
        let secret = "s3cr3t-value"
        let application = Application(clientID: "client", credential: .secret(secret))
        let certificate = Credential.certificate(pem: "pem-\(secret)", keyPEM: "key-\(secret)")
        let token = AccessToken(value: "token.\(secret).token", resource: .graph)
        let key = try ConsentKey(bytes: Array((secret + String(repeating: "k", count: 32)).utf8))
        let all = [
            self.everyWayToShow(application), self.everyWayToShow(certificate), self.everyWayToShow(token),
            self.everyWayToShow(key),
        ]
        for text in all { #expect(!text.contains(secret)) }
        #expect(all[0].contains("client"))
    }
}
