import DatabaseFile
import Foundation
import GRDB
package import JobModel

/// What this host knows of its jobs, and what it has decided to send: SQLite with write-ahead log, synchronous = FULL.
///
/// The ledger makes redelivery cheap and a crash harmless on one host. Correctness never depends on it: a host that never
/// saw a job converges from what stands in the tenant.
///
///     let ledger = try Ledger(path: "/var/lib/sluice/ledger.sqlite")
///     try await ledger.begin(entry)                                  // the attempt is on disk before any effect
///     let rows = try await ledger.record(entry, sending: messages)   // outcome and outbox in one commit
///     // publish rows, wait for the confirms …
///     try await ledger.sent(rows)                                    // … and forget them
package final class Ledger: Sendable {
    /// The file's own name, eight hexadecimal digits drawn when it was made: who numbers events here.
    package let name: String
    let path: String
    private let pool: DatabasePool
    private let commits: GroupCommit
    private let entries: EntryReads
    private let ownership: FileOwnership?

    /// Opens the file, makes it where it is missing, and migrates it.
    ///
    /// A worker is its owner, of which a file has one at a time; whoever only looks into it is not. Fails with `cannotOpen`,
    /// `tooNew` for a file of a later version, or `taken` for an owner where another has it.
    package init(path: String, isOwner: Bool = false) throws(LedgerError) {
        self.path = path
        self.ownership = isOwner ? try .own(path, setting: "ledger.path", service: "worker") : nil
        do {
            self.pool = try DatabaseFile.open(path)
        } catch {
            throw LedgerError(.cannotOpen, path: path, underlying: error)
        }
        self.commits = GroupCommit(pool: self.pool)
        self.entries = EntryReads(pool: self.pool)
        try Self.migrate(self.pool)
        if isOwner { DatabaseFile.letShrink(self.pool) }
        self.name = try Self.name(in: self.pool)
    }

    private static func name(in pool: DatabasePool) throws(LedgerError) -> String {
        do {
            return try pool.read { db in try String.fetchOne(db, sql: "SELECT name FROM identity") ?? "" }
        } catch {
            throw LedgerError(.cannotRead, path: pool.path, underlying: error)
        }
    }

    private static func migrate(_ pool: DatabasePool) throws(LedgerError) {
        do {
            let migrator = LedgerSchema.migrator
            guard try !pool.read(migrator.hasBeenSuperseded) else {
                throw LedgerError(code: .tooNew, path: pool.path, reason: "")
            }
            try migrator.migrate(pool)
        } catch let error as LedgerError {
            throw error
        } catch {
            throw LedgerError(.cannotOpen, path: pool.path, underlying: error)
        }
    }

    /// The row of a run; nil when this host has never seen it.
    ///
    /// What is asked for at once is read in one transaction.
    package func entry(of run: JobRun) async throws(LedgerError) -> LedgerEntry? {
        try await self.entries.entry(of: run)
    }

    /// How many transactions held writes of jobs since it was opened, and how many writes those were.
    package var commitFigures: CommitFigures { self.commits.figures }

    /// Writes the row of a run and the messages that follow from it, in one commit.
    ///
    /// The state of a run only goes forward: a row that is final stays as it is, and then nothing is sent either.
    /// Returns the outbox rows.
    package func record(
        _ entry: LedgerEntry,
        sending messages: [OutboundMessage]
    ) async throws(LedgerError) -> [OutboxRow] {
        let numbers = try await self.commits.perform { db in
            guard try entry.upsert(in: db) else { return [] }
            try RecordEntry.append(messages, of: entry.run, in: db)
            return try messages.map { try $0.insert(in: db, of: entry.run) }
        }
        return zip(numbers, messages).map { OutboxRow(number: $0, message: $1) }
    }

    /// Writes messages that belong to no job, such as the dead letter of a message that is none.
    package func record(sending messages: [OutboundMessage]) async throws(LedgerError) -> [OutboxRow] {
        let numbers = try await self.commits.perform { db in try messages.map { try $0.insert(in: db, of: nil) } }
        return zip(numbers, messages).map { OutboxRow(number: $0, message: $1) }
    }

    /// Takes confirmed messages out of the outbox with the next transaction, without waiting for it.
    ///
    /// Where nothing else is written that is some milliseconds later. A crash before that one sends them once more, under the same ids; one that fails leaves them to its successor.
    package func forget(_ rows: [OutboxRow]) { self.commits.forget(rows.map(\.number)) }

    /// Waits until everything asked for so far is on disk: the last thing before the program ends.
    package func flush() async throws(LedgerError) { _ = try await self.commits.perform { _ in [] } }

    /// Takes confirmed messages out of the outbox, and waits until that is on disk.
    package func sent(_ rows: [OutboxRow]) async throws(LedgerError) {
        guard !rows.isEmpty else { return }
        _ = try await self.commits.perform { db in
            try OutboxRow.delete(rows.map(\.number), in: db)
            return []
        }
    }

    /// The oldest messages that are not confirmed yet, after a number, at most `limit`.
    package func unsent(after number: Int64, limit: Int) async throws(LedgerError) -> [OutboxRow] {
        try await self.read { db in
            try Row.fetchAll(
                db,
                sql: "SELECT * FROM outbox WHERE number > ? ORDER BY number LIMIT ?",
                arguments: [number, limit]
            ).map(OutboxRow.init(row:))
        }
    }

    /// The messages of a run that are not confirmed yet.
    package func unsent(of run: JobRun) async throws(LedgerError) -> [OutboxRow] {
        try await self.read { db in
            try Row.fetchAll(
                db,
                sql: "SELECT * FROM outbox WHERE job = ? AND replay = ? ORDER BY number",
                arguments: [run.job.blob, run.replay]
            ).map(OutboxRow.init(row:))
        }
    }

    /// Keeps an order for the lives to come; a type that is taken up again is no longer paused.
    package func remember(_ order: ControlOrder) async throws(LedgerError) {
        _ = try await self.commits.perform { db in
            try order.write(in: db)
            return []
        }
    }

    /// The orders that still stand, oldest first.
    package func standingOrders() async throws(LedgerError) -> [ControlOrder] {
        try await self.read { db in try ControlOrder.standing(in: db) }
    }

    /// How many messages wait for the broker.
    package func unsentCount() async throws(LedgerError) -> Int {
        try await self.read { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM outbox") ?? 0 }
    }

    /// Writes with the next transaction; gives the numbers that the statements made or found.
    func write(_ body: @escaping @Sendable (Database) throws -> [Int64]) async throws(LedgerError) -> [Int64] {
        try await self.commits.perform(body)
    }

    func read<Value: Sendable>(
        _ query: @escaping @Sendable (Database) throws -> Value
    ) async throws(LedgerError) -> Value {
        do {
            return try await self.pool.read(query)
        } catch {
            throw LedgerError(.cannotRead, path: self.pool.path, underlying: error)
        }
    }
}
