import AMQP
import ArgumentParser
import Foundation
import JobModel
import Ledger
import Operations

/// What this host knows of its jobs.
struct JobsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs",
        abstract: "Look into this host's ledger: jobs, their course, and the record of what they did.",
        discussion: """
            Example: sluice jobs list --state dead, then sluice jobs show 0190c7a2-3b1e-7c5d-9a61-0f4b6f0d2a11

            A job that ran on several hosts is in the ledger of each, with the part that ran there.
            """,
        subcommands: [JobsListCommand.self, JobsShowCommand.self, JobsExportCommand.self, JobsVerifyCommand.self]
    )
}

extension Settings {
    /// Opens the ledger to look into it; it has to be there.
    func existingLedger() throws -> Ledger {
        let path = try self.required(.ledgerPath)
        guard FileManager.default.fileExists(atPath: path) else {
            throw CommandFailure.failed("there is no ledger \(path); a worker makes it on the host it runs on")
        }
        do {
            return try Ledger(path: path)
        } catch {
            throw CommandFailure.failed("\(error)")
        }
    }
}

extension Ledger {
    /// Runs a query; a failure is one sentence.
    fileprivate func asking<Value>(_ query: (Ledger) async throws -> Value) async throws -> Value {
        do {
            return try await query(self)
        } catch let error as LedgerError {
            throw CommandFailure.failed("\(error)")
        }
    }
}

/// The jobs of this host.
struct JobsListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Show the jobs this host has seen, the last begun first.",
        discussion: """
            Example: sluice jobs list --type connect-tenant --since 2h

            --json prints an array of objects: job, replay, type, tenant, state, attempt, round, problem, detail, since and \
            changed.
            """
    )

    @OptionGroup var common: CommonOptions
    @Option(help: "Only this job type.")
    var type: String?
    @Option(help: "Only this tenant.")
    var tenant: String?
    @Option(help: "Only running, waiting, succeeded, failed, cancelled or dead ones.")
    var state: String?
    @Option(help: "Only what changed since: 30m, 2h, 3d, or an RFC 3339 time.")
    var since: String?
    @Option(help: "How many at most, 1 to 100000.")
    var limit = 50
    @Flag(help: "Print JSON.")
    var json = false

    struct Line: Encodable {
        let job: String
        let replay: Int
        let type: String
        let tenant: String
        let state: String
        let attempt: Int
        let round: Int
        let problem: String?
        let detail: String?
        let since: String
        let changed: String

        init(_ entry: LedgerEntry) {
            self.job = "\(entry.run.job)"
            self.replay = entry.run.replay
            self.type = entry.run.type.rawValue
            self.tenant = "\(entry.run.tenant)"
            self.state = entry.state.rawValue
            self.attempt = entry.attempt
            self.round = entry.round
            self.problem = entry.problem?.code.rawValue
            self.detail = entry.problem?.detail
            self.since = Timestamp.text(entry.since)
            self.changed = Timestamp.text(entry.changed)
        }
    }

    func validate() throws {
        guard (1...100_000).contains(self.limit) else { throw ValidationError("--limit must be from 1 to 100000") }
    }

    func run() async throws {
        let type = try self.type.map { text in
            guard let type = JobType(rawValue: text) else {
                let known = JobType.allCases.map(\.rawValue).joined(separator: ", ")
                throw CommandFailure.misuse("there is no job type \(text); known are \(known)")
            }
            return type
        }
        let tenant = try self.tenant.map { try TenantID(argument: $0) }
        let state = try self.state.map { text in
            guard let state = JobState(rawValue: text) else {
                let known = JobState.allCases.map(\.rawValue).joined(separator: ", ")
                throw CommandFailure.misuse("there is no state \(text); known are \(known)")
            }
            return state
        }
        let since = try self.since.map { try TimeWords.moment($0, now: Date()) }
        let ledger = try await self.common.settings().existingLedger()
        let entries = try await ledger.asking {
            try await $0.entries(type: type, tenant: tenant, state: state, since: since, limit: self.limit)
        }
        if self.json { return try Terminal.say(json: entries.map(Line.init)) }
        guard !entries.isEmpty else { return Terminal.say("no job matches") }
        self.show(entries)
    }

    private func show(_ entries: [LedgerEntry]) {
        var table = TextTable("JOB", "TYPE", "TENANT", "STATE", "ATTEMPT", "BEGUN", "CHANGED", "PROBLEM")
        let now = Date()
        for entry in entries {
            let run = entry.run.replay > 0 ? "\(entry.run.job).r\(entry.run.replay)" : "\(entry.run.job)"
            table.add(
                run,
                entry.run.type.rawValue,
                "\(entry.run.tenant)",
                entry.state.rawValue,
                String(entry.attempt),
                TimeWords.age(entry.since, now: now),
                TimeWords.age(entry.changed, now: now),
                entry.problem?.code.rawValue ?? ""
            )
        }
        table.show()
    }
}

