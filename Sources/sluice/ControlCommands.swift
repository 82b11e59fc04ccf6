import AMQP
import ArgumentParser
import JobModel
import JobQueue

/// Calls a job off.
struct CancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "Call a job off, whether it is queued, waiting or running.",
        discussion: """
            Example: sluice cancel 0190c7a2-3b1e-7c5d-9a61-0f4b6f0d2a11

            The job ends as `cancelled`, and its result says how far it had come; what was done by then stays. A job that \
            has ended is not changed. A job that waits ends when its wait is over. Workers that are started later do \
            not know of it.
            """
    )

    @OptionGroup var common: CommonOptions
    @Argument(help: "The job's id.")
    var job: String

    func run() async throws {
        guard let job = JobID(self.job) else {
            throw CommandFailure.misuse("\(self.job) is not a job id (a UUID)")
        }
        try await self.common.give(.cancel(job))
    }
}

/// Has the workers take no more jobs of a type.
struct PauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Have the running workers take no more jobs of a type; running ones go on.",
        discussion: """
            Example: sluice pause connect-tenant

            A worker that is started later takes the type all the same.
            """
    )

    @OptionGroup var common: CommonOptions
    @Argument(help: "The job type.")
    var type: String

    func run() async throws { try await self.common.give(.pause(try JobType(argument: self.type))) }
}

/// Has the workers take jobs of a type again.
struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Have the running workers take jobs of a paused type again.",
        discussion: "Example: sluice resume connect-tenant"
    )

    @OptionGroup var common: CommonOptions
    @Argument(help: "The job type.")
    var type: String

    func run() async throws { try await self.common.give(.resume(try JobType(argument: self.type))) }
}

extension JobType {
    fileprivate init(argument: String) throws {
        guard let type = JobType(rawValue: argument) else {
            let known = JobType.allCases.map(\.rawValue).joined(separator: ", ")
            throw CommandFailure.misuse("there is no job type \(argument); known are \(known)")
        }
        self = type
    }
}

extension CommonOptions {
    /// Publishes an order; fails when no worker is there to hear it.
    fileprivate func give(_ order: ControlOrder) async throws {
        let connection = try await self.settings().connect(name: "sluice control")
        do {
            try await connection.publish(order.message, to: order.destination, mandatory: true)
        } catch {
            let advice = error.code == .unroutable ? "; no worker runs that could heed it" : ""
            throw CommandFailure.failed("the order was not taken: \(error)\(advice)")
        }
        await connection.close()
        Terminal.say("told the workers that run")
    }
}
