import AMQP
import ArgumentParser
import Foundation
import JobModel
import Operations
import UnixSignals

/// `sluice submit pull-message --campaign …` and its way back.
struct CampaignSubmission {
    private let command: SubmitCommand
    private let campaign: String
    private let type: JobType
    private let isPull: Bool

    init(_ command: SubmitCommand, campaign: String) throws {
        self.command = command
        self.campaign = campaign
        self.type = try command.jobType()
        self.isPull = self.type.rawValue == "pull-message"
        guard self.isPull || self.type.rawValue == "restore-message" else {
            throw CommandFailure.misuse("--campaign is for pull-message and restore-message, not for \(command.type)")
        }
    }

    func run() async throws {
        let list = try self.list()
        let pulled = self.isPull ? nil : try self.pulled(list)
        let (plan, order) = try self.plan(list, pulled)
        let head = CampaignState.Head(plan, list: list.lastPathComponent, order: order)
        let connection = try await self.command.common.settings().connect(name: "sluice submit")
        let end = await self.carryOut(plan, head, self.journal(list, self.isPull ? "pull" : "restore"), connection)
        await connection.close()
        try self.close(end)
    }

    // MARK: What is asked for

    private func journal(_ list: URL, _ word: String) -> URL {
        CampaignState.journal(beside: list, campaign: self.campaign, word: word)
    }

