package import Foundation
package import JobModel

/// What is known of a campaign, in two files beside its list.
///
/// `LIST.CAMPAIGN.pull.jsonl` (or `.restore.jsonl`) has a line for the campaign and one for each job that has ended;
/// `LIST.CAMPAIGN.pull.csv` has a line for each copy. A job is noted in the first only when its copies stand in the second,
/// with the length the second then has: what a torn write left behind is cut off when the campaign goes on, so that no copy
/// is written twice. Jobs that are sent again have a line that says so, and the lines of their first end are gone. Only one
/// command at a time may hold a campaign.
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
        private let requestedBy: String?
        /// Who is told, for a restore that does not say; nil in files of an earlier build.
        private let notify: [String]?
        private let customer: String?
        private let language: String?

        /// What the jobs say of people.
        package var order: CampaignOrder {
            CampaignOrder(
                requestedBy: self.requestedBy,
                notify: self.notify,
                customer: self.customer,
                language: self.language
            )
        }

        /// Collects the parts; the counts and the digest are the plan's.
        package init(_ plan: CampaignPlan, list: String, order: CampaignOrder) {
            self.init(
                campaign: plan.campaign,
                type: plan.type.rawValue,
                tenant: plan.tenant.description,
                list: list,
                digest: plan.digest,
                jobs: plan.jobs.count,
                targets: plan.targets,
                order: order
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
            order: CampaignOrder
        ) {
            self.campaign = campaign
            self.type = type
            self.tenant = tenant
            self.list = list
            self.digest = digest
            self.jobs = jobs
            self.targets = targets
            self.requestedBy = order.requestedBy
            self.notify = order.notify
            self.customer = order.customer
            self.language = order.language
        }
    }

    /// One line for each job that has ended.
    private struct Line: Codable {
        let job: String
        let outcome: FinalOutcome
        let totals: [String: Int]
        /// The length of the table of dispositions with this job's copies.
        var length: UInt64

        var hasFailed: Bool { self.outcome != .succeeded }
    }

    /// One line for each job that is sent again, before the line of its end.
    private struct Again: Codable {
        let again: String
        let round: Int
    }

    /// Where the dispositions stand.
    package let dispositions: URL
    /// What the campaign is.
    package let head: Head
    /// How each job that has ended did, by its id.
    package private(set) var outcomes: [String: FinalOutcome] = [:]
    /// Copies by disposition, of all jobs that have ended.
    package private(set) var totals: [String: Int] = [:]
    /// In which round the jobs are sent that are sent again, by their keys.
    package private(set) var rounds: [String: Int] = [:]
    private let url: URL
    private var journal: FileHandle
    private var table: FileHandle
    private var lines: [Line] = []
    private var length = UInt64(CampaignState.heading.count)
    private var isNew = false

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
        self.url = url
        self.dispositions = url.deletingPathExtension().appendingPathExtension("csv")
        do {
            self.journal = try Self.open(url)
            self.table = self.journal
        } catch {
            throw CampaignError(.state, "\(url.path) cannot be written: \(error.localizedDescription)")
        }
        guard Self.lock(self.journal) else {
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
        guard self.outcomes[job.key.description] == nil else { return }
        do {
            let text = Data(result.records.map(CSVTable.line).joined().utf8)
            try self.table.write(contentsOf: text)
            try self.table.synchronize()
            self.length += UInt64(text.count)
            let line = Line(
                job: job.key.description,
                outcome: result.outcome,
                totals: result.totals,
                length: self.length
            )
            try self.journal.write(contentsOf: try Self.text(line))
            try self.journal.synchronize()
            self.count(line)
        } catch {
            throw CampaignError(.state, "a result cannot be kept: \(error.localizedDescription)")
        }
    }

    /// Has the jobs sent again that failed or were cancelled: their ends and their lines of the table are taken back.
    ///
    /// A campaign of which nothing is kept is sent again as a whole: its files may have been lost. Both files are written
    /// anew beside the old ones; the journal takes its place first, and whoever finds the table not yet in its place puts it
    /// there. Gives the number of jobs.
    package func takeBack(_ plan: CampaignPlan, at now: Date) throws(CampaignError) -> Int {
        let gone = Set(self.isNew ? plan.jobs.map(\.key.description) : self.lines.filter(\.hasFailed).map(\.job))
        guard !gone.isEmpty else { return 0 }
        // A time, so that a round is new even when the file that counted them is lost.
        let round = max(Int(now.timeIntervalSince1970), (self.rounds.values.max() ?? 0) + 1)
        for job in gone { self.rounds[job] = round }
        do {
            try self.rewrite(without: gone)
        } catch {
            throw CampaignError(.state, "the campaign's files cannot be written: \(error.localizedDescription)")
        }
        return gone.count
    }

    private func rewrite(without gone: Set<String>) throws {
        var (text, journal, start) = (Self.heading, try Self.text(self.head), UInt64(Self.heading.count))
        for (job, round) in self.rounds { journal += try Self.text(Again(again: job, round: round)) }
        var kept: [Line] = []
        for var line in self.lines {
            defer { start = max(start, line.length) }
            guard !gone.contains(line.job) else { continue }
            try self.table.seek(toOffset: start)
            text += try self.table.read(upToCount: Int(line.length - start)) ?? Data()
            let end = line.length
            line.length = UInt64(text.count)
            kept.append(line)
            journal += try Self.text(line)
            line.length = end
        }
        let table = try Self.fresh(Self.next(self.dispositions), text)
        let file = try Self.fresh(Self.next(self.url), journal)
        guard Self.lock(file) else { throw CocoaError(.fileLocking) }
        try Self.move(Self.next(self.url), to: self.url)
        try Self.move(Self.next(self.dispositions), to: self.dispositions)
        (self.journal, self.table, self.length) = (file, table, UInt64(text.count))
        (self.lines, self.outcomes, self.totals) = ([], [:], [:])
        for line in kept { self.count(line) }
    }

    private static func lock(_ file: FileHandle) -> Bool { flock(file.fileDescriptor, LOCK_EX | LOCK_NB) == 0 }

    /// Where a file is written that is to take another's place.
    private static func next(_ url: URL) -> URL { url.appendingPathExtension("new") }

    private static func fresh(_ url: URL, _ content: Data) throws -> FileHandle {
        let file = try self.open(url)
        try file.truncate(atOffset: 0)
        try file.write(contentsOf: content)
        try file.synchronize()
        return file
    }

    private static func move(_ url: URL, to place: URL) throws {
        guard rename(url.path, place.path) == 0 else { throw CocoaError(.fileWriteUnknown) }
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
            if let again = try? JSONDecoder().decode(Again.self, from: line) {
                self.rounds[again.again] = again.round
            } else {
                self.count(try JSONDecoder().decode(Line.self, from: line))
            }
        }
        self.length = self.lines.last?.length ?? self.length
        try self.journal.truncate(atOffset: UInt64(whole.count))
        try self.endRewriting()
        self.table = try Self.open(self.dispositions)
        try self.table.truncate(atOffset: self.length)
        try self.table.seek(toOffset: self.length)
    }

    /// A table that was written anew belongs to the journal that has its length; another is of no use any more.
    private func endRewriting() throws {
        let next = Self.next(self.dispositions)
        guard let size = try? FileManager.default.attributesOfItem(atPath: next.path)[.size] as? UInt64 else { return }
        if size == self.length {
            try Self.move(next, to: self.dispositions)
        } else {
            try FileManager.default.removeItem(at: next)
        }
    }

    private static let heading = Data(CSVTable.line(CampaignResult.columns).utf8)

    private func begin() throws {
        self.isNew = true
        self.table = try Self.open(self.dispositions)
        try self.journal.truncate(atOffset: 0)
        try self.table.truncate(atOffset: 0)
        try self.table.write(contentsOf: Self.heading)
        try self.table.synchronize()
        try self.journal.write(contentsOf: try Self.text(self.head))
        try self.journal.synchronize()
    }

    private static func text(_ line: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(line) + [0x0A]
    }

    private func count(_ line: Line) {
        guard self.outcomes.updateValue(line.outcome, forKey: line.job) == nil else { return }
        self.lines.append(line)
        self.isNew = false
        self.totals.merge(line.totals) { $0 + $1 }
    }
}
