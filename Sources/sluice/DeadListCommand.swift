import ArgumentParser
import Desk
import Foundation
import JobModel

/// What there is.
struct DeadListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Show dead letters, grouped by job type, problem and tenant.",
        discussion: """
            Example: sluice dead list --since 2h, or sluice dead list --letters --code internal-error

            Shows what waits for a decision; --state shows what was decided: leaving, awaiting (sent again, result not in), \
            resolved, discarded, or all. --letters shows single letters with their numbers.

            --json prints an object with counts (letters by state) and groups (type, code, tenant, count, oldest, newest), or \
            with --letters an array of objects (letter, state, type, code, tenant, job, attempt, replay, died, detail).
            """
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var filter: FilterOptions
    @Option(help: "held, leaving, awaiting, resolved, discarded or all.")
    var state = "held"
    @Flag(help: "Show single letters.")
    var letters = false
    @Option(help: "How many letters at most, with --letters.")
    var limit = 100
    @Flag(help: "Print JSON.")
    var json = false

    private struct Group: Encodable {
        let type: String
        let code: String
        let tenant: String
        let count: Int
        let oldest: String
        let newest: String
    }

    private struct Report: Encodable {
        let counts: [String: Int]
        let groups: [Group]
    }

    struct Line: Encodable {
        let letter: Int64
        let state: String
        let type: String
        let code: String
        let tenant: String
        let job: String?
        let attempt: Int
        let replay: Int
        let died: String
        let detail: String

        init(_ letter: Letter) {
            self.letter = letter.number
            self.state = letter.state.rawValue
            self.type = letter.type
            self.code = letter.code
            self.tenant = letter.tenant
            self.job = letter.job
            self.attempt = letter.attempt
            self.replay = letter.replay
            self.died = Timestamp.text(letter.died)
            self.detail = letter.detail
        }
    }

    /// How much of a detail stands in a list, in characters; `show` has it whole.
    private static let detailLengthMax = 80

    func validate() throws {
        guard (1...100_000).contains(self.limit) else { throw ValidationError("--limit must be from 1 to 100000") }
    }

    func run() async throws {
        let states = try self.states()
        let filter = try self.filter.filter(states: states)
        let store = try await self.common.settings().desk()
        if self.letters {
            let letters = try await store.asking { try await $0.letters(filter, limit: self.limit) }
            return try self.show(letters)
        }
        let groups = try await store.asking { try await $0.groups(filter) }
        let counts = try await store.asking { try await $0.counts() }
        try self.show(groups, counts)
    }

    private func states() throws -> [LetterState] {
        if self.state == "all" { return LetterState.allCases }
        guard let state = LetterState(rawValue: self.state) else {
            let known = LetterState.allCases.map(\.rawValue).joined(separator: ", ")
            throw CommandFailure.misuse("there is no state \(self.state); known are \(known) and all")
        }
        return [state]
    }

    private func show(_ groups: [LetterGroup], _ counts: [LetterState: Int]) throws {
        if self.json {
            let counted = counts.map { ($0.key.rawValue, $0.value) }
            return try Terminal.say(
                json: Report(
                    counts: Dictionary(uniqueKeysWithValues: counted),
                    groups: groups.map {
                        Group(
                            type: $0.type,
                            code: $0.code,
                            tenant: $0.tenant,
                            count: $0.count,
                            oldest: Timestamp.text($0.oldest),
                            newest: Timestamp.text($0.newest)
                        )
                    }
                )
            )
        }
        var table = TextTable("LETTERS", "JOB TYPE", "PROBLEM", "TENANT", "OLDEST", "NEWEST", "WHAT HAPPENED")
        let now = Date()
        for group in groups {
            table.add(
                String(group.count),
                group.type,
                group.code,
                group.tenant.isEmpty ? "-" : group.tenant,
                TimeWords.age(group.oldest, now: now),
                TimeWords.age(group.newest, now: now),
                ProblemCode(rawValue: group.code)?.title ?? ""
            )
        }
        if groups.isEmpty { self.sayNone() } else { table.show() }
        let others = counts.filter { $0.value > 0 }.map { "\($0.value) \($0.key.rawValue)" }.sorted()
        Terminal.say("in all: \(others.isEmpty ? "none" : others.joined(separator: ", "))")
        if !groups.isEmpty { Terminal.say("next: sluice dead list --letters, sluice dead show NUMBER") }
    }

    private func show(_ letters: [Letter]) throws {
        if self.json { return try Terminal.say(json: letters.map(Line.init)) }
        guard !letters.isEmpty else { return self.sayNone() }
        var table = TextTable("LETTER", "STATE", "JOB TYPE", "PROBLEM", "TENANT", "JOB", "AGE", "DETAIL")
        let now = Date()
        for letter in letters {
            table.add(
                String(letter.number),
                letter.state.rawValue,
                letter.type,
                letter.code,
                letter.tenant.isEmpty ? "-" : letter.tenant,
                letter.job ?? "-",
                TimeWords.age(letter.died, now: now),
                Self.short(letter.detail)
            )
        }
        table.show()
        if letters.count == self.limit { Terminal.say("the newest \(self.limit); --limit shows more") }
    }

    private func sayNone() {
        let isNarrow = (try? self.filter.filter().isNarrow) ?? true
        let words = self.state == "held" && !isNarrow ? "no dead letter waits for a decision" : "no dead letter matches"
        Terminal.say(([words] + self.filter.doubts).joined(separator: "; "))
    }

    private static func short(_ detail: String) -> String {
        let line = detail.split(whereSeparator: \.isNewline).joined(separator: " ")
        return line.count > self.detailLengthMax ? "\(line.prefix(self.detailLengthMax - 1))…" : line
    }
}
