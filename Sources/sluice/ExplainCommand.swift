import ArgumentParser
import Foundation
import JobModel

/// What a problem code means.
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say what a problem code means: cause, effect, and what to do.",
        discussion: """
            Example: sluice explain consent-missing

            Without a code it lists all of them. --json prints an array of objects with code, title, cause, effect and advice.
            """
    )

    @Argument(help: "The code, as results and dead letters carry it.")
    var code: String?
    @Flag(help: "Print JSON.")
    var json = false
    @Flag(help: "Print the page schemas/problems.md.")
    var markdown = false

    func run() throws {
        if self.markdown { return Terminal.say(page: String(ProblemExplanation.page.dropLast())) }
        let rows = try self.codes().map { ProblemExplanation($0) }
        if self.json { return try Terminal.say(json: rows) }
        guard self.code == nil else { return rows.forEach { Self.show($0) } }
        let width = rows.map(\.code.count).max() ?? 0
        for row in rows { Terminal.say(row.code.padding(toLength: width + 2, withPad: " ", startingAt: 0) + row.title) }
    }

    private func codes() throws -> [ProblemCode] {
        guard let code else { return ProblemCode.allCases }
        guard let known = ProblemCode(rawValue: code) else {
            throw CommandFailure.misuse("there is no problem code \(code); `sluice explain` lists them all")
        }
        return [known]
    }

    /// Four lines for a person.
    static func show(_ row: ProblemExplanation) {
        Terminal.say("\(row.code): \(row.title)")
        Terminal.say("  cause   \(row.cause)")
        Terminal.say("  effect  \(row.effect)")
        Terminal.say("  to do   \(row.advice)")
    }
}