extension TenantID {
    /// Reads a tenant as it is typed.
    fileprivate init(argument: String) throws {
        guard let tenant = TenantID(argument) else { throw CommandFailure.misuse("not a tenant GUID: \(argument)") }
        self = tenant
    }
}

/// One job's course.
struct JobsShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a job's course on this host as a timeline: steps, durations, what was changed.",
        discussion: """
            Example: sluice jobs show 0190c7a2-3b1e-7c5d-9a61-0f4b6f0d2a11

            --json prints an object: runs (as `jobs list`) and record, an array of the entries (position, time, type, message, \
            body, hash).
            """
    )

    @OptionGroup var common: CommonOptions
    @Argument(help: "The job's id.")
    var job: String
    @Flag(help: "Print JSON.")
    var json = false

    private struct Report: Encodable {
        struct Entry: Encodable {
            let position: Int
            let time: String
            let type: String
            let message: String
            let body: String
            let hash: String
        }

        let runs: [JobsListCommand.Line]
        let record: [Entry]
    }

    func run() async throws {
        guard let job = JobID(self.job) else { throw CommandFailure.misuse("\(self.job) is not a job id (a UUID)") }
        let ledger = try await self.common.settings().existingLedger()
        let runs = try await ledger.asking { try await $0.entries(of: job) }
        guard !runs.isEmpty else {
            throw CommandFailure.failed("this host has not seen job \(job); look on the host that its events name")
        }
        let record = try await ledger.asking { try await $0.record(of: job) }
        if self.json { return try Terminal.say(json: self.report(runs, record)) }
        for entry in runs { self.show(entry, record.filter { $0.replay == entry.run.replay }) }
    }

    private func report(_ runs: [LedgerEntry], _ record: [RecordEntry]) -> Report {
        Report(
            runs: runs.map(JobsListCommand.Line.init),
            record: record.map {
                Report.Entry(
                    position: $0.position,
                    time: Timestamp.text($0.time),
                    type: $0.type,
                    message: $0.message,
                    body: String(decoding: $0.body, as: UTF8.self),
                    hash: $0.hash
                )
            }
        )
    }

    private func show(_ entry: LedgerEntry, _ record: [RecordEntry]) {
        let run = entry.run.replay > 0 ? ", sent again (\(entry.run.replay))" : ""
        Terminal.say("job \(entry.run.job)\(run): \(entry.run.type.rawValue) for tenant \(entry.run.tenant)")
        Terminal.say("  \(entry.state.rawValue) in attempt \(entry.attempt), begun \(Timestamp.text(entry.since))")
        if let problem = entry.problem { Terminal.say("  \(problem.code.rawValue): \(problem.detail)") }
        var table = TextTable("  WHEN", "AFTER", "WHAT")
        var last = entry.since
        for event in record {
            table.add("  \(Timestamp.text(event.time))", Self.span(from: last, to: event.time), Self.words(event))
            last = event.time
        }
        if record.isEmpty {
            Terminal.say("  nothing is recorded of its course: it is a type without effects, or older than the record")
        } else {
            table.show()
        }
    }

    private static func span(from start: Date, to end: Date) -> String {
        let milliseconds = Int((end.timeIntervalSince(start) * 1_000).rounded())
        return milliseconds < 10_000 ? "\(max(0, milliseconds)) ms" : "\(milliseconds / 1_000) s"
    }

    private static func words(_ event: RecordEntry) -> String {
        let message = Message(body: event.body, properties: Properties(correlationID: "\(event.job)"))
        return JobNews(message).map { NewsLine.text($0.kind) } ?? event.type
    }
}
