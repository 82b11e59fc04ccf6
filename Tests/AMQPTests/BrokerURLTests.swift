@testable import AMQP
import Testing

@Suite("Broker URLs")
struct BrokerURLTests {
    struct Case: Sendable {
        let url: String
        var isSecure = false
        var user: String? = nil
        var host = "h"
        var port: UInt16 = 5672
        var virtualHost = "/"
    }

    @Test(
        "A URL is taken apart and percent-decoded",
        arguments: [
            Case(url: "amqp://h"),
            Case(url: "amqp://h/"),
            Case(url: "AMQP://h"),
            Case(url: "amqps://h", isSecure: true, port: 5671),
            Case(url: "amqp://h:5673", port: 5673),
            Case(url: "amqp://u@h:5673/v", user: "u", port: 5673, virtualHost: "v"),
            Case(url: "amqp://u%40x@h/%2Fa%20b", user: "u@x", virtualHost: "/a b"),
            Case(url: "amqp://[::1]:5673/", host: "::1", port: 5673),
            Case(url: "amqp://[::1]", host: "::1"),
            Case(url: "amqp://@h"),
        ]
    )
    func parts(expected: Case) throws {
        let url = try BrokerURL(expected.url)
        #expect(url.isSecure == expected.isSecure)
        #expect(url.user == expected.user)
        #expect(url.host == expected.host)
        #expect(url.port == expected.port)
        #expect(url.virtualHost == expected.virtualHost)
    }

    @Test(
        "What is not a broker URL is refused",
        arguments: [
            "", "h", "http://h", "amqp://", "amqp://:5672", "amqp://h:", "amqp://h:0", "amqp://h:65536", "amqp://h:x",
            "amqp://h/a/b", "amqp://h/%2", "amqp://h/%+1", "amqp://h/%ff", "amqp://h?heartbeat=1", "amqp://[::1]x",
        ]
    )
    func refusals(url: String) {
        #expect { try BrokerURL(url) } throws: { ($0 as? AMQPError)?.code == .invalid }
    }

    @Test("A password in the URL is refused and not repeated")
    func password() {
        #expect {
            try ConnectionOptions(url: "amqp://u:secret@h", password: nil)
        } throws: { error in
            (error as? AMQPError)?.code == .invalid && !"\(error)".contains("secret") && "\(error)".contains("file")
        }
    }

    @Test("Options follow the URL")
    func options() throws {
        let plain = try ConnectionOptions(url: "amqp://u@h/v", password: "p")
        #expect(plain.tls == nil)
        #expect(plain.virtualHost == "v")
        guard case .plain("u", "p") = plain.credentials else { throw AMQPError(.invalid, operation: "", reason: "") }
        #expect(try ConnectionOptions(url: "amqps://u@h", password: "p").tls == TLSOptions())
        #expect(throws: AMQPError.self) { try ConnectionOptions(url: "amqp://u@h", password: nil) }
        #expect(throws: AMQPError.self) { try ConnectionOptions(url: "amqp://u@h", password: "p", tls: TLSOptions()) }
    }

    @Test(
        "Unusable options are named",
        arguments: [
            { $0.host = "" }, { $0.heartbeat = .zero }, { $0.heartbeat = .seconds(61) }, { $0.frameSizeMax = 8191 },
            { $0.confirmWindowMessages = 0 }, { $0.confirmWindowBytes = 0 }, { $0.messageBytesMax = 0 },
            { $0.credentials = .external }, { $0.virtualHost = "a\u{0}b" },
            { $0.tls = TLSOptions(certificateFile: "c") },
        ] as [@Sendable (inout ConnectionOptions) -> Void]
    )
    func defects(change: @Sendable (inout ConnectionOptions) -> Void) {
        var options = ConnectionOptions(host: "h", port: 1, credentials: .plain(user: "u", password: "p"))
        #expect(options.defect == nil)
        change(&options)
        #expect(options.defect != nil)
    }
}
