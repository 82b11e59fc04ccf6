import Foundation
import TestSupport
import Testing

@testable import Notifier

@Suite("The mail system, by its sendmail interface")
struct SendmailTests {
    private static let environment = ["PATH": "/usr/bin:/bin"]

    private static func sendmail(_ command: [String], deadline: Duration = .seconds(20)) throws -> Sendmail {
        try Sendmail(command: command, sender: try testSender(), environment: self.environment, deadline: deadline)
    }

    private static func mail(to recipient: String, id: String = "x.1") throws -> [UInt8] {
        let content = RenderedNotice(subject: "Grüße", text: ".\nø\n", html: "<p>ø</p>\n")
        let mail = MailMessage(
            sender: try testSender(),
            recipient: recipient,
            id: id,
            time: testTime,
            language: "en",
            content: content
        )
        return try #require(mail.bytes())
    }

    @Test("The program gets the whole mail, the sender behind its arguments, and an environment of its own")
    func handedOver() async throws {
        try await withFolder { folder in
            let path = try script(
                "cat > \(folder.path)/mail; echo \"$@\" > \(folder.path)/args; env > \(folder.path)/env",
                in: folder
            )
            let mail = try Self.mail(to: "a@b.example") + Array(String(repeating: "x", count: 300_000).utf8)
            #expect(try await Self.sendmail([path, "-i", "-t"]).handOver(mail) == .taken)
            #expect(try Data(contentsOf: folder.appending(path: "mail")) == Data(mail))
            let arguments = try String(contentsOf: folder.appending(path: "args"), encoding: .utf8)
            #expect(arguments == "-i -t -f no-reply@gateway.example\n")
            let environment = try String(contentsOf: folder.appending(path: "env"), encoding: .utf8)
            #expect(!environment.contains("SLUICE") && !environment.contains("HOME"))
        }
    }

    @Test("A program that refuses without reading is believed, whatever the size of the mail")
    func unread() async throws {
        try await withFolder { folder in
            let path = try script("echo 'no such user' >&2; exit 67", in: folder)
            for size in [10, 1_000_000] {
                let end = try await Self.sendmail([path]).handOver(Array(repeating: 0x78, count: size))
                #expect(end == .refused("\(path) ended with status 67: no such user"))
            }
        }
    }

    @Test("One that hangs is ended at the deadline with what it started; one that crashes may do better")
    func ended() async throws {
        try await withFolder { folder in
            let hanging = try script("echo $$ > \(folder.path)/pid; sleep 600 & wait", in: folder, name: "hanging")
            guard
                case .unavailable(let words, _) = try await Self.sendmail([hanging], deadline: .seconds(1)).handOver([
                    0x78
                ])
            else { return #expect(Bool(false)) }
            #expect(words.contains("did not end"))
            let pid = try String(contentsOf: folder.appending(path: "pid"), encoding: .utf8)
            let number = try #require(Int32(pid.trimmingCharacters(in: .newlines)))
            #expect(kill(number, 0) != 0, "the program is gone")
            let crashing = try script("kill -9 $$", in: folder, name: "crashing")
            guard case .unavailable(let signal, _) = try await Self.sendmail([crashing]).handOver([0x78]) else {
                return #expect(Bool(false))
            }
            #expect(signal.contains("signal 9"))
        }
    }

    @Test(
        "A program that is none is found at the start",
        arguments: [[], ["sendmail"], ["/nowhere/sendmail"], ["/etc/passwd"]]
    )
    func missing(command: [String]) {
        #expect(throws: NotifierError.self) { try Self.sendmail(command) }
    }

    @Test("One that dies in the middle of a mail, or is gone by the time it is needed, may do better")
    func middle() async throws {
        try await withFolder { folder in
            let path = try script("head -c 1000 > /dev/null; kill -9 $$", in: folder)
            let sendmail = try Self.sendmail([path])
            let mail = Array(repeating: UInt8(ascii: "x"), count: 3_000_000)
            guard case .unavailable(let signal, _) = await sendmail.handOver(mail) else { return #expect(Bool(false)) }
            #expect(signal.contains("signal 9"))
            try FileManager.default.removeItem(atPath: path)
            guard case .unavailable(let gone, _) = await sendmail.handOver(mail) else { return #expect(Bool(false)) }
            #expect(gone.contains("could not be run"))
        }
    }

    @Test("Put off is tried again, unknown is final", arguments: [(75, true), (67, false)] as [(Int32, Bool)])
    func statuses(code: Int32, mayPass: Bool) async throws {
        try await withFolder { folder in
            let path = try script("cat > /dev/null; echo 'the server said so' >&2; exit \(code)", in: folder)
            let words = "\(path) ended with status \(code): the server said so"
            let end = try await Self.sendmail([path]).handOver(Self.mail(to: "a@b.example"))
            #expect(end == (mayPass ? .unavailable(words, retryAfter: nil) : .refused(words)))
        }
    }

    @Test("Through msmtp a real SMTP server gets the mail; what it refuses is refused, what it puts off may pass")
    func msmtp() async throws {
        try await withFolder { folder in
            let sink = try await Sink.start("smtp_sink.py", [folder.path], needing: ["aiosmtpd"])
            defer { sink.stop() }
            let sendmail = try Self.sendmail(
                ["/usr/bin/msmtp", "--host=127.0.0.1", "--port=\(sink.port)", "--auth=off", "--tls=off", "-i", "-t"]
            )
            let mail = try Self.mail(to: "it+mail@xn--mbel-gra.example")
            #expect(await sendmail.handOver(mail) == .taken)
            let envelope = try String(contentsOf: folder.appending(path: "1.json"), encoding: .utf8)
            #expect(envelope == #"{"from": "no-reply@gateway.example", "to": ["it+mail@xn--mbel-gra.example"]}"#)
            let read = try await ReadMail.read([folder.appending(path: "1.eml").path])
            #expect(read[0].defects.isEmpty)
            #expect(read[0].subject == "Grüße")
            #expect(read[0].parts[0][2].hasPrefix(".\nø"))
            guard case .refused(let no) = await sendmail.handOver(try Self.mail(to: "nobody@b.example")) else {
                return #expect(Bool(false), "msmtp says 65 for a 550")
            }
            #expect(no.contains("no such user"))
            guard case .unavailable = await sendmail.handOver(try Self.mail(to: "later@b.example")) else {
                return #expect(Bool(false))
            }
        }
    }
}
