import AMQP
import ArgumentParser
import Foundation
import JobModel
import JobQueue
import Operations

/// Sends a job as a console would.
struct SubmitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "submit",
        abstract: "Send a job, and wait for its result if asked to.",
        discussion: """
            Example: sluice submit connect-tenant --tenant 11111111-2222-4333-8444-555555555555 --wait \\
              --data '{"customer":"contoso","claimedDomains":["contoso.com"],"requestedBy":"admin@contoso.com"}'

            With --wait the exit status is 0 when the job succeeded and 1 when it did not. Sending a job again under the same \
            --id has one effect and one result.
            """
    )

    @OptionGroup var common: CommonOptions
    @Argument(help: "The job type: \(JobType.allCases.map(\.rawValue).joined(separator: ", ")).")
    var type: String
    @Option(help: "The tenant's directory GUID.")
    var tenant: String
    @Option(help: "The job's data: a JSON object, or the name of a file that holds one, or - for standard input.")
    var data: String
    @Option(help: "The job's id, a UUID; a new one by default.")
    var id: String?
    @Option(help: "Who asks, as the CloudEvents source.")
    var source = "/sluice/submit"
    @Flag(help: "Ask for the plan alone; nothing is changed.")
    var dryRun = false
    @Flag(help: "Show progress and wait for the result.")
    var wait = false
    @Flag(help: "Print JSON: the job's id, and with --wait every message about it.")
    var json = false

    func run() async throws {
        let submission = try self.submission()
        let connection = try await self.common.settings().connect(name: "sluice submit")
        let news = self.wait ? try await NewsQueue.open(submission.id.description, on: connection) : nil
        do {
            try await connection.publish(submission.message(source: self.source, now: Date()))
        } catch {
            let advice = error.code == .unroutable ? "; run `sluice topology apply`" : ""
            throw CommandFailure.failed("the job was not taken: \(error)\(advice)")
        }
        if self.json {
            Terminal.say("{\"job\":\"\(submission.id)\"}")
        } else {
            Terminal.say("job \(submission.id)")
        }
        let outcome = await self.outcome(of: submission, news)
        await connection.close()
        if self.wait, outcome == nil {
            throw CommandFailure.failed("the broker was lost while waiting; use `sluice watch`")
        }
        if let outcome, outcome != .succeeded { throw ExitCode(1) }
    }

    private func outcome(of submission: Submission, _ news: Deliveries?) async -> FinalOutcome? {
        guard let news else { return nil }
        var display = NewsDisplay(json: self.json, showsJob: false)
        for await delivery in news {
            delivery.settle(.acknowledge)
            guard let item = JobNews(delivery.message), item.job == submission.id.description else { continue }
            display.show(item)
            guard case .result(let outcome, _) = item.kind else { continue }
            return outcome
        }
        return nil
    }

    private func submission() throws -> Submission {
        guard let type = JobType(rawValue: self.type) else {
            let known = JobType.allCases.map(\.rawValue).joined(separator: ", ")
            throw CommandFailure.misuse("there is no job type \(self.type); known are \(known)")
        }
        guard let tenant = TenantID(self.tenant) else {
            throw CommandFailure.misuse("--tenant is not a GUID: \(self.tenant)")
        }
        let id = try self.id.map { text in
            guard let id = JobID(text) else { throw CommandFailure.misuse("--id is not a UUID: \(text)") }
            return id
        }
        do {
            return try Submission(
                id: id ?? JobID(UUID()),
                type: type,
                tenant: tenant,
                data: try self.bytes(),
                dryRun: self.dryRun
            )
        } catch let problem as Problem {
            throw CommandFailure.misuse(problem.detail)
        }
    }

    private func bytes() throws -> [UInt8] {
        if self.data.first == "{" { return Array(self.data.utf8) }
        if self.data == "-" { return [UInt8](FileHandle.standardInput.readDataToEndOfFile()) }
        guard let content = FileManager.default.contents(atPath: self.data) else {
            throw CommandFailure.misuse("--data is neither a JSON object nor a file that can be read: \(self.data)")
        }
        return [UInt8](content)
    }
}
