import ArgumentParser
import Foundation
import JobModel
import Microsoft365

/// The link an administrator has to open.
struct ConsentURLCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "consent-url",
        abstract: "Print the link by which a tenant's administrator consents.",
        discussion: """
            Example: sluice consent-url --tenant 11111111-2222-4333-8444-555555555555 --customer contoso

            The link carries a signed state that can be used once and expires. It needs microsoft.client-id, \
            consent.redirect-uri and consent.key-file (32 random bytes or more, the same on every host that checks redirects).
            """
    )

    @OptionGroup var common: CommonOptions
    @Option(help: "The tenant's directory GUID.")
    var tenant: String
    @Option(help: "The customer's name in the console.")
    var customer: String
    @Option(help: "For how many hours the link is good, from 1 to 168.")
    var hours = 24
    @Flag(help: "Print JSON.")
    var json = false

    private struct Link: Encodable {
        let url: String
        let tenant: String
        let expires: String
    }

    func run() async throws {
        guard let tenant = TenantID(self.tenant) else {
            throw CommandFailure.misuse("--tenant is not a GUID: \(self.tenant)")
        }
        guard (1...168).contains(self.hours) else { throw CommandFailure.misuse("--hours must be from 1 to 168") }
        guard PayloadRule.isLine(self.customer, maximum: 100) else {
            throw CommandFailure.misuse("--customer must be a line of 1 to 100 characters")
        }
        let settings = try await self.common.settings()
        let expires = Date().addingTimeInterval(Double(self.hours) * 3_600)
        let state = ConsentState(
            tenant: tenant.uuid,
            customer: self.customer,
            nonce: UUID().uuidString.lowercased(),
            expires: expires
        )
        let url = try self.consent(settings).url(for: state)
        if self.json {
            try Terminal.say(json: Link(url: url, tenant: tenant.description, expires: Timestamp.text(expires)))
        } else {
            Terminal.say(url)
        }
    }

    private func consent(_ settings: Settings) throws -> AdminConsent {
        guard let path = settings.text(.consentKeyFile), let bytes = FileManager.default.contents(atPath: path) else {
            throw CommandFailure.failed(
                "consent.key-file is not set or cannot be read; make one with `head -c 32 /dev/urandom > FILE`"
            )
        }
        do {
            return AdminConsent(
                clientID: try settings.required(.microsoftClientID),
                endpoints: try settings.endpoints(),
                redirectURI: try settings.required(.consentRedirectURI),
                key: try ConsentKey(bytes: bytes)
            )
        } catch let error as Microsoft365Error {
            throw CommandFailure.failed("\(error)")
        }
    }
}
