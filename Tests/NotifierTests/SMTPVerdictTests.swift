import Testing

@testable import Notifier

@Suite("What msmtp's exit statuses and words mean")
struct SMTPVerdictTests {
    private static func verdict(_ code: Int32, _ words: String) throws -> HandOver {
        let server = try SMTPServer(
            host: "relay.example",
            port: 587,
            protection: nil,
            user: nil,
            passwordFile: nil,
            caFile: nil
        )
        return SMTPVerdict.verdict(code, server: server, complaint: Array(words.utf8))
    }

    @Test(
        "A 5xx to the mail is final; a 4xx, what is said of login, TLS or greeting, and silence may pass",
        arguments: [
            (65, "550 5.1.1 no", true), (65, "553-5.1.3 no\nmsmtp: server message: 553 at all", true),
            (69, "552 too large", true), (69, "554 spam", true), (65, nil, true), (69, "451 later", false),
            (69, "452 full", false), (65, "530 5.7.0 log in", false), (65, "538 encrypt", false),
            (77, "535 5.7.8 no", false), (76, "554 no service", false), (76, "421 busy", false), (69, nil, false),
            (68, nil, false), (74, nil, false), (75, nil, false), (78, nil, false), (64, nil, false), (70, nil, false),
        ] as [(Int32, String?, Bool)]
    )
    func finality(code: Int32, reply: String?, isFinal: Bool) throws {
        let words = reply.map { "msmtp: not accepted\nmsmtp: server message: \($0)\n" } ?? "msmtp: no\n"
        switch try Self.verdict(code, words + "msmtp: could not send mail\n") {
        case .refused: #expect(isFinal)
        case .unavailable: #expect(!isFinal)
        case .taken: #expect(Bool(false))
        }
        #expect(try Self.verdict(0, words) == .taken)
    }

    @Test("The sentence says where, has the server's own words, is one line and short, whatever they hold")
    func words() throws {
        let long = "msmtp: server message: 550 no\u{1B}[31m\r\n" + String(repeating: "é", count: 5_000)
        guard case .refused(let sentence) = try Self.verdict(65, long) else { return #expect(Bool(false)) }
        #expect(
            sentence.hasPrefix(
                "relay.example, port 587, with STARTTLS: msmtp ended with status 65: server message: 550 no"
            )
        )
        #expect(sentence.count < 500)
        #expect(!sentence.unicodeScalars.contains { $0.properties.generalCategory == .control })
    }
}
