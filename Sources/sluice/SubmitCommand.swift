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
            Example: sluice submit connect-tenant --tenant 11111111-2222-4333-8444-555555555555 --wait \
              --data '{"customer":"contoso","claimedDomains":["contoso.com"],"requestedBy":"admin@contoso.com"}'

            Any number of mailboxes: sluice submit pull-message --csv list.csv --campaign invoice-4711 --tenant 11111111-… \
              --data '{"internetMessageId":"<a@b>","reason":"phish","requestedBy":"admin@contoso.com"}'
            and all of it back: sluice submit restore-message --csv list.csv --campaign invoice-4711

            The list is a table (CSV) whose first line names its columns: mailbox, and where they differ internetMessageId, \
            receivedAfter and receivedBefore. Beside it two files appear: LIST.CAMPAIGN.pull.jsonl keeps which jobs have \
            ended, LIST.CAMPAIGN.pull.csv what became of each copy. Given again after an interruption, the command goes on \
            where it was. With --retry it sends again what failed or was cancelled, such as jobs over the cap of the hour \
            (cap-exceeded); should the first file be lost, all of it, and what lies in quarantine is told as already pulled. \
            Without --csv a restore looks for its campaign in the current folder; tenant, requestedBy, notify, customer \
            and language are those of the pull unless given, so that it tells those whom the pull told. "notify": [] in \
            --data tells nobody.

            With --wait the exit status is 0 when the job succeeded and 1 when it did not. Sending a job again under the same \
            --id has one effect and one result.
            """
    )

    @OptionGroup var common: CommonOptions
    @Argument(help: "The job type: \(JobType.allCases.map(\.rawValue).joined(separator: ", ")).")
    var type: String
    @Option(help: "The tenant's directory GUID.")
    var tenant: String?
    @Option(help: "The job's data: a JSON object, or the name of a file that holds one, or - for standard input.")
    var data: String?
    @Option(help: "The name of a campaign over any number of mailboxes, for pull-message and restore-message.")
    var campaign: String?
    @Option(help: "The table of mailboxes of a campaign.")
    var csv: String?
    @Option(help: "How many jobs of a campaign are under way at once, 1 to 100.")
    var window = Campaign.windowDefault
    @Option(help: "How many mailboxes a job of a campaign names, 1 to 1000.")
    var targetsPerJob = CampaignPlan.targetsMax
    @Flag(help: "Send the jobs of a campaign again that failed or were cancelled.")
    var retry = false
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

    func validate() throws {
        let bounds = [
            ("--window", self.window, 1...100), ("--targets-per-job", self.targetsPerJob, 1...CampaignPlan.targetsMax),
        ]
        for (name, value, bounds) in bounds where !bounds.contains(value) {
            throw ValidationError("\(name) must be from \(bounds.lowerBound) to \(bounds.upperBound)")
        }
        guard self.csv == nil || self.campaign != nil else { throw ValidationError("--csv needs --campaign") }
        guard !self.retry || self.campaign != nil else { throw ValidationError("--retry needs --campaign") }
        guard self.campaign == nil || (self.id == nil && !self.dryRun && !self.wait) else {
            throw ValidationError("a campaign takes neither --id nor --dry-run nor --wait")
        }
    }

    func run() async throws {
        if let campaign { return try await CampaignSubmission(self, campaign: campaign).run() }
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
            Terminal.say(jsonText: "{\"job\":\"\(submission.id)\"}")
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
        let type = try self.jobType()
        guard let tenant = try self.tenantID() else { throw CommandFailure.misuse("--tenant is missing") }
        guard let data = try self.bytes() else { throw CommandFailure.misuse("--data is missing") }
        let id = try self.id.map { text in
            guard let id = JobID(text) else { throw CommandFailure.misuse("--id is not a UUID: \(text)") }
            return id
        }
        do throws(Problem) {
            return try Submission(
                id: id ?? JobID(UUID()),
                type: type,
                tenant: tenant,
                data: data,
                dryRun: self.dryRun
            )
        } catch {
            throw CommandFailure.misuse(error.detail)
        }
    }

    func jobType() throws -> JobType {
        guard let type = JobType(rawValue: self.type) else {
            let known = JobType.allCases.map(\.rawValue).joined(separator: ", ")
            throw CommandFailure.misuse("there is no job type \(self.type); known are \(known)")
        }
        return type
    }

    /// The tenant that was named; nil when none was.
    func tenantID() throws -> TenantID? {
        try self.tenant.map { text in
            guard let tenant = TenantID(text) else { throw CommandFailure.misuse("--tenant is not a GUID: \(text)") }
            return tenant
        }
    }

    /// The data that was given; nil when none was.
    func bytes() throws -> [UInt8]? {
        guard let data else { return nil }
        if data.first == "{" { return Array(data.utf8) }
        if data == "-" { return [UInt8](FileHandle.standardInput.readDataToEndOfFile()) }
        guard let content = FileManager.default.contents(atPath: data) else {
            throw CommandFailure.misuse("--data is neither a JSON object nor a file that can be read: \(data)")
        }
        return [UInt8](content)
    }
}
