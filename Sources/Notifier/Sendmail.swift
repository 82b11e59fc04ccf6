import Foundation
import Subprocess
import SystemPackage

/// The host's mail system, by the interface that sendmail gave it: a program that reads a mail from its input.
///
/// What became of the mail is the exit status, by `sysexits.h`. One run serves one recipient, so that a refusal concerns
/// nobody else; the recipient stands in the mail's `To`, never among the arguments.
package struct Sendmail: Sendable {
    /// How much of what the program complains about is kept, in bytes.
    private static let complaintMax = 2_000
    /// How long it has between TERM and KILL.
    private static let killDelay = Duration.seconds(2)

    private let program: String
    private let arguments: [String]
    private let environment: [String: String]
    private let deadline: Duration

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
                "\(command.first ?? "notifier.sendmail") is no program; notifier.sendmail needs the full path of one"
            )
        }
        self.program = program
        self.arguments = command.dropFirst() + ["-f", sender.address]
        self.environment = environment
        self.deadline = deadline
    }

    /// Hands a mail over and waits for the verdict, or for the deadline.
    func handOver(_ mail: [UInt8]) async -> HandOver {
        await withTaskGroup(of: HandOver?.self) { group in
            group.addTask { await self.run(mail) }
            group.addTask {
                try? await Task.sleep(for: self.deadline)  // cut short when the program has ended
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first ?? .unavailable("\(self.program) did not end within \(self.deadline).", retryAfter: nil)
        }
    }

    private func run(_ mail: [UInt8]) async -> HandOver {
        var options = PlatformOptions()
        options.processGroupID = 0
        options.teardownSequence = [
            .gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: Self.killDelay)
        ]
        do {
            let result = try await Subprocess.run(
                .path(FilePath(self.program)),
                arguments: Arguments(self.arguments),
                environment: .custom(
                    Dictionary(
                        uniqueKeysWithValues: self.environment.map { (Environment.Key(stringLiteral: $0), $1) }
                    )
                ),
                platformOptions: options,
                input: .inputWriter,
                output: .discarded,
                error: .sequence
            ) { execution in
                // A program that refuses may leave without reading: its status counts, not the broken pipe.
                _ = try? await execution.standardInputWriter.write(mail)
                try? await execution.standardInputWriter.finish()
                var complaint: [UInt8] = []
                for try await chunk in execution.standardError {
                    chunk.withUnsafeBytes { complaint += $0.prefix(Self.complaintMax - complaint.count) }
                }
                return complaint
            }
            return self.verdict(result.terminationStatus, complaint: result.closureResult)
        } catch {
            return .unavailable("\(self.program) could not be run: \(type(of: error)).", retryAfter: nil)
        }
    }

    private func verdict(_ status: TerminationStatus, complaint: [UInt8]) -> HandOver {
        switch status {
        case .exited(let code): ExitStatus.verdict(code, program: self.program, complaint: complaint)
        case .signaled(let signal): .unavailable("\(self.program) ended by signal \(signal).", retryAfter: nil)
        }
    }
}

/// What exit statuses of a sendmail interface mean, by `sysexits.h`.
enum ExitStatus {
    /// How much of a complaint a problem's detail repeats, in characters.
    private static let complaintLengthMax = 200

    /// Pure.
    ///
    /// Only what the mail or the settings are to blame for is final (usage 64, data 65, no such user 67, configuration 78).
    /// Everything else may pass, 69 and 77 too: programs use them for a server that is down or a password being changed.
    static func verdict(_ code: Int32, program: String, complaint: [UInt8]) -> HandOver {
        guard code != 0 else { return .taken }
        let words = MailHeader.oneLine(String(decoding: complaint, as: UTF8.self)).prefix(self.complaintLengthMax)
        let sentence = "\(program) ended with status \(code)" + (words.isEmpty ? "." : ": \(words)")
        return [64, 65, 67, 78].contains(code) ? .refused(sentence) : .unavailable(sentence, retryAfter: nil)
    }
}
