import ArgumentParser
import Desk
import Foundation
import Logging
import UnixSignals

/// The service that files dead letters.
struct DeskCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "desk",
        abstract: "File dead letters, and send again what operators decide on, until SIGTERM.",
        discussion: """
            Example: sluice desk --config /etc/sluice/sluice.yaml

            It empties job.dead and job.unrouted into the SQLite file of desk.path; every letter is on disk before the broker \
            forgets it, so that nothing is lost while it is down or when it is killed. `sluice dead` works on that file, on \
            the same host. One desk is enough; its login needs to read job.dead, job.unrouted and result.desk, and to write \
            job and job.delay.*.
            """
    )

    @OptionGroup var common: CommonOptions

    func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        let settings = try await self.common.settings()
        let logger = try settings.serviceLogger("sluice.desk")
        let service = DeskService(
            store: try settings.desk(creates: true, isOwner: true),
            mark: try Self.mark(),
            broker: try settings.broker(name: "sluice desk"),
            logger: logger,
            now: { Date() },
            jitter: { Double.random(in: 0...1) }
        )
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        let leaving = AsyncStream.makeStream(of: Void.self)
        let life = ServiceParts(name: "the desk") {
            var isLeaving = false
            for await _ in signals {
                if isLeaving {
                    Terminal.complain("left at once; what was not filed is delivered again")
                    Foundation.exit(1)
                }
                isLeaving = true
                leaving.continuation.finish()
            }
        }
        try await life.run([{ try await service.run() }, { for await _ in leaving.stream {} }])
        logger.notice("the desk has left")
    }

    static func mark() throws -> ProcessMark {
        guard let mark = ProcessMark.own else { throw CommandFailure.failed("this host has no /proc to read") }
        return mark
    }
}

extension Settings {
    /// Opens the desk's database.
    func desk(creates: Bool = false, isOwner: Bool = false) throws -> DeskStore {
        do {
            return try DeskStore(path: try self.required(.deskPath), creates: creates, isOwner: isOwner)
        } catch let error as DeskError {
            throw CommandFailure.failed("\(error)")
        }
    }
}