    /// The table, by its name or by the one campaign of that name in this folder.
    private func list() throws -> URL {
        if let csv = self.command.csv { return URL(filePath: csv) }
        guard !self.isPull else { throw CommandFailure.misuse("--csv is missing: the table of mailboxes") }
        let end = ".\(self.campaign).pull.jsonl"
        let folder = FileManager.default.currentDirectoryPath
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder))?.filter { $0.hasSuffix(end) } ?? []
        guard let name = names.first, names.count == 1 else {
            let many = "\(names.count) files of this folder end in \(end)"
            throw CommandFailure.misuse("\(many); name the table that the campaign was begun with by --csv")
        }
        return URL(filePath: folder).appending(path: String(name.dropLast(end.count)))
    }

    /// What the pull was; a pull that has not ended could pull again what is put back.
    private func pulled(_ list: URL) throws -> CampaignState.Head? {
        let journal = self.journal(list, "pull")
        guard let head = CampaignState.head(of: journal) else { return nil }
        let ended = CampaignState.ended(in: journal)
        guard ended == head.jobs else {
            let count = "\(head.jobs - ended) of its \(head.jobs) jobs have not ended"
            throw CommandFailure.failed("the campaign is not over: \(count); give its command again, then restore")
        }
        return head
    }

    private func plan(_ list: URL, _ pulled: CampaignState.Head?) throws -> (CampaignPlan, CampaignOrder) {
        guard let content = FileManager.default.contents(atPath: list.path) else {
            throw CommandFailure.misuse("the table cannot be read: \(list.path)")
        }
        guard let tenant = try self.command.tenantID() ?? pulled.flatMap({ TenantID($0.tenant) }) else {
            throw CommandFailure.misuse("--tenant is missing")
        }
        let data = try self.data(pulled)
        do throws(CampaignError) {
            let targets = try CampaignList([UInt8](content))
            let plan =
                self.isPull
                ? try CampaignPlan(
                    pulling: targets,
                    campaign: self.campaign,
                    type: self.type,
                    tenant: tenant,
                    data: data,
                    targetsPerJob: self.command.targetsPerJob
                )
                : try CampaignPlan(
                    restoring: targets,
                    campaign: self.campaign,
                    type: self.type,
                    tenant: tenant,
                    data: data,
                    targetsPerJob: self.command.targetsPerJob
                )
            return (plan, CampaignOrder(data: data))
        } catch {
            throw CommandFailure.misuse("\(error)")
        }
    }

    /// What was given, and for a restore what the pull said of people where that was not given.
    private func data(_ pulled: CampaignState.Head?) throws -> [UInt8] {
        if let given = try self.command.bytes() { return pulled?.order.completing(given) ?? given }
        guard let order = pulled?.order, order.requestedBy != nil else {
            throw CommandFailure.misuse("--data is missing")
        }
        var writer = JSONObjectWriter()
        writer.member("reason", text: "undo of campaign \(self.campaign)")
        return order.completing(writer.finish())
    }

    // MARK: What happens

    private enum End: Sendable {
        case over(Campaign.Progress)
        case interrupted
        case lost(CampaignError)
    }

    /// Sends until all has ended or somebody interrupts.
    private func carryOut(
        _ plan: CampaignPlan,
        _ head: CampaignState.Head,
        _ journal: URL,
        _ connection: Connection
    ) async -> (end: End, progress: Campaign.Progress?, dispositions: String) {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        let (source, window, json) = (self.command.source, self.command.window, self.command.json)
        let isRetry = self.command.retry
        let dispositions = journal.deletingPathExtension().appendingPathExtension("csv").path
        return await withTaskGroup(of: End.self) { group in
            group.addTask {
                do throws(CampaignError) {
                    let state = try CampaignState(head, journal: journal)
                    if isRetry {
                        let count = try state.takeBack(plan, at: Date())
                        if !json { Terminal.say("\(count) of \(plan.jobs.count) jobs are sent again") }
                    }
                    let campaign = Campaign(plan, state: state, on: connection, source: source, window: window)
                    let display = CampaignDisplay(isSilent: json)
                    try await campaign.run { display.show($0, jobHasEnded: $1) }
                    display.finish()
                    return .over(campaign.progress)
                } catch {
                    return .lost(error)
                }
            }
            group.addTask {
                for await _ in signals { break }
                return .interrupted
            }
            var ends: [End] = []
            for await end in group {
                ends.append(end)
                group.cancelAll()
            }
            let progress = ends.lazy.compactMap { if case .over(let progress) = $0 { progress } else { nil } }.first
            let lost = ends.first { if case .lost = $0 { true } else { false } }
            return (lost ?? ends.first ?? .interrupted, progress, dispositions)
        }
    }

    private func close(_ outcome: (end: End, progress: Campaign.Progress?, dispositions: String)) throws {
        if case .lost(let error) = outcome.end { throw CommandFailure.failed("\(error)") }
        guard let progress = outcome.progress else { throw CommandFailure.failed("interrupted") }
        if self.command.json {
            try Terminal.say(json: CampaignReport(self.campaign, progress, outcome.dispositions))
        } else {
            for (name, count) in progress.totals.sorted(by: { $0.key < $1.key }) where count > 0 {
                Terminal.say("\(String(repeating: " ", count: max(0, 8 - "\(count)".count)))\(count)  \(name)")
            }
            Terminal.say("dispositions: \(outcome.dispositions)")
        }
        guard progress.isComplete else {
            let count = "\(progress.jobs - progress.jobsEnded) of \(progress.jobs) jobs have not ended"
            throw CommandFailure.failed("interrupted: \(count); give the same command again to go on")
        }
        guard progress.jobsFailed == 0 else {
            throw CommandFailure.failed(
                "\(progress.jobsFailed) of \(progress.jobs) jobs did not succeed; their mailboxes are in the table; "
                    + "give the same command with --retry to send them again"
            )
        }
    }
}

/// What `--json` prints of a campaign.
private struct CampaignReport: Encodable {
    let campaign: String
    let isComplete: Bool
    let jobs: Int
    let jobsEnded: Int
    let jobsFailed: Int
    let targets: Int
    let totals: [String: Int]
    let dispositions: String

    init(_ campaign: String, _ progress: Campaign.Progress, _ dispositions: String) {
        self.campaign = campaign
        self.isComplete = progress.isComplete
        self.jobs = progress.jobs
        self.jobsEnded = progress.jobsEnded
        self.jobsFailed = progress.jobsFailed
        self.targets = progress.targets
        self.totals = progress.totals
        self.dispositions = dispositions
    }
}

/// One bar over all jobs of a campaign on a terminal, a line for each ended job elsewhere.
private struct CampaignDisplay {
    let isSilent: Bool

    func show(_ progress: Campaign.Progress, jobHasEnded: Bool) {
        if self.isSilent { return }
        if Terminal.isInteractive { return Terminal.redraw(progress.line) }
        if jobHasEnded { Terminal.say("\(progress.jobsEnded) of \(progress.jobs) jobs: \(progress.line)") }
    }

    /// Leaves the bar behind.
    func finish() {
        if !self.isSilent, Terminal.isInteractive { Terminal.say("") }
    }
}
