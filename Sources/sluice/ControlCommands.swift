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
        abstract: "Have all workers take no more jobs of a type; running jobs go on.",
        discussion: """
            Example: sluice pause connect-tenant

            It holds for workers that are started later too, until `sluice resume`: the broker keeps it.
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
        abstract: "Have the workers take jobs of a paused type again.",
        discussion: "Example: sluice resume connect-tenant"
    )

    @OptionGroup var common: CommonOptions
    @Argument(help: "The job type.")
    var type: String

    func run() async throws {
        let type = try JobType(argument: self.type)
        try await self.common.give(.resume(type), ending: JobTopology.pauseKey(for: type))
    }
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
    /// Publishes an order, after it has emptied the queue of the one that it ends; fails when nobody is there to heed it.
    fileprivate func give(_ order: ControlOrder, ending standing: String? = nil) async throws {
        let connection = try await self.settings().connect(name: "sluice control")
        do {
            if let standing { _ = try await connection.purge(standing) }
            try await connection.publish(order.message, to: order.destination, mandatory: true)
        } catch  where error.code == .unroutable && standing != nil {
            return Terminal.say("it is over; no worker runs that could be told")
        } catch {
            let advice = error.code == .unroutable ? "; no worker runs that could heed it" : ""
            throw CommandFailure.failed("the order was not taken: \(error)\(advice)")
        }
        await connection.close()
        Terminal.say("told the workers that run")
    }
}
