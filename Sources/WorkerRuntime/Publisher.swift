import AMQP
import JobModel
import JobQueue
import Ledger
import Logging

/// Sends what the ledger's outbox holds, over whichever connection the worker has at the time.
///
/// A message is sent until the broker has confirmed it; a lost connection only means waiting for the next one. What was
/// sent twice carries the same id, so that readers see it once.
actor Publisher {
    /// How long it waits after a refusal (nack, no queue bound, no such exchange) before it tries again; doubled up to `pauseMax`.
    private static let pause = Duration.milliseconds(500)
    private static let pauseMax = Duration.seconds(30)
    /// How many leftovers are read at once after a restart.
    private static let leftoversPerRead = 500

    private let ledger: Ledger
    private let logger: Logger
    private var connection: Connection?
    private(set) var load = OutboxLoad()
    private let closed = Signal()
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(ledger: Ledger, logger: Logger) {
        self.ledger = ledger
        self.logger = logger
    }

    /// Uses another connection from now on; nil while there is none.
    func use(_ connection: Connection?) {
        self.connection = connection
        self.wakeAll()
    }

    /// Gives up: whatever is still unsent stays in the outbox for the next start.
    func close() {
        self.closed.fire()
        self.wakeAll()
    }

    /// Sends rows in their order, all at once, and takes them out of the outbox as they are confirmed.
    ///
    /// False when it was closed before all were confirmed.
    func send(_ rows: [OutboxRow]) async -> Bool {
        let messages = rows.map(\.message)
        self.load.add(messages)
        defer { self.load.remove(messages) }
        var left = rows
        var pause = Self.pause
        while !left.isEmpty {
            guard let connection = await self.nextConnection() else { return false }
            let failures = await connection.publish(left.map(\.message))
            self.ledger.forget(zip(left, failures).filter { $1 == nil }.map(\.0))
            left = zip(left, failures).filter { $1 != nil }.map(\.0)
            guard let error = failures.lazy.compactMap({ $0 }).first, let message = left.first?.message else { break }
            self.logger.warning(
                "a message was not taken by the broker and is sent again",
                metadata: ["exchange": "\(message.exchange)", "reason": "\(error)"]
            )
            // A refusal of another message may have cost this one its channel: that says nothing of the connection.
            if connection.hasEnded {
                if self.connection === connection { self.connection = nil }
            } else {
                await self.closed.wait(atMost: pause)
                pause = min(pause * 2, Self.pauseMax)
            }
        }
        return true
    }

    /// Sends what an earlier life of this worker left in the outbox; false when it was cut short.
    func sendLeftovers() async throws(LedgerError) -> Bool {
        var last: Int64 = 0
        while true {
            let rows = try await self.ledger.unsent(after: last, limit: Self.leftoversPerRead)
            guard let newest = rows.last else { return true }
            guard await self.send(rows) else { return false }
            last = newest.number
        }
    }

    private func nextConnection() async -> Connection? {
        while !self.closed.hasFired, !Task.isCancelled {
            if let connection { return connection }
            await withCheckedContinuation { self.waiting.append($0) }
        }
        return nil
    }

    private func wakeAll() {
        let woken = self.waiting
        self.waiting = []
        for continuation in woken { continuation.resume() }
    }
}
