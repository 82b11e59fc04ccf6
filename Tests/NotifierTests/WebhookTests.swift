import Foundation
import JobModel
import TestSupport
import Testing

@testable import Notifier

@Suite("The webhook, against a real server")
struct WebhookTests {
    private static let key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

    /// What the server says about a request.
    private struct Record: Decodable {
        let id: String
        let signed: Bool
        let fresh: Bool
        let body: Content

        struct Content: Decodable {
            let recipients: [String]
            let subject: String
            let text: String
            let template: String
        }
    }

    private static func webhook(
        _ url: String,
        key: String = WebhookTests.key,
        caFile: String? = nil,
        deadline: Duration = .seconds(20)
    ) throws -> Webhook {
        try Webhook(url: url, key: try WebhookKey(file: key), caFile: caFile, deadline: deadline, now: { Date() })
    }

    private static func handOver(_ webhook: Webhook, id: String = "e.1") async throws -> HandOver {
        let notice = try Notice(try event(recipients: ["a@b.example", "c@d.example"]), operators: [])
        let templates = try TemplateSet(folder: nil, language: "en")
        let (content, language) = try #require(templates.render(notice, NoticeSurroundings(gateway: "G", contact: nil)))
        let results = await DeliveryChannel.webhook(webhook)
            .handOver(notice, content, language: language, recipients: notice.request.recipients) { _ in }
        #expect(results.map(\.recipient) == notice.request.recipients)
        #expect(results.allSatisfy { $0.end == results[0].end })
        return results[0].end
    }

    @Test("It is taken once for all recipients, and the signature holds for a receiver that is not ours")
    func taken() async throws {
        let sink = try await Sink.start("webhook_sink.py", [Self.key], needing: ["http.server"])
        defer { sink.stop() }
        let other = "whsec_" + Data(repeating: 9, count: 32).base64EncodedString()
        let webhook = try Self.webhook("http://127.0.0.1:\(sink.port)/ok", key: "\(other)\n\(Self.key)\n")
        #expect(try await Self.handOver(webhook) == .taken)
        await webhook.shutdown()
        try await eventually(within: .seconds(10), "the request") { sink.printed.count == 1 }
        let record = try JSONDecoder().decode(Record.self, from: Data(sink.printed[0].utf8))
        #expect(record.signed && record.fresh)
        #expect(record.body.recipients == ["a@b.example", "c@d.example"])
        #expect(record.body.template == "tenant-connected")
        #expect(record.body.subject.contains("is connected to G"))
    }

    @Test("Another key signs otherwise")
    func otherKey() async throws {
        let sink = try await Sink.start("webhook_sink.py", [Self.key], needing: ["http.server"])
        defer { sink.stop() }
        let other = "whsec_" + Data(repeating: 9, count: 32).base64EncodedString()
        let webhook = try Self.webhook("http://127.0.0.1:\(sink.port)/ok", key: other)
        #expect(try await Self.handOver(webhook) == .taken)
        await webhook.shutdown()
        try await eventually(within: .seconds(10), "the request") { sink.printed.count == 1 }
        #expect(try JSONDecoder().decode(Record.self, from: Data(sink.printed[0].utf8)).signed == false)
    }

