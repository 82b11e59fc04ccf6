import AMQP
import ArgumentParser
import Foundation
import JobModel
import Operations

/// Listens to results and events beside the console.
struct WatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Show results and events as they are published; takes none from the console.",
        discussion: """
            Example: sluice watch 0190c7a2-3b1e-7c5d-9a61-0f4b6f0d2a11, or sluice watch --event tenant --tenant GUID

            Without a job it shows everything until it is ended; filters narrow it down. --json prints each message as it is, \
            a line each: the envelopes that schemas/ describes.
            """
    )

    @OptionGroup var common: CommonOptions
    @Argument(help: "Only this job; the command ends with its result.")
    var job: String?
    @Option(help: "Only news whose type has this in it: job.died, tenant, results, connect-tenant.")
    var event: String?
    @Option(help: "Only this tenant.")
    var tenant: String?
    @Flag(help: "Only what went wrong: retries, dead letters, results without success.")
    var failures = false
    @Flag(help: "Print every message as a line of JSON.")
    var json = false

    func run() async throws {
        let job = try self.job.map { text in
            guard let id = JobID(text) else { throw CommandFailure.misuse("\(text) is not a job id (a UUID)") }
            return id.description
        }
        let connection = try await self.common.settings().connect(name: "sluice watch")
        let news = try await NewsQueue.open(UUID().uuidString.lowercased(), on: connection)
        var display = NewsDisplay(json: self.json, showsJob: job == nil)
        for await delivery in news {
            delivery.settle(.acknowledge)
            guard let item = JobNews(delivery.message), self.shows(item, of: job) else { continue }
            display.show(item)
            if job != nil, case .result = item.kind { return await connection.close() }
        }
        let reason = news.endReason.map { "\($0)" } ?? "the broker ended it"
        await connection.close()
        throw CommandFailure.failed("nothing more is heard: \(reason); give the command again")
    }

    private func shows(_ item: JobNews, of job: String?) -> Bool {
        (job == nil || item.job == job) && (self.event.map { item.type.contains($0) } ?? true)
            && (self.tenant.map { item.tenant.lowercased() == $0.lowercased() } ?? true)
            && (!self.failures || item.kind.isFailure)
    }
}
