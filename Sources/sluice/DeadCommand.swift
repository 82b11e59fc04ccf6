import ArgumentParser
import Desk
import Foundation
import JobModel

/// Dead letters: look, decide, move.
struct DeadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead",
        abstract: "Look at dead letters and decide about them.",
        discussion: """
            Example: sluice dead list, then sluice dead show 12, then sluice dead retry 12

            Works on the database of `sluice desk` (desk.path), on the host that runs it. `list` groups what waits; `show` \
            says why a letter died and which command mends it. Everything that changes something is in `sluice dead audit`.
            """,
        subcommands: [
            DeadListCommand.self, DeadShowCommand.self, DeadRetryCommand.self, DeadEditCommand.self,
            DeadDiscardCommand.self, DeadRestoreCommand.self, DeadNoteCommand.self, DeadExportCommand.self,
            DeadImportCommand.self, DeadAuditCommand.self,
        ]
    )
}

/// What narrows a set of letters down.
struct FilterOptions: ParsableArguments {
    @Option(help: "Only this job type.")
    var type: String?
    @Option(help: "Only this tenant.")
    var tenant: String?
    @Option(help: "Only this problem code.")
    var code: String?
    @Option(help: "Only what died since: 30m, 2h, 3d, or an RFC 3339 time.")
    var since: String?
    @Option(help: "Only what has this text in its detail, job id or body.")
    var text: String?

    /// What nothing can match, in words: a mistyped code or type.
    var doubts: [String] {
        let types = JobType.allCases.map(\.rawValue) + [Letter.notificationType, Letter.unreadableType]
        let code = self.code.flatMap { ProblemCode(rawValue: $0) == nil ? $0 : nil }
        let type = self.type.flatMap { types.contains($0) || $0.contains(".") ? nil : $0 }
        return [
            code.map { "there is no problem code \($0), `sluice explain` lists them" },
            type.map { "there is no job type \($0), known are \(types.joined(separator: ", "))" },
        ].compactMap { $0 }
    }

    func filter(_ numbers: [Int64] = [], states: [LetterState] = []) throws -> LetterFilter {
        LetterFilter(
            type: self.type,
            tenant: self.tenant?.lowercased(),
            code: self.code,
            since: try self.since.map { try TimeWords.moment($0, now: Date()) },
            text: self.text,
            numbers: numbers,
            states: states
        )
    }
}

/// Which letters a decision is about, and who decides.
struct DecisionOptions: ParsableArguments {
    @Argument(help: "Numbers of letters, as `list --letters` shows them.")
    var letters: [Int64] = []
    @OptionGroup var filter: FilterOptions
    @Flag(help: "Really all of them: needed when neither numbers nor a filter are given.")
    var all = false
    @Flag(help: "Do it; without it a filter only says how many letters it would touch.")
    var yes = false
    @Flag(help: "Only say what would be touched, also of numbers.")
    var dryRun = false
    @Option(help: "The most letters that may be touched; more is refused.")
    var cap = 1_000
    @OptionGroup var decider: DeciderOptions

    func validate() throws {
        guard (1...100_000).contains(self.cap) else { throw ValidationError("--cap must be from 1 to 100000") }
        guard !(self.yes && self.dryRun) else { throw ValidationError("--yes and --dry-run contradict each other") }
    }

    /// The letters that are meant; refuses to guess.
    func chosen() throws -> LetterFilter {
        let filter = try self.filter.filter(self.letters)
        guard filter.isNarrow || self.all else {
            throw CommandFailure.misuse("say which letters: numbers, a filter such as --code, or --all")
        }
        return filter
    }

    /// Whether it is to be done now: numbers are meant as typed, a filter wants --yes.
    var isConfirmed: Bool { !self.dryRun && (self.yes || !self.letters.isEmpty) }
    /// How to have it done that was only tried.
    var confirmation: String { self.letters.isEmpty ? "--yes does it" : "without --dry-run it is done" }
}

/// Who decides.
struct DeciderOptions: ParsableArguments {
    @Option(name: .customLong("as"), help: "Your name for the audit log; the login's by default.")
    var name: String?

    var decider: Operator {
        let environment = ProcessInfo.processInfo.environment
        let login = ["SUDO_USER", "USER", "LOGNAME"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
        return Operator(name: self.name ?? login ?? NSUserName())
    }
}

/// What a decision came to, as JSON.
struct DecisionReport: Encodable {
    let action: String
    let done: Bool
    let letters: Int
    let operation: Int64?
    let skipped: [Receipt.Skipped]
    let waiting: Int

    /// What would be touched.
    static func planned(_ action: String, _ count: Int, skipped: [Receipt.Skipped] = []) -> DecisionReport {
        DecisionReport(action: action, done: false, letters: count, operation: nil, skipped: skipped, waiting: 0)
    }

    /// What was done; `waiting` messages are not sent yet.
    static func done(_ action: String, _ receipt: Receipt, waiting: Int = 0) -> DecisionReport {
        DecisionReport(
            action: action,
            done: true,
            letters: receipt.count,
            operation: receipt.operation,
            skipped: receipt.skipped,
            waiting: waiting
        )
    }
}

extension DeskStore {
    /// Runs a query or a decision; a failure is one sentence.
    func asking<Value>(_ work: (DeskStore) async throws -> Value) async throws -> Value {
        do {
            return try await work(self)
        } catch let error as DeskError {
            throw CommandFailure.failed("\(error)")
        }
    }

    /// How many letters a decision would touch; says what else matches when it is none.
    func count(_ action: LetterAction, _ filter: LetterFilter, _ doubts: [String]) async throws -> Int {
        let found = try await self.asking { try await $0.plan(filter) }
        let count = LetterState.before(action).reduce(0) { $0 + (found[$1] ?? 0) }
        guard count == 0 else { return count }
        let others = found.filter { $0.value > 0 }.map { "\(CountWords.letters($0.value)) \($0.key.words($0.value))" }
            .sorted()
        throw CommandFailure.failed(
            others.isEmpty
                ? (["no letter matches"] + (doubts.isEmpty ? ["`sluice dead list` shows what there is"] : doubts))
                    .joined(separator: "; ")
                : "no letter that matches can be touched: \(others.joined(separator: ", "))"
        )
    }
}
