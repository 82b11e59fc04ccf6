import Foundation
import TestSupport
import Testing

@testable import Notifier

@Suite("Mail by SMTP, through msmtp to a real server")
struct SMTPSubmissionTests {
    /// What a test asks of the connection.
    private struct Way {
        var protection = SMTPServer.Protection.off
        var login: (user: String, file: String)?
        var caFile: String?
        var sender = "no-reply@gateway.example"
        var deadline = Duration.seconds(20)
    }

    private static func submission(_ port: Int, _ way: Way = Way()) throws -> SMTPSubmission {
        let server = try SMTPServer(
            host: "127.0.0.1",
            port: port,
            protection: way.protection,
            user: way.login?.user,
            passwordFile: way.login?.file,
            caFile: way.caFile
        )
        let sender = try MailSender(name: "Example Gateway", address: way.sender)
        return try SMTPSubmission(server, sender: sender, domain: "mail.gateway.example", deadline: way.deadline)
    }

    private static func mail(to recipient: String) throws -> [UInt8] {
        let mail = MailMessage(
            sender: try testSender(),
            recipient: recipient,
            id: "x.1",
            time: testTime,
            language: "en",
            content: RenderedNotice(subject: "Grüße", text: ".\nø\n", html: "<p>ø</p>\n")
        )
        return try #require(mail.bytes())
    }

    private static func withSink(
        _ arguments: [String] = [],
        _ body: (_ port: Int, _ folder: URL) async throws -> Void
    ) async throws {
        try await withFolder { folder in
            let sink = try await Sink.start("smtp_sink.py", [folder.path] + arguments, needing: ["aiosmtpd"])
            defer { sink.stop() }
            try await body(sink.port, folder)
        }
    }

    /// Certificate and key for 127.0.0.1, vouched for by themselves; the certificate alone; both.
    private static func certificate(in folder: URL) async throws -> (alone: String, both: String) {
        let (alone, key, both) = (folder.path + "/cert.pem", folder.path + "/key.pem", folder.path + "/both.pem")
        let script = """
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=127.0.0.1 \
            -addext subjectAltName=IP:127.0.0.1 -keyout \(key) -out \(alone) && cat \(alone) \(key) > \(both)
            """
        let made = try await Repository.python(
            ["-c", "import subprocess,sys; subprocess.run(['sh','-c',sys.argv[1]],check=True)", script],
            needing: ["subprocess"]
        )
        #expect(made.status == 0, "\(made.errors)")
        return (alone, both)
    }

    @Test("The server gets the whole mail, from the sender, for the recipient, from a host with a name")
    func taken() async throws {
        try await Self.withSink { port, folder in
            let smtp = try Self.submission(port)
            #expect(await smtp.probe() == nil)
            #expect(await smtp.handOver(try Self.mail(to: "it+mail@xn--mbel-gra.example")) == .taken)
            let envelope = try String(contentsOf: folder.appending(path: "1.json"), encoding: .utf8)
            #expect(envelope == #"{"from": "no-reply@gateway.example", "to": ["it+mail@xn--mbel-gra.example"]}"#)
            let read = try await ReadMail.read([folder.appending(path: "1.eml").path])
            #expect(read[0].defects.isEmpty && read[0].subject == "Grüße")
            #expect(read[0].parts[0][2].hasPrefix(".\nø"))
            let hosts = try String(contentsOf: folder.appending(path: "hosts"), encoding: .utf8)
            #expect(Set(hosts.split(separator: "\n")) == ["mail.gateway.example"])
        }
    }

    @Test(
        "What the server refuses with 5xx is final with its words; 4xx, and a lost connection, may pass",
        arguments: [
            ("nobody@b.example", true, "550 5.1.1 no such user here"),
            ("later@b.example", false, "451 4.3.0 come again"),
            ("large@b.example", true, "552 5.3.4 too large"), ("busy@b.example", false, "452 4.3.1 disk is full"),
            ("drop@b.example", false, "empty reply"),
        ] as [(String, Bool, String)]
    )
    func answers(recipient: String, isFinal: Bool, words: String) async throws {
        try await Self.withSink { port, _ in
            switch try await Self.submission(port).handOver(try Self.mail(to: recipient)) {
            case .refused(let sentence): #expect(isFinal && sentence.contains(words), "\(sentence)")
            case .unavailable(let sentence, _): #expect(!isFinal && sentence.contains(words), "\(sentence)")
            case .taken: #expect(Bool(false))
            }
        }
    }

    @Test("A sender that is refused is final")
    func sender() async throws {
        try await Self.withSink { port, _ in
            let smtp = try Self.submission(port, Way(sender: "banned@gateway.example"))
            guard case .refused(let words) = await smtp.handOver(try Self.mail(to: "a@b.example")) else {
                return #expect(Bool(false))
            }
            #expect(words.contains("550 5.7.1 sender is not welcome"))
        }
    }

    @Test(
        "A server that greets with a refusal, with noise, late or not at all may do better, and the probe says so",
        arguments: [
            ("554 no service", "554 no service"), ("421 busy", "421 busy"), ("hello", "invalid reply"),
            ("", "timed out"),
        ]
    )
    func greetings(greeting: String, words: String) async throws {
        try await Self.withSink(["--greeting", greeting]) { port, _ in
            let smtp = try Self.submission(port, Way(deadline: .seconds(4)))
            guard case .unavailable(let sentence, _) = await smtp.handOver(try Self.mail(to: "a@b.example")) else {
                return #expect(Bool(false))
            }
            #expect(sentence.contains(words), "\(sentence)")
            #expect(try #require(await smtp.probe()).contains(words))
        }
    }

