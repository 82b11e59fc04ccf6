import ArgumentParser
import Desk
import Foundation
import JobModel

/// One letter, explained.
struct DeadShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Say why a letter died, what it holds, and which command mends it.",
        discussion: """
            Example: sluice dead show 12

            Addresses and telling texts in the payload are cut; --reveal shows it whole. --json prints an object: letter, \
            state, type, code, tenant, job, attempt, replay, worker, died, filed, detail, explanation (title, cause, effect, \
            advice), commands, attempts (number, ended, worker, code), steps, headers, payload, notes, history (the job's \
            other letters), size (bytes of the message) and cutBytes (how many of them are not kept).
            """
    )

    @OptionGroup var common: CommonOptions
    @Argument(help: "The letter's number, or the job's id.")
    var letter: String
    @Flag(help: "Show the payload whole.")
    var reveal = false
    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let store = try await self.common.settings().desk()
        let number = try await self.number(in: store)
        let (letter, notes) = try await store.asking { try await $0.letter(number) }
        let history: [Letter] =
            if let job = letter.job { try await store.asking { try await $0.letters(ofJob: job) } } else { [] }
        let sheet = LetterSheet(letter, notes: notes, history: history, reveal: self.reveal)
        if self.json { try Terminal.say(json: sheet) } else { sheet.lines.forEach { Terminal.say($0) } }
    }

    /// A job's id stands for its newest letter.
    private func number(in store: DeskStore) async throws -> Int64 {
        if let number = Int64(self.letter) { return number }
        let letters = try await store.asking { try await $0.letters(ofJob: self.letter.lowercased()) }
        guard let last = letters.last else {
            throw CommandFailure.failed("there is no dead letter of job \(self.letter); `sluice dead list` shows them")
        }
        return last.number
    }
}

/// Everything that is shown of a letter.
struct LetterSheet: Encodable {
    struct Attempt: Encodable {
        let number: Int
        let ended: String
        let worker: String
        let code: String
    }

    struct Note: Encodable {
        let at: String
        let who: String
        let text: String
    }

    let letter: DeadListCommand.Line
    let worker: String?
    let filed: String
    let remark: String?
    let successor: String?
    let explanation: ProblemExplanation?
    let commands: [String]
    let attempts: [Attempt]
    let steps: String?
    let headers: [String: HeaderValue]
    let payload: String
    let notes: [Note]
    let history: [DeadListCommand.Line]
    let size: Int
    let cutBytes: Int
    private let words: String

    private enum CodingKeys: String, CodingKey {
        case letter, worker, filed, remark, successor, explanation, commands, attempts, steps, headers, payload, notes
        case history, size, cutBytes
    }

    init(_ letter: Letter, notes: [LetterNote], history: [Letter], reveal: Bool) {
        let memo = letter.memo
        self.letter = DeadListCommand.Line(letter)
        self.worker = letter.worker
        self.filed = Timestamp.text(letter.filed)
        self.remark = letter.remark
        self.successor = letter.successor
        self.explanation = letter.explanation
        self.commands = Mend.commands(for: letter, others: history)
        self.attempts = (memo?.attempts ?? []).map {
            Attempt(number: $0.number, ended: Timestamp.text($0.ended), worker: $0.worker, code: $0.code)
        }
        self.steps = memo?.steps
        self.headers = letter.headers
        self.payload = reveal ? Redaction.plain(letter.body) : Redaction.text(of: letter.body)
        self.notes = notes.map { Note(at: Timestamp.text($0.at), who: $0.who, text: $0.text) }
        self.history = history.filter { $0.number != letter.number }.map(DeadListCommand.Line.init)
        (self.size, self.cutBytes) = (letter.size, letter.cutBytes)
        self.words = letter.state.words
    }

    /// The sheet for a person.
    var lines: [String] { self.head + self.why + self.mend + self.past + self.content }

    private var head: [String] {
        let line = self.letter
        let of = line.tenant.isEmpty ? "" : " for tenant \(line.tenant)"
        let kept =
            "\(self.size) bytes; only the first \(self.size - self.cutBytes) are kept, and it cannot be sent from here"
        let news = [
            self.cutBytes > 0 ? "  size    \(kept)" : nil, self.remark.map { "  remark  \($0)" },
            self.successor.map { "  became  job \($0)" },
        ]
        return [
            "letter \(line.letter): \(line.type)\(of) \(self.words)", "  job     \(line.job ?? "cannot be read")",
            "  died    \(line.died) in attempt \(line.attempt) on \(self.worker ?? "the broker"), filed \(self.filed)",
        ] + news.compactMap { $0 }
    }

    private var why: [String] {
        let rows =
            self.explanation.map {
                ["\($0.code): \($0.title)"] + Paragraph.lines("  detail  ", self.letter.detail)
                    + Paragraph.lines("  cause   ", $0.cause) + Paragraph.lines("  effect  ", $0.effect)
                    + Paragraph.lines("  to do   ", $0.advice)
            } ?? ["\(self.letter.code): a code of another version"] + Paragraph.lines("  detail  ", self.letter.detail)
        return [""] + rows
    }

    private var mend: [String] {
        self.commands.isEmpty ? [] : ["", "mend it with"] + self.commands.map { "  \($0)" }
    }

    private var past: [String] {
        var lines: [String] = []
        if !self.attempts.isEmpty {
            var table = TextTable("  ATTEMPT", "ENDED", "WORKER", "PROBLEM")
            for attempt in self.attempts {
                table.add("  \(attempt.number)", attempt.ended, attempt.worker, attempt.code)
            }
            lines += ["", "attempts"] + table.lines
        }
        if let steps { lines += ["", "finished steps, kept when it is sent again", "  \(steps)"] }
        if !self.history.isEmpty {
            lines += ["", "other letters of the job"]
            lines += self.history.map { "  \($0.letter)  \($0.died)  \($0.code)  \($0.state)" }
        }
        if !self.notes.isEmpty {
            lines += ["", "notes"] + self.notes.map { "  \($0.at) \($0.who): \($0.text)" }
        }
        return lines
    }

    private var content: [String] {
        // The error's text is the detail above.
        let told = self.headers.filter { $0.key != "x-job-error-text" }
        let headers = told.sorted { $0.key < $1.key }.map { name, value in
            switch value {
            case .number(let number): "  \(name) = \(number)"
            case .text(let text): "  \(name) = \(text)"
            }
        }
        let payload = self.payload.split(separator: "\n", omittingEmptySubsequences: false).map { "  \($0)" }
        return ["", "headers"] + headers + ["", "message"] + payload
    }
}
