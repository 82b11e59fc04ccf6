import ArgumentParser
import Desk
import Foundation
import JobModel

/// Writes letters out.
struct DeadExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write letters as lines of JSON, messages whole.",
        discussion: """
            Example: sluice dead export --code internal-error > letters.ndjson

            Every letter is one line with all its members; the lines hold what the jobs hold, so keep them as you keep the \
            database. `sluice dead import` reads them on another desk.
            """
    )

    @OptionGroup var common: CommonOptions
    @Argument(help: "Numbers of letters; all that match the filter without them.")
    var letters: [Int64] = []
    @OptionGroup var filter: FilterOptions
    @OptionGroup var decider: DeciderOptions

    /// How many letters are read at once.
    private static let pageSize = 500

    func run() async throws {
        let filter = try self.filter.filter(self.letters)
        let store = try await self.common.settings().desk()
        var (count, last) = (0, Int64(0))
        while true {
            let page = try await store.asking { try await $0.page(filter, after: last, limit: Self.pageSize) }
            guard let end = page.last else { break }
            for letter in page { Terminal.say(jsonText: try LetterLine(letter).text()) }
            (count, last) = (count + page.count, end.number)
        }
        let total = count
        try await store.asking {
            try await $0.noteExport(filter, count: total, by: self.decider.decider, now: Date())
        }
        if total == 0 { throw CommandFailure.failed("no letter matches; `sluice dead list --state all` shows them") }
    }
}

/// Takes letters in.
struct DeadImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Take in letters that export wrote; known ones are passed over.",
        discussion: """
            Example: sluice dead import letters.ndjson

            What comes in waits for a decision. Lines that are no letters are named by number, and the rest goes in; the exit \
            status is then 1. Discard the letters where they came from, or two desks hold them. --json prints an object: \
            imported, known and corrupt (line numbers).
            """
    )

    @OptionGroup var common: CommonOptions
    @Argument(help: "The file, or - for standard input.")
    var file: String
    @OptionGroup var decider: DeciderOptions
    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let content =
            self.file == "-"
            ? FileHandle.standardInput.readDataToEndOfFile() : FileManager.default.contents(atPath: self.file)
        guard let content else { throw CommandFailure.misuse("cannot read the file \(self.file)") }
        let lines = content.split(separator: 0x0A, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        let store = try await self.common.settings().desk(creates: true)
        let report = try await store.asking {
            try await $0.take(lines: lines, by: self.decider.decider, now: Date())
        }
        if self.json {
            try Terminal.say(json: report)
        } else {
            Terminal.say("\(report.imported) letters came in, \(report.known) were known")
        }
        guard report.corrupt.isEmpty else {
            let numbers = report.corrupt.prefix(20).map(String.init).joined(separator: ", ")
            throw CommandFailure.failed("\(report.corrupt.count) lines are no letters and were left out: \(numbers)")
        }
    }
}

/// Who did what.
struct DeadAuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Show who decided what: the newest first.",
        discussion: """
            Example: sluice dead audit --limit 20

            --json prints an array of objects: operation, at, who, action, filter, count and reason.
            """
    )

    @OptionGroup var common: CommonOptions
    @Option(help: "How many lines at most.")
    var limit = 100
    @Flag(help: "Print JSON.")
    var json = false

    private struct Line: Encodable {
        let operation: Int64
        let at: String
        let who: String
        let action: String
        let filter: String
        let count: Int
        let reason: String?
    }

    func validate() throws {
        guard (1...100_000).contains(self.limit) else { throw ValidationError("--limit must be from 1 to 100000") }
    }

    func run() async throws {
        let store = try await self.common.settings().desk()
        let lines = try await store.asking { try await $0.audit(limit: self.limit) }.map {
            Line(
                operation: $0.number,
                at: Timestamp.text($0.at),
                who: $0.who,
                action: $0.action,
                filter: $0.filter,
                count: $0.count,
                reason: $0.reason
            )
        }
        if self.json { return try Terminal.say(json: lines) }
        guard !lines.isEmpty else { return Terminal.say("nobody has decided anything yet") }
        var table = TextTable("WHEN", "WHO", "ACTION", "LETTERS", "FILTER", "REASON")
        for line in lines {
            table.add(line.at, line.who, line.action, String(line.count), line.filter, line.reason ?? "")
        }
        table.show()
    }
}