    @Test("A redirect is refused and not followed; a server's fault passes; one that hangs meets the deadline")
    func faults() async throws {
        let sink = try await Sink.start("webhook_sink.py", [Self.key], needing: ["http.server"])
        defer { sink.stop() }
        func end(_ path: String, _ deadline: Duration = .seconds(20)) async throws -> HandOver {
            let webhook = try Self.webhook("http://127.0.0.1:\(sink.port)\(path)", deadline: deadline)
            let end = try await Self.handOver(webhook)
            await webhook.shutdown()
            return end
        }
        guard case .refused(let words) = try await end("/redirect") else { return #expect(Bool(false), "followed") }
        #expect(words.contains("307"))
        #expect(try await end("/status/503") == .unavailable("The webhook answered 503.", retryAfter: .seconds(7)))
        #expect(try await end("/status/410") == .refused("The webhook answered 410."))
        guard case .unavailable = try await end("/hang", .milliseconds(500)) else {
            return #expect(Bool(false), "a hang passes")
        }
        let limited = HandOver.unavailable("The webhook answered 429.", retryAfter: .seconds(7))
        #expect(try await end("/status/429") == limited)
        #expect(try await end("/status/404") == .refused("The webhook answered 404."))
        try await eventually(within: .seconds(10), "six requests") { sink.printed.count == 6 }
        #expect(!sink.printed.contains { $0.contains(#""path": "/ok""#) }, "nobody was led there")
    }

    @Test("A huge answer is not read; an endless head, one that is cut off and one that is no HTTP may pass")
    func strangeAnswers() async throws {
        let sink = try await Sink.start("webhook_sink.py", [Self.key], needing: ["http.server"])
        defer { sink.stop() }
        let webhook = try Self.webhook("http://127.0.0.1:\(sink.port)/huge")
        #expect(try await Self.handOver(webhook) == .taken, "its status says everything")
        try await eventually(within: .seconds(10), "an end of the huge answer") {
            sink.printed.contains { $0.contains("sent") }
        }
        let line = try #require(sink.printed.first { $0.contains("sent") })
        let sent = try #require(line.firstMatch(of: /"sent": (\d+)/).flatMap { Int($0.1) })
        #expect(sent < 50_000_000, "what lies in sockets and no more")
        await webhook.shutdown()
        for path in ["/endless-head", "/cut", "/noise"] {
            let webhook = try Self.webhook("http://127.0.0.1:\(sink.port)\(path)")
            guard case .unavailable(let words, _) = try await Self.handOver(webhook) else {
                return #expect(Bool(false), "\(path) was believed")
            }
            #expect(words.hasPrefix("The webhook did not answer"), "\(words)")
            await webhook.shutdown()
        }
    }

    @Test("A certificate nobody vouches for is not trusted; named as an authority it is")
    func certificates() async throws {
        try await withFolder { folder in
            let file = folder.appending(path: "both.pem").path
            let made = try await Repository.python(
                ["-c", Self.makeCertificate, file],
                needing: ["subprocess"]
            )
            #expect(made.status == 0, "\(made.errors)")
            let sink = try await Sink.start("webhook_sink.py", [Self.key, file], needing: ["http.server"])
            defer { sink.stop() }
            let strange = try Self.webhook("https://localhost:\(sink.port)/ok")
            guard case .unavailable(let words, _) = try await Self.handOver(strange) else {
                return #expect(Bool(false), "trusted")
            }
            #expect(words.contains("TLS") || words.contains("SSL"), "\(words)")
            await strange.shutdown()
            let elsewhere = try Self.webhook("https://127.0.0.1:\(sink.port)/ok", caFile: file)
            guard case .unavailable(let name, _) = try await Self.handOver(elsewhere) else {
                return #expect(Bool(false), "a certificate for localhost is none for 127.0.0.1")
            }
            #expect(name.contains("TLS") || name.contains("SSL"), "\(name)")
            await elsewhere.shutdown()
            let known = try Self.webhook("https://localhost:\(sink.port)/ok", caFile: file)
            #expect(try await Self.handOver(known) == .taken)
            await known.shutdown()
            try await eventually(within: .seconds(10), "one request") { sink.printed.count == 1 }
        }
    }

    /// A self-signed certificate for `localhost`, and its key, in one file.
    private static let makeCertificate = """
        import subprocess, sys
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
            "-addext", "subjectAltName=DNS:localhost", "-keyout", sys.argv[1] + ".key", "-out", sys.argv[1]],
            check=True, capture_output=True)
        with open(sys.argv[1], "a") as both: both.write(open(sys.argv[1] + ".key").read())
        """

    @Test("Nobody listens: it may pass")
    func nobody() async throws {
        let webhook = try Self.webhook("http://127.0.0.1:1/ok")
        guard case .unavailable = try await Self.handOver(webhook) else { return #expect(Bool(false)) }
        await webhook.shutdown()
    }

    @Test(
        "Answers mean what RFC 9110 says",
        arguments: [
            (200, .taken), (204, .taken), (301, nil), (308, nil), (400, nil), (401, nil), (404, nil), (422, nil),
            (408, .unavailable("The webhook answered 408.", retryAfter: .seconds(3))),
            (429, .unavailable("The webhook answered 429.", retryAfter: .seconds(3))),
            (500, .unavailable("The webhook answered 500.", retryAfter: .seconds(3))),
            (599, .unavailable("The webhook answered 599.", retryAfter: .seconds(3))),
        ] as [(Int, HandOver?)]
    )
    func answers(status: Int, expected: HandOver?) {
        let verdict = WebhookAnswer.verdict(status: status, retryAfter: "3", now: testTime)
        if let expected { return #expect(verdict == expected) }
        guard case .refused = verdict else { return #expect(Bool(false), "\(verdict)") }
    }

    @Test(
        "A pause is asked for in seconds or until a date; anything else asks for none",
        arguments: [
            ("120", 120), ("Mon, 23 Nov 2026 03:01:07 GMT", 60), ("Mon, 23 Nov 2026 02:59:00 GMT", nil), ("0", nil),
            ("-5", nil), ("soon", nil), ("", nil), ("1e3", nil), ("99999999999999999999", nil),
            ("Fri, 31 Dec 9999 23:59:59 GMT", 1_000_000_000),
        ] as [(String, Int?)]
    )
    func pauses(text: String, seconds: Int?) {
        let verdict = WebhookAnswer.verdict(status: 503, retryAfter: text, now: testTime)
        let pause = seconds.map { Duration.seconds($0) }
        #expect(verdict == .unavailable("The webhook answered 503.", retryAfter: pause))
    }

    @Test("Only https, or plain http on loopback, without a password in it")
    func addresses() {
        for url in ["https://hooks.example/x", "http://127.0.0.1:8080/x", "http://localhost/x", "http://[::1]:9/x"] {
            #expect(Webhook.isAllowed(url), "\(url)")
        }
        for url in [
            "http://hooks.example/x", "http://127.0.0.1.example/x", "ftp://x.example", "https://a:b@hooks.example/",
            "https://", "hooks.example", "", "https://hooks.example/#x",
        ] {
            #expect(!Webhook.isAllowed(url), "\(url)")
        }
    }

    @Test("A key file that is none is refused", arguments: ["", "\n", "secret", "whsec_", "whsec_AAAA", "whsec_!!!"])
    func badKeys(text: String) {
        #expect(throws: NotifierError.self) { try WebhookKey(file: text) }
    }

    /// The published example of the Standard Webhooks specification.
    @Test("The signature is the one of the specification's example")
    func example() throws {
        let signature = try WebhookKey(file: Self.key).signature(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
            timestamp: 1_614_265_330,
            body: Array(#"{"test": 2432232314}"#.utf8)
        )
        #expect(signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    }
}