    @Test("Where nobody listens it may pass, and the probe says so")
    func unreachable() async throws {
        let smtp = try Self.submission(1)
        guard case .unavailable(let words, _) = await smtp.handOver(try Self.mail(to: "a@b.example")) else {
            return #expect(Bool(false))
        }
        #expect(words.contains("127.0.0.1, port 1") && words.contains("refused"), "\(words)")
        #expect(await smtp.probe() != nil)
    }

    @Test(
        "TLS, by STARTTLS or from the start, is taken from a known authority alone",
        arguments: [("--starttls", SMTPServer.Protection.startTLS), ("--tls", .tls)]
    )
    func protection(option: String, protection: SMTPServer.Protection) async throws {
        try await withFolder { folder in
            let (alone, both) = try await Self.certificate(in: folder)
            try await Self.withSink([option, both]) { port, _ in
                let mail = try Self.mail(to: "a@b.example")
                let trusting = try Self.submission(port, Way(protection: protection, caFile: alone))
                #expect(await trusting.probe() == nil)
                #expect(await trusting.handOver(mail) == .taken)
                let wary = try Self.submission(port, Way(protection: protection))
                guard case .unavailable(let words, _) = await wary.handOver(mail) else { return #expect(Bool(false)) }
                #expect(words.contains("certificate"), "\(words)")
                #expect(try #require(await wary.probe()).contains("certificate"))
            }
        }
    }

    @Test("Where STARTTLS is wanted and not offered no mail goes, and it may pass")
    func stripped() async throws {
        try await Self.withSink { port, folder in
            let smtp = try Self.submission(port, Way(protection: .startTLS))
            guard case .unavailable(let words, _) = await smtp.handOver(try Self.mail(to: "a@b.example")) else {
                return #expect(Bool(false))
            }
            #expect(words.contains("does not support TLS"))
            #expect(!FileManager.default.fileExists(atPath: folder.path + "/1.eml"))
        }
    }

    @Test("A login is proved by a password that is read anew for each mail; a wrong or missing one may pass")
    func login() async throws {
        try await withFolder { folder in
            let (alone, both) = try await Self.certificate(in: folder)
            // What a shell would take for more than a name.
            let file = folder.path + "/pass $(touch x) 'word"
            try Data("s3cret \"x\" $y\nnot read\n".utf8).write(to: URL(filePath: file))
            try await Self.withSink(["--starttls", both, "--password", "s3cret \"x\" $y"]) { port, _ in
                let way = Way(protection: .startTLS, login: ("sluice", file), caFile: alone)
                let (smtp, mail) = (try Self.submission(port, way), try Self.mail(to: "a@b.example"))
                #expect(await smtp.handOver(mail) == .taken)
                try Data("wrong".utf8).write(to: URL(filePath: file))
                guard case .unavailable(let words, _) = await smtp.handOver(mail) else { return #expect(Bool(false)) }
                #expect(words.contains("535") && !words.contains("wrong"), "\(words)")
                try FileManager.default.removeItem(atPath: file)
                guard case .unavailable = await smtp.handOver(mail) else { return #expect(Bool(false)) }
                let silent = try Self.submission(port, Way(protection: .startTLS, caFile: alone))
                guard case .unavailable(let asked, _) = await silent.handOver(mail) else { return #expect(Bool(false)) }
                #expect(asked.contains("530"), "\(asked)")
            }
        }
    }

    @Test("On this host a password may go without TLS")
    func loopback() async throws {
        try await withFolder { folder in
            let file = folder.path + "/password"
            try Data("s3cret".utf8).write(to: URL(filePath: file))
            try await Self.withSink(["--password", "s3cret", "--plain-auth"]) { port, _ in
                let smtp = try Self.submission(port, Way(login: ("sluice", file)))
                #expect(await smtp.handOver(try Self.mail(to: "a@b.example")) == .taken)
            }
        }
    }

    @Test("The password is in no argument and no variable of the program")
    func secrecy() async throws {
        try await withFolder { folder in
            let file = folder.path + "/password"
            try Data("s3cret".utf8).write(to: URL(filePath: file))
            let program = try script(
                "tr '\\0' '\\n' < /proc/$$/cmdline > \(folder.path)/seen; env >> \(folder.path)/seen",
                in: folder
            )
            let server = try SMTPServer(
                host: "127.0.0.1",
                port: 25,
                protection: nil,
                user: "sluice",
                passwordFile: file,
                caFile: nil
            )
            let smtp = try SMTPSubmission(
                server,
                sender: try testSender(),
                domain: "not a domain",
                deadline: .seconds(20),
                program: program
            )
            #expect(await smtp.handOver([]) == .taken)
            let seen = try String(contentsOfFile: folder.path + "/seen", encoding: .utf8)
            #expect(seen.contains("--user=sluice") && seen.contains("--domain=localhost"))
            #expect(!seen.contains("s3cret") && !seen.contains("SLUICE"))
        }
    }

    @Test("A host without msmtp is told what to install")
    func missing() throws {
        #expect {
            let server = try SMTPServer(
                host: "localhost",
                port: 25,
                protection: nil,
                user: nil,
                passwordFile: nil,
                caFile: nil
            )
            _ = try SMTPSubmission(
                server,
                sender: try testSender(),
                domain: "localhost",
                deadline: .seconds(1),
                program: "/nowhere/msmtp"
            )
        } throws: {
            "\($0)".contains("apt-get install msmtp")
        }
    }
}
