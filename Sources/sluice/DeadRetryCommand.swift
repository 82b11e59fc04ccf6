import AMQP
import ArgumentParser
import Desk
import Foundation
import Operations

/// Sends letters again.
struct DeadRetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Send letters again: as new runs of their jobs, finished steps kept.",
        discussion: """
            Example: sluice dead retry 12, or sluice dead retry --code credentials-rejected --yes

            Numbers are sent at once. A filter first says how many letters it would touch, and sends them with --yes; --all \
            takes every letter that waits. A letter then awaits the job's result, and is resolved by it; should the job die \
            again, that is a new letter. A notification goes to the notifier, which tells whoever was not told yet; it is \
            resolved with that. What is decided stays decided: should this command be cut off, `sluice desk` sends the rest.

            --dry-run says what would be sent and what would stay, also of numbers.

            --json prints an object: action, done, letters, operation, skipped (letter, reason) and waiting.
            """
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var choice: DecisionOptions
    @Option(help: "How many letters a second are sent, 1 to 1000.")
    var rate = 100
    @Option(help: "Have the workers leave them alone for so long: 90s, 30m, 2h.")
    var after: String?
    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard (1...1_000).contains(self.rate) else { throw ValidationError("--rate must be from 1 to 1000") }
    }

    func run() async throws {
        let filter = try self.choice.chosen()
        let delay = try self.after.map { try TimeWords.span($0) }
        let settings = try await self.common.settings()
        let store = try settings.desk()
        _ = try await store.count(.send, filter, self.choice.filter.doubts)
        let order = RetryOrder(filter: filter, cap: self.choice.cap, rate: self.rate, delay: delay)
        guard self.choice.isConfirmed else {
            return try self.rehearsed(try await store.asking { try await $0.rehearse(order, now: Date()) })
        }
        let start = Date()
        let receipt = try await store.asking {
            try await $0.retry(order, by: self.choice.decider.decider, now: start)
        }
        let waiting = try await OutboxErrand(store: store, json: self.json).send(receipt, settings)
        let returned = try await store.asking { try await $0.returned(since: start) }
        if self.json { try Terminal.say(json: DecisionReport.done("retry", receipt, waiting: waiting)) }
        try self.report(receipt, waiting: waiting, returned: returned)
    }

    private func rehearsed(_ receipt: Receipt) throws {
        if self.json {
            let report = DecisionReport.planned("retry", receipt.count, skipped: receipt.skipped)
            return try Terminal.say(json: report)
        }
        let letters = CountWords.letters(receipt.count)
        Terminal.say("\(letters) would be sent again, \(self.rate) a second; \(self.choice.confirmation)")
        receipt.stays("would stay").forEach { Terminal.say($0) }
    }

    private func report(_ receipt: Receipt, waiting: Int, returned: [Receipt.Skipped]) throws {
        if !self.json {
            let sent = receipt.count - waiting - returned.count
            if sent > 0 { Terminal.say("\(CountWords.lettersWere(sent)) sent again") }
            self.sayWhatFollows(jobs: sent - receipt.notifications, notifications: receipt.notifications)
            receipt.stays("stays").forEach { Terminal.say($0) }
        }
        if let first = returned.first {
            throw CommandFailure.failed(
                "\(CountWords.letters(returned.count)) came back, as letter \(first.letter): \(first.reason); "
                    + "run `sluice topology apply` and retry"
            )
        }
        if receipt.count == 0 { throw CommandFailure.failed("no letter was sent; the reasons are above") }
    }

    private func sayWhatFollows(jobs: Int, notifications: Int) {
        if jobs > 0 {
            let words = jobs == 1 ? "1 awaits its result" : "\(jobs) await their results"
            Terminal.say("\(words): `sluice dead list --state awaiting`")
        }
        if notifications > 0 {
            let verb = notifications == 1 ? "is" : "are"
            let words = "\(CountWords.notifications(notifications)) \(verb) with the notifier"
            Terminal.say("\(words); what it cannot deliver comes back as a new letter")
        }
    }
}

/// Brings a decision's messages to the broker, or watches the desk do it.
struct OutboxErrand {
    /// How often it looks whether there is more to send.
    private static let interval = Duration.milliseconds(100)

    let store: DeskStore
    let json: Bool

    /// Sends until nothing of the decision is left; gives how many messages are.
    func send(_ receipt: Receipt, _ settings: Settings) async throws -> Int {
        guard receipt.count > 0 else { return 0 }
        let sender = ReplaySender(store: self.store, mark: try DeskCommand.mark(), now: { Date() })
        do {
            let connection = try await settings.connect(name: "sluice dead")
            var left = receipt.count
            while left > 0 {
                if case .sent = try await sender.round(on: connection) {
                } else {
                    try await Task.sleep(for: Self.interval)
                }
                left = try await self.store.unsentCount(of: receipt.operation)
                if Terminal.isInteractive, !self.json {
                    Terminal.redraw(NewsLine.bar(receipt.count - left, of: receipt.count))
                }
            }
            if Terminal.isInteractive, !self.json { Terminal.redraw("") }
            try await sender.release()
            await connection.close()
            return 0
        } catch {
            let left = (try? await self.store.unsentCount(of: receipt.operation)) ?? receipt.count
            let reason = (error as? CommandFailure)?.sentence ?? "\(error)"
            Terminal.complain(
                "decided on and waiting for `sluice desk` to be sent: \(CountWords.letters(left)); \(reason)"
            )
            return left
        }
    }
}
