package import Foundation
package import JobModel

/// What is known of a campaign, in two files beside its list.
///
/// `LIST.CAMPAIGN.pull.jsonl` (or `.restore.jsonl`) has a line for the campaign and one for each job that has ended;
/// `LIST.CAMPAIGN.pull.csv` has a line for each copy. A job is noted in the first only when its copies stand in the second,
/// with the length the second then has: what a torn write left behind is cut off when the campaign goes on, so that no copy
/// is written twice. Only one command at a time may hold a campaign.
package final class CampaignState {
    /// The first line.
    package struct Head: Codable, Sendable, Equatable {
        /// The campaign's name.
        package let campaign: String
        /// What its jobs do.
        package let type: String
        /// For which tenant.
        package let tenant: String
        /// The file name of the list.
        package let list: String
        /// Of the plan: another list or other data give another.
        package let digest: String
        /// How many jobs there are.
        package let jobs: Int
        /// How many mailboxes.
        package let targets: Int
        /// Who asked, for a restore that does not say.
        package let requestedBy: String?

        /// Collects the parts; the counts and the digest are the plan's.
        package init(_ plan: CampaignPlan, list: String, requestedBy: String?) {
            self.init(
                campaign: plan.campaign,
                type: plan.type.rawValue,
                tenant: plan.tenant.description,
                list: list,
                digest: plan.digest,
                jobs: plan.jobs.count,
                targets: plan.targets,
                requestedBy: requestedBy
            )
        }

        init(
            campaign: String,
            type: String,
            tenant: String,
            list: String,
            digest: String,
            jobs: Int,
            targets: Int,
            requestedBy: String?
        ) {
            self.campaign = campaign
            self.type = type
            self.tenant = tenant
            self.list = list
            self.digest = digest
            self.jobs = jobs
            self.targets = targets
            self.requestedBy = requestedBy
        }
    }

    /// One line for each job that has ended.
    private struct Line: Codable {
        let job: String
        let outcome: FinalOutcome
        let totals: [String: Int]
        /// The length of the table of dispositions with this job's copies.
        let length: UInt64
    }

    /// Where the dispositions stand.
    package let dispositions: URL
    /// What the campaign is.
    package let head: Head
    /// How each job that has ended did, by its id.
    package private(set) var outcomes: [String: FinalOutcome] = [:]
    /// Copies by disposition, of all jobs that have ended.
    package private(set) var totals: [String: Int] = [:]
    private let journal: FileHandle
    private let table: FileHandle
    private var length: UInt64 = 0

    /// The file that keeps the jobs of a campaign; `word` is `pull` or `restore`.
    package static func journal(beside list: URL, campaign: String, word: String) -> URL {
        list.deletingLastPathComponent().appending(path: "\(list.lastPathComponent).\(campaign).\(word).jsonl")
    }

    /// Reads the first line of a campaign's file; nil when there is none.
    package static func head(of journal: URL) -> Head? {
        guard let data = try? Data(contentsOf: journal), let line = data.split(separator: 0x0A).first else {
            return nil
        }
        return try? JSONDecoder().decode(Head.self, from: line)
    }

    /// How many jobs of a campaign have ended, as its file says.
    package static func ended(in journal: URL) -> Int {
        let lines = (try? Data(contentsOf: journal))?.split(separator: 0x0A).dropFirst() ?? []
        return Set(lines.compactMap { try? JSONDecoder().decode(Line.self, from: $0).job }).count
    }

    /// Begins a campaign, or goes on with one.
    ///
    /// Fails when the files cannot be written, when another command holds them, and when they are of another plan.
    package init(_ head: Head, journal url: URL) throws(CampaignError) {
        self.head = head
        self.dispositions = url.deletingPathExtension().appendingPathExtension("csv")
        do {
            self.journal = try Self.open(url)
            self.table = try Self.open(self.dispositions)
        } catch {
            throw CampaignError(.state, "\(url.path) cannot be written: \(error.localizedDescription)")
        }
        guard flock(self.journal.fileDescriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw CampaignError(.state, "another command has \(url.lastPathComponent) open; wait for it")
        }
        do {
            try self.readJournal(url.lastPathComponent)
        } catch let error as CampaignError {
            throw error
        } catch {
            throw CampaignError(.state, "\(url.path) cannot be read: \(error.localizedDescription)")
        }
    }

    /// Keeps how a job ended; a second time changes nothing.
    package func record(_ result: CampaignResult, of job: CampaignPlan.Job) throws(CampaignError) {
        guard self.outcomes[job.id.description] == nil else { return }
        do {
            let text = Data(result.records.map(CSVTable.line).joined().utf8)
            try self.table.write(contentsOf: text)
            try self.table.synchronize()
            self.length += UInt64(text.count)
            try self.append(
                Line(
                    job: job.id.description,
                    outcome: result.outcome,
                    totals: result.totals,
                    length: self.length
                )
            )
        } catch {
            throw CampaignError(.state, "a result cannot be kept: \(error.localizedDescription)")
        }
        self.count(job.id.description, result.outcome, result.totals)
    }

    private static func open(_ url: URL) throws -> FileHandle {
        if !FileManager.default.fileExists(atPath: url.path) {
            // Addresses of people and what became of their mail: for the owner's eyes.
            guard
                FileManager.default.createFile(
                    atPath: url.path,
                    contents: nil,
                    attributes: [.posixPermissions: 0o600]
                )
            else { throw CocoaError(.fileWriteUnknown) }
        }
        return try FileHandle(forUpdating: url)
    }

    private func readJournal(_ name: String) throws {
        let data = try self.journal.readToEnd() ?? Data()
        // What stands behind the last end of line was torn when it was written.
        let whole = data.lastIndex(of: 0x0A).map { data[...$0] } ?? Data()
        let lines = whole.split(separator: 0x0A)
        guard let first = lines.first else { return try self.begin() }
        guard let known = try? JSONDecoder().decode(Head.self, from: first) else {
            throw CampaignError(.state, "\(name) is not the file of a campaign; move it away")
        }
        guard known.digest == self.head.digest, known.tenant == self.head.tenant else {
            let advice = "put the old list and data back, or choose another --campaign"
            throw CampaignError(.state, "\(name) was begun with another list, other data or another tenant; \(advice)")
        }
        for line in lines.dropFirst() {
            let entry = try JSONDecoder().decode(Line.self, from: line)
            self.count(entry.job, entry.outcome, entry.totals)
            self.length = entry.length
        }
        if self.outcomes.isEmpty { self.length = UInt64(Self.heading.count) }
        try self.journal.truncate(atOffset: UInt64(whole.count))
        try self.table.truncate(atOffset: self.length)
        try self.table.seek(toOffset: self.length)
    }

    private static let heading = Data(CSVTable.line(CampaignResult.columns).utf8)

    private func begin() throws {
        try self.journal.truncate(atOffset: 0)
        try self.table.truncate(atOffset: 0)
        try self.table.write(contentsOf: Self.heading)
        try self.table.synchronize()
        self.length = UInt64(Self.heading.count)
        try self.append(self.head)
    }

    private func append(_ line: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try self.journal.write(contentsOf: try encoder.encode(line) + [0x0A])
        try self.journal.synchronize()
    }

    private func count(_ job: String, _ outcome: FinalOutcome, _ totals: [String: Int]) {
        guard self.outcomes.updateValue(outcome, forKey: job) == nil else { return }
        self.totals.merge(totals) { $0 + $1 }
    }
}
