import ArgumentParser
import Foundation

/// The one program: worker, executor, and everything an operator types.
@main
struct Sluice: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sluice",
        abstract: "Connects Microsoft 365 tenants to an e-mail security gateway, by jobs over RabbitMQ.",
        discussion: """
            Settings come from the environment (SLUICE_BROKER_URL is broker.url) or from a YAML file: --config, \
            SLUICE_CONFIG, or /etc/sluice/sluice.yaml. Secrets are read from files alone. `sluice doctor` shows what is in \
            force and what is wrong.

            Exit status: 0 done, 1 failed, 2 wrong use.
            """,
        version: Version.line,
        subcommands: [
            WorkerCommand.self, SubmitCommand.self, CancelCommand.self, PauseCommand.self, ResumeCommand.self,
            WatchCommand.self, TopologyCommand.self, ConsentURLCommand.self, SPFCommand.self, DoctorCommand.self,
            NotifierCommand.self, BenchCommand.self, SettingsCommand.self, ExplainCommand.self, DeskCommand.self,
            DeadCommand.self, JobsCommand.self, ExecuteCommand.self,
        ]
    )

    /// Parses and runs; every failure is one sentence on standard error.
    static func main() async {
        do {
            var command = try self.parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let failure as CommandFailure {
            Terminal.complain(failure.sentence)
            Self.leave(failure.status)
        } catch {
            let status = self.exitCode(for: error)
            let message = self.fullMessage(for: error)
            if status == .success { print(message) } else { Terminal.complain(page: message) }
            Self.leave(status == .validationFailure ? 2 : status.rawValue)
        }
    }

    private static func leave(_ status: Int32) -> Never { Foundation.exit(status) }
}

/// Why a command did not do what was asked, and how to leave.
struct CommandFailure: Error {
    let sentence: String
    let status: Int32

    /// The work failed: status 1.
    static func failed(_ sentence: String) -> CommandFailure { .init(sentence: sentence, status: 1) }

    /// The command was used wrongly: status 2.
    static func misuse(_ sentence: String) -> CommandFailure { .init(sentence: sentence, status: 2) }
}
