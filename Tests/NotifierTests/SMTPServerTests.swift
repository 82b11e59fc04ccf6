import Foundation
import Testing

@testable import Notifier

@Suite("The SMTP server, as the settings name it")
struct SMTPServerTests {
    private static func server(
        _ host: String,
        _ protection: SMTPServer.Protection? = nil,
        user: String? = nil,
        passwordFile: String? = nil,
        caFile: String? = nil
    ) throws(NotifierError) -> SMTPServer {
        try SMTPServer(
            host: host,
            port: 25,
            protection: protection,
            user: user,
            passwordFile: passwordFile,
            caFile: caFile
        )
    }

    @Test(
        "Without a word about TLS this host gets none, and any other STARTTLS",
        arguments: [
            ("localhost", .off), ("LOCALHOST", .off), ("127.0.0.1", .off), ("127.9.9.9", .off), ("::1", .off),
            ("relay.example", .startTLS), ("127.0.0.1.example", .startTLS), ("128.0.0.1", .startTLS),
            ("2001:db8::25", .startTLS), ("localhost.example", .startTLS),
        ] as [(String, SMTPServer.Protection)]
    )
    func standardProtection(host: String, protection: SMTPServer.Protection) throws {
        #expect(try Self.server(host).protection == protection)
    }

    @Test("A password goes to another host by TLS alone; a user without a password, or the reverse, is refused")
    func logins() async throws {
        try await withFolder { folder in
            let file = folder.appending(path: "password").path
            try Data("secret\n".utf8).write(to: URL(filePath: file))
            let empty = folder.appending(path: "empty").path
            try Data("\n".utf8).write(to: URL(filePath: empty))
            for host in ["localhost", "127.0.0.1", "::1"] {
                #expect(try Self.server(host, .off, user: "sluice", passwordFile: file).login != nil)
            }
            for protection in [SMTPServer.Protection.startTLS, .tls] {
                #expect(try Self.server("relay.example", protection, user: "sluice", passwordFile: file).login != nil)
            }
            let faults: [(SMTPServer.Protection?, String?, String?, String)] = [
                (.off, "sluice", file, "notifier.smtp-tls"), (nil, "sluice", nil, "notifier.smtp-password-file"),
                (nil, nil, file, "notifier.smtp-user"), (nil, "slu\nice", file, "notifier.smtp-user"),
                (nil, "sluice", folder.path + "/none", "cannot be read"), (nil, "sluice", empty, "is empty"),
            ]
            for (protection, user, file, words) in faults {
                do {
                    _ = try Self.server("relay.example", protection, user: user, passwordFile: file)
                    #expect(Bool(false), "taken: \(words)")
                } catch {
                    #expect("\(error)".contains(words), "\(error)")
                    #expect(!"\(error)".contains("secret"))
                }
            }
        }
    }

    @Test("A host that is none, and a missing authority, are found at the start")
    func wrong() {
        for host in ["", "-oQ", "a b", "relay:25]", "relay\n", "[::1]", "a/b"] {
            #expect(throws: NotifierError.self, "\(host)") { try Self.server(host) }
        }
        #expect(throws: NotifierError.self) { try Self.server("relay.example", caFile: "/nowhere/ca.pem") }
    }
}
