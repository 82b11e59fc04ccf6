import Foundation

/// Mail by SMTP to a server, through msmtp.
///
/// msmtp opens the connection itself and writes no queue, so it needs neither a set-group-id program nor a folder to write
/// into: it works under `NoNewPrivileges=yes` and `ProtectSystem=strict`, where the `sendmail` of Postfix, Exim and OpenSMTPD
/// cannot. With `--host` it reads no configuration file; its arguments name the password's file, and the password itself goes
/// through a pipe from `cat`.
package struct SMTPSubmission: MailTransport {
    /// Where Debian's package puts it.
    package static let standardProgram = "/usr/bin/msmtp"

    /// Where the mail goes.
    package let server: SMTPServer
    private let program: MailProgram
    private let sender: MailSender
    private let domain: String

    /// `domain` is what this host calls itself in `EHLO`; `deadline` is for one mail.
    ///
    /// Fails when msmtp is not installed.
    package init(
        _ server: SMTPServer,
        sender: MailSender,
        domain: String,
        deadline: Duration,
        program: String = SMTPSubmission.standardProgram
    ) throws(NotifierError) {
        guard FileManager.default.isExecutableFile(atPath: program) else {
            throw NotifierError(
                .setting,
                """
                \(program) is missing, through which mail goes to notifier.smtp-host. Install msmtp (apt-get install \
                msmtp), or set notifier.sendmail or notifier.webhook-url.
                """
            )
        }
        self.server = server
        self.sender = sender
        self.domain = Self.isDomain(domain) ? domain : "localhost"
        // Its words are read below, so they are in English; nothing of the notifier's own environment is passed on.
        let environment = ["PATH": "/usr/bin:/bin", "LC_ALL": "C", "HOME": "/nonexistent"]
        self.program = MailProgram(path: program, environment: environment, deadline: deadline)
    }

    /// Hands a mail over and waits for the verdict, or for the deadline.
    package func handOver(_ mail: [UInt8]) async -> HandOver {
        let arguments = self.connection + self.login + ["--from=\(self.sender.address)", "--read-recipients", "-i"]
        return switch await self.program.run(arguments, input: mail) {
        case .exited(let code, let complaint): SMTPVerdict.verdict(code, server: self.server, complaint: complaint)
        case .failed(let sentence): .unavailable("\(self.server.words): \(sentence)", retryAfter: nil)
        }
    }

    /// Connects as for a mail, up to `EHLO`, and sends none; why that failed, nil when the server answers.
    ///
    /// It does not log in: whether the server accepts the password shows with the first mail.
    package func probe() async -> String? {
        switch await self.program.run(self.connection + ["--auth=off", "--serverinfo"], input: []) {
        case .exited(0, _): nil
        case .exited(let code, let complaint): SMTPVerdict.sentence(code, server: self.server, complaint: complaint)
        case .failed(let sentence): "\(self.server.words): \(sentence)"
        }
    }

    private var connection: [String] {
        // A little less than the deadline, so that msmtp itself says what it waited for.
        let seconds = max(1, Int(self.program.deadline.components.seconds) - 2)
        let protection: [String] =
            switch self.server.protection {
            case .off: ["--tls=off"]
            case .startTLS: ["--tls=on", "--tls-starttls=on"]
            case .tls: ["--tls=on", "--tls-starttls=off"]
            }
        let trust = self.server.protection == .off ? [] : self.server.caFile.map { ["--tls-trust-file=\($0)"] } ?? []
        return [
            "--host=\(self.server.host)", "--port=\(self.server.port)", "--domain=\(self.domain)",
            "--timeout=\(seconds)",
        ] + protection + trust
    }

    private var login: [String] {
        guard let login = self.server.login else { return ["--auth=off"] }
        // By itself msmtp sends a password through TLS alone; without TLS the server is this host (`SMTPServer`).
        let method = self.server.protection == .off ? "plain" : "on"
        let file = login.passwordFile.replacing("'", with: #"'\''"#)
        return ["--auth=\(method)", "--user=\(login.user)", "--passwordeval=exec cat -- '\(file)'"]
    }

    private static func isDomain(_ text: String) -> Bool {
        (1...253).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || ".-".utf8.contains(byte)
            }
    }
}

/// What msmtp's exit statuses and words mean.
///
/// The status alone does not tell 4xx from 5xx: a 451 for a recipient and a 552 for the text are both 69. So the server's
/// reply decides, which msmtp repeats in a line `server message: …`.
enum SMTPVerdict {
    /// Statuses of a reply to the mail itself, to its sender, recipient or text: `EX_DATAERR` and `EX_UNAVAILABLE`.
    ///
    /// A refusal to greet or to log in has others.
    private static let mailStatuses: Set<Int32> = [65, 69]
    /// Replies about our login or the missing TLS (RFC 4954 §6, RFC 3207 §4).
    ///
    /// The settings are to blame, so the mail is worth another attempt.
    private static let settingReplies: Set<Int> = [530, 534, 535, 538]

    /// Pure.
    static func verdict(_ code: Int32, server: SMTPServer, complaint: [UInt8]) -> HandOver {
        guard code != 0 else { return .taken }
        let sentence = self.sentence(code, server: server, complaint: complaint)
        let reply = self.reply(in: String(decoding: complaint, as: UTF8.self))
        let isFinal =
            self.mailStatuses.contains(code)
            && (reply.map { (500..<600).contains($0) && !self.settingReplies.contains($0) } ?? (code == 65))
        return isFinal ? .refused(sentence) : .unavailable(sentence, retryAfter: nil)
    }

    /// Where the mail was to go, the status, and one short line of what msmtp wrote, without its own name.
    static func sentence(_ code: Int32, server: SMTPServer, complaint: [UInt8]) -> String {
        let lines = String(decoding: complaint, as: UTF8.self).split(whereSeparator: \.isNewline)
        let telling = lines.map { $0.trimmingPrefix("msmtp: ") }.filter { $0 != "could not send mail" }
        let program = "\(server.words): msmtp"
        return ExitStatus.sentence(code, program: program, complaint: Array(telling.joined(separator: "; ").utf8))
    }

    /// The three digits of the server's reply; nil when there was none.
    private static func reply(in text: String) -> Int? {
        text.firstMatch(of: /(?m)^msmtp: server message: ([2-5][0-9][0-9])/).flatMap { Int($0.output.1) }
    }
}
