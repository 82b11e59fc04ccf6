import ArgumentParser
import Desk
import Foundation
import JobModel

/// Gives letters up.
struct DeadDiscardCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "discard",
        abstract: "Give letters up, with a reason; they are kept and can be restored.",
        discussion: """
            Example: sluice dead discard 12 --reason "the console has sent the job again"

            A filter first says how many letters it would touch, and does it with --yes; --dry-run only says it. --json prints an object: action, \
            done, letters, operation and skipped.
            """
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var choice: DecisionOptions
    @Option(help: "Why, for whoever looks at it later.")
    var reason: String
    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard (1...500).contains(self.reason.count) else { throw ValidationError("--reason wants 1 to 500 characters") }
    }

    func run() async throws {
        let filter = try self.choice.chosen()
        let store = try await self.common.settings().desk()
        let count = try await store.count(.discard, filter, self.choice.filter.doubts)
        guard self.choice.isConfirmed else {
            return try Decided.say(.planned("discard", count), json: self.json, self.choice.confirmation)
        }
        let receipt = try await store.asking {
            try await $0.discard(
                filter,
                reason: self.reason,
                cap: self.choice.cap,
                by: self.choice.decider.decider,
                now: Date()
            )
        }
        try Decided.say("discard", receipt, json: self.json)
    }
}

/// Takes letters back.
struct DeadRestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Take letters back that were discarded, or whose result never came.",
        discussion: """
            Example: sluice dead restore 12

            They wait for a decision again. A filter first says how many letters it would touch, and does it with --yes. \
            --json prints an object: action, done, letters, operation and skipped.
            """
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var choice: DecisionOptions
    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let filter = try self.choice.chosen()
        let store = try await self.common.settings().desk()
        let count = try await store.count(.restore, filter, self.choice.filter.doubts)
        guard self.choice.isConfirmed else {
            return try Decided.say(.planned("restore", count), json: self.json, self.choice.confirmation)
        }
        let receipt = try await store.asking {
            try await $0.restore(filter, cap: self.choice.cap, by: self.choice.decider.decider, now: Date())
        }
        try Decided.say("restore", receipt, json: self.json)
    }
}

/// Notes something on a letter.
struct DeadNoteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "note",
        abstract: "Note something on a letter, for the next who looks at it.",
        discussion: "Example: sluice dead note 12 \"asked the customer, see ticket 4711\""
    )

    @OptionGroup var common: CommonOptions
    @Argument(help: "The letter's number.")
    var letter: Int64
    @Argument(help: "What to note, 1 to 1000 characters.")
    var text: String
    @OptionGroup var decider: DeciderOptions

    func validate() throws {
        guard (1...1_000).contains(self.text.count) else { throw ValidationError("a note has 1 to 1000 characters") }
    }

    func run() async throws {
        let store = try await self.common.settings().desk()
        try await store.asking {
            try await $0.note(self.letter, text: self.text, by: self.decider.decider, now: Date())
        }
        Terminal.say("noted on letter \(self.letter)")
    }
}

/// Sends a changed job in a letter's place.
struct DeadEditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "edit",
        abstract: "Send a changed job in a letter's place, under a new id; off unless desk.edit is on.",
        discussion: """
            Example: sluice dead edit 12 --data '{"customer":"contoso","claimedDomains":["contoso.com"]}'

            --data replaces the job's data, --body the whole message. What a worker would refuse is not sent. The letter \
            keeps its own message, and names the new job. --json prints an object: action, done, letters, operation, \
            skipped and waiting.
            """
    )

    @OptionGroup var common: CommonOptions
    @Argument(help: "The letter's number.")
    var letter: Int64
    @Option(help: "The new data: a JSON object, or the name of a file that holds one, or - for standard input.")
    var data: String?
    @Option(help: "The new message, likewise.")
    var body: String?
    @OptionGroup var decider: DeciderOptions
    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard (self.data == nil) != (self.body == nil) else { throw ValidationError("give either --data or --body") }
    }

    func run() async throws {
        let settings = try await self.common.settings()
        guard settings.text(.deskEdit) == "on" else {
            throw CommandFailure.failed("editing is off here; desk.edit: on allows it")
        }
        let store = try settings.desk()
        let id = JobID(UUID())
        let (data, body) = (try self.data.map { try Self.bytes($0) }, try self.body.map { try Self.bytes($0) })
        let receipt = try await store.asking {
            try await $0.edit(self.letter, data: data, body: body, id: id, by: self.decider.decider, now: Date())
        }
        let waiting = try await OutboxErrand(store: store, json: self.json).send(receipt, settings)
        if self.json { return try Terminal.say(json: DecisionReport.done("edit", receipt, waiting: waiting)) }
        Terminal.say("job \(id) takes the place of letter \(self.letter); `sluice watch \(id)`")
    }

    private static func bytes(_ argument: String) throws -> [UInt8] {
        if argument.first == "{" { return Array(argument.utf8) }
        if argument == "-" { return [UInt8](FileHandle.standardInput.readDataToEndOfFile()) }
        guard let content = FileManager.default.contents(atPath: argument) else {
            throw CommandFailure.misuse("neither a JSON object nor a file that can be read: \(argument)")
        }
        return [UInt8](content)
    }
}

/// What a decision came to, for a person or a program.
private enum Decided {
    static func say(_ action: String, _ receipt: Receipt, json: Bool) throws {
        if json { return try Terminal.say(json: DecisionReport.done(action, receipt)) }
        Terminal.say("\(action): \(CountWords.letters(receipt.count))")
        receipt.stays("stays").forEach { Terminal.say($0) }
    }

    static func say(_ report: DecisionReport, json: Bool, _ confirmation: String) throws {
        if json { return try Terminal.say(json: report) }
        Terminal.say("\(report.action) would touch \(CountWords.letters(report.letters)); \(confirmation)")
    }
}
