package import AMQP
package import Foundation
import JobModel
import JobQueue

/// Empties the desk's outbox into the broker: publish, wait for the confirms, mark.
///
/// Whoever dies in between leaves rows that are sent once more, under the same ids and as the same run of the job, so
/// that a worker's ledger and every reader take both for one.
package struct ReplaySender: Sendable {
    /// How many messages await their confirm at once.
    private static let batchMax = 100

    private let store: DeskStore
    private let mark: ProcessMark
    private let now: @Sendable () -> Date

    /// Sends for one process.
    package init(store: DeskStore, mark: ProcessMark, now: @escaping @Sendable () -> Date) {
        self.store = store
        self.mark = mark
        self.now = now
    }

    /// What one round came to.
    package enum Round: Sendable, Equatable {
        /// So many messages were settled; there may be more.
        case sent(Int)
        /// Nothing is due.
        case idle
        /// Another process sends.
        case busy
    }

    /// Sends what is due, one batch; fails when the connection is lost, or the database cannot be used.
    package func round(on connection: Connection) async throws -> Round {
        let rows = try await self.store.due(now: self.now(), limit: Self.batchMax)
        guard !rows.isEmpty else { return .idle }
        guard try await self.store.claimSending(self.mark) else { return .busy }
        let failures = await connection.publish(rows.map(\.message))
        let outcomes = zip(rows, failures)
        let returned = outcomes.compactMap { row, failure in
            failure.flatMap { Self.isFinal($0) ? (row: row, reason: "not taken: \($0.reason)") : nil }
        }
        try await self.store.settle(
            sent: outcomes.filter { $1 == nil }.map(\.0),
            returned: returned,
            now: self.now()
        )
        if let failure = failures.lazy.compactMap({ $0 }).first(where: { !Self.isFinal($0) }) { throw failure }
        return .sent(rows.count)
    }

    /// Lets another process send.
    package func release() async throws(DeskError) { try await self.store.releaseSending(self.mark) }

    /// Whether trying again cannot help until somebody mends the topology or the message.
    private static func isFinal(_ error: AMQPError) -> Bool { error.code == .unroutable || error.code == .invalid }
}
