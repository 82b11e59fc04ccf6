import Foundation

/// The host's mail system, by the interface that sendmail gave it: a program that reads a mail from its input.
///
/// What became of the mail is the exit status, by `sysexits.h`. One run serves one recipient, so that a refusal concerns
/// nobody else; the recipient stands in the mail's `To`, never among the arguments.
package struct Sendmail: MailTransport {
    private let program: MailProgram
    private let arguments: [String]

    /// `command` is the program's path and its arguments; the sender's address is added behind them as `-f`.
    ///
    /// `environment` is the program's whole environment. Fails when there is no such program.
    package init(
        command: [String],
        sender: MailSender,
        environment: [String: String],
        deadline: Duration
    ) throws(NotifierError) {
        guard let program = command.first, program.hasPrefix("/"),
            FileManager.default.isExecutableFile(atPath: program)
        else {
            throw NotifierError(
                .setting,
                """
                notifier.sendmail: \(command.first ?? "the empty list") is not a program. Give its full path, or remove \
                the setting: mail then goes to notifier.smtp-host.
                """
            )
        }
        self.program = MailProgram(path: program, environment: environment, deadline: deadline)
        self.arguments = command.dropFirst() + ["-f", sender.address]
    }

    /// Hands a mail over and waits for the verdict, or for the deadline.
    package func handOver(_ mail: [UInt8]) async -> HandOver {
        switch await self.program.run(self.arguments, input: mail) {
        case .exited(let code, let complaint):
            ExitStatus.verdict(code, program: self.program.path, complaint: complaint)
        case .failed(let sentence): .unavailable(sentence, retryAfter: nil)
        }
    }

    /// Whether it needs a set-user-id or set-group-id program, which `NoNewPrivileges=yes` of the shipped unit makes useless.
    ///
    /// Postfix's `sendmail` has no such right itself; it hands the mail to `postdrop`, which has.
    package var needsPrivileges: Bool {
        [self.program.path, "/usr/sbin/postdrop"].contains { path in
            let file = URL(filePath: path).resolvingSymlinksInPath().path
            let mode = (try? FileManager.default.attributesOfItem(atPath: file))?[.posixPermissions] as? NSNumber
            return (mode?.intValue ?? 0) & 0o6000 != 0
        }
    }
}

/// What exit statuses of a sendmail interface mean, by `sysexits.h`.
enum ExitStatus {
    /// How much of a complaint a problem's detail repeats, in characters.
    private static let complaintLengthMax = 300

    /// Pure.
    ///
    /// Only what the mail or the settings are to blame for is final (usage 64, data 65, no such user 67, configuration 78).
    /// Everything else may pass, 69 and 77 too: programs use them for a server that is down or a password being changed.
    static func verdict(_ code: Int32, program: String, complaint: [UInt8]) -> HandOver {
        guard code != 0 else { return .taken }
        let sentence = self.sentence(code, program: program, complaint: complaint)
        return [64, 65, 67, 78].contains(code) ? .refused(sentence) : .unavailable(sentence, retryAfter: nil)
    }

    /// The status and one short line of what the program wrote.
    static func sentence(_ code: Int32, program: String, complaint: [UInt8]) -> String {
        let words = MailHeader.oneLine(String(decoding: complaint, as: UTF8.self)).prefix(self.complaintLengthMax)
        return "\(program) ended with status \(code)" + (words.isEmpty ? "." : ": \(words)")
    }
}
