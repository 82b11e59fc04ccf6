import DatabaseFile
package import Foundation
import GRDB
import JobModel

/// The desk's database: SQLite with write-ahead log, synchronous = FULL, on the host the desk runs on.
///
/// The service and any number of commands have it open at once; every decision is one transaction.
///
///     let store = try DeskStore(path: "/var/lib/sluice/desk.sqlite", creates: true)
///     try await store.file([.letter(letter)])          // on disk before the delivery is acknowledged
///     let plan = try await store.plan(.send, filter)   // what a retry would touch
package final class DeskStore: Sendable {
    /// The file.
    package let path: String
    let pool: DatabasePool
    private let ownership: FileOwnership?

    /// Opens the file and migrates it; makes it where it is missing if `creates` says so.
    ///
    /// The service is its owner, of which a file has one at a time; commands are not. Fails with `missing`, `cannotOpen`,
    /// `locked`, `tooNew` for a file of a later version, or `taken` for an owner where another has it.
    package init(path: String, creates: Bool, isOwner: Bool = false) throws(DeskError) {
        guard creates || FileManager.default.fileExists(atPath: path) else { throw DeskError(.missing, path) }
        self.path = path
        self.ownership = isOwner ? try Self.own(path) : nil
        do {
            self.pool = try DatabaseFile.open(path)
            let migrator = DeskSchema.migrator
            guard try !self.pool.read(migrator.hasBeenSuperseded) else { throw DeskError(.tooNew, path) }
            try migrator.migrate(self.pool)
            if isOwner { DatabaseFile.letShrink(self.pool) }
        } catch let error as DeskError {
            throw error
        } catch {
            throw Self.failure(.cannotOpen, path, error)
        }
    }

    private static func own(_ path: String) throws(DeskError) -> FileOwnership {
        do {
            return try FileOwnership(of: path)
        } catch {
            throw DeskError(.taken, error.words(setting: "desk.path", service: "dead-letter service", path: path))
        }
    }

    static func failure(_ code: DeskError.Code, _ path: String, _ error: any Error) -> DeskError {
        guard let error = error as? DatabaseError else { return DeskError(code, "\(path): \(type(of: error))") }
        if error.resultCode == .SQLITE_BUSY || error.resultCode == .SQLITE_LOCKED { return DeskError(.locked, path) }
        return DeskError(code, "\(path): \(error.resultCode) \(error.message ?? "")")
    }

    func read<Value: Sendable>(
        _ query: @escaping @Sendable (Database) throws -> Value
    ) async throws(DeskError) -> Value {
        do {
            return try await self.pool.read(query)
        } catch let error as DeskError {
            throw error
        } catch {
            throw Self.failure(.cannotRead, self.path, error)
        }
    }

    /// Runs a transaction that holds the write lock from its first statement, so that what it reads stays true.
    func write<Value: Sendable>(
        _ change: @escaping @Sendable (Database) throws -> Value
    ) async throws(DeskError) -> Value {
        do {
            return try await self.pool.writeWithoutTransaction { db in
                var value: Value?
                try db.inTransaction(.immediate) {
                    value = try change(db)
                    return .commit
                }
                guard let value else { throw DatabaseError(resultCode: .SQLITE_ABORT) }
                return value
            }
        } catch let error as DeskError {
            throw error
        } catch {
            throw Self.failure(.cannotWrite, self.path, error)
        }
    }
}

/// What the desk's queues bring.
package enum Filing: Sendable {
    /// A dead letter.
    case letter(Letter)
    /// The result of a job that was sent again: which run, and how it ended.
    case answer(job: String, replay: Int, outcome: String)
    /// Something that is neither, and need not be kept.
    case nothing
}

extension DeskStore {
    /// Files what the queues brought, in one commit; gives how many letters were new.
    package func file(_ filings: [Filing], now: Date) async throws(DeskError) -> Int {
        try await self.write { db in
            var count = 0
            for filing in filings {
                switch filing {
                case .letter(let letter):
                    guard let number = try letter.insert(in: db) else { continue }
                    count += 1
                    // The run that this letter ends is over, and its own result may never come: the broker gives none.
                    guard let job = letter.job, letter.replay > 0, !letter.isNotification else { continue }
                    try Self.end(
                        job: job,
                        replay: letter.replay,
                        remark: "died again: letter \(number)",
                        now: now,
                        in: db
                    )
                case .answer(let job, let replay, let outcome):
                    try Self.end(job: job, replay: replay, remark: outcome, now: now, in: db)
                case .nothing: continue
                }
            }
            return count
        }
    }

    /// Resolves the letter that sent a run which has ended; a copy of it in the outbox need not be sent any more.
    private static func end(job: String, replay: Int, remark: String, now: Date, in db: Database) throws {
        let numbers = try Int64.fetchAll(
            db,
            sql: "SELECT number FROM letter WHERE job = ? AND state IN ('leaving', 'awaiting') AND sent = ?",
            arguments: [job, replay]
        )
        for number in numbers where try Letter.move(number, by: .answered, at: now, remark: remark, in: db) {
            try db.execute(sql: "DELETE FROM outbox WHERE letter = ?", arguments: [number])
        }
    }

    /// The letter of a number, with its notes.
    package func letter(_ number: Int64) async throws(DeskError) -> (letter: Letter, notes: [LetterNote]) {
        try await self.read { db in
            guard let row = try Row.fetchOne(db, sql: "SELECT * FROM letter WHERE number = ?", arguments: [number])
            else { throw DeskError(.unknownLetter, "\(number)") }
            return (try Letter(row: row), try Self.notes(of: number, in: db))
        }
    }

    /// Every letter of a job, in the order in which it died.
    package func letters(ofJob job: String) async throws(DeskError) -> [Letter] {
        try await self.read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM letter WHERE job = ? ORDER BY died, number", arguments: [job])
                .map(Letter.init(row:))
        }
    }

    /// Letters that match, the newest first; at most `limit`.
    package func letters(_ filter: LetterFilter, limit: Int) async throws(DeskError) -> [Letter] {
        let (condition, arguments) = filter.condition
        return try await self.read { db in
            try Row.fetchAll(
                db,
                sql: "SELECT * FROM letter WHERE \(condition) ORDER BY died DESC, number DESC LIMIT \(limit)",
                arguments: arguments
            ).map(Letter.init(row:))
        }
    }

    /// Letters that match by their numbers, after a number, at most `limit`.
    package func page(_ filter: LetterFilter, after number: Int64, limit: Int) async throws(DeskError) -> [Letter] {
        let (condition, arguments) = filter.condition
        return try await self.read { db in
            try Row.fetchAll(
                db,
                sql: "SELECT * FROM letter WHERE \(condition) AND number > \(number) ORDER BY number LIMIT \(limit)",
                arguments: arguments
            ).map(Letter.init(row:))
        }
    }

    /// The letters that match, counted by type, code and tenant; the largest group first.
    package func groups(_ filter: LetterFilter) async throws(DeskError) -> [LetterGroup] {
        let (sql, arguments) = Self.groupsQuery(filter)
        return try await self.read { db in
            try Row.fetchAll(db, sql: sql, arguments: arguments).map { row in
                LetterGroup(
                    type: row["type"],
                    code: row["code"],
                    tenant: row["tenant"],
                    count: row["count"],
                    oldest: Date(milliseconds: row["oldest"]),
                    newest: Date(milliseconds: row["newest"])
                )
            }
        }
    }

    /// How SQLite goes about a list of groups: its query plan, a line a step.
    package func groupsPlan(_ filter: LetterFilter) async throws(DeskError) -> [String] {
        let (sql, arguments) = Self.groupsQuery(filter)
        return try await self.read { db in
            try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN \(sql)", arguments: arguments).map { $0["detail"] }
        }
    }

    private static func groupsQuery(_ filter: LetterFilter) -> (sql: String, arguments: StatementArguments) {
        let (condition, arguments) = filter.condition
        let sql = """
            SELECT type, code, tenant, count(*) AS count, min(died) AS oldest, max(died) AS newest
            FROM letter WHERE \(condition) GROUP BY type, code, tenant ORDER BY count DESC, type, code, tenant
            """
        return (sql, arguments)
    }

    /// How many letters stand where.
    package func counts() async throws(DeskError) -> [LetterState: Int] {
        try await self.read { db in
            let rows = try Row.fetchAll(db, sql: "SELECT state, count(*) AS count FROM letter GROUP BY state")
            let pairs = rows.compactMap { row -> (LetterState, Int)? in
                LetterState(rawValue: row["state"]).map { ($0, row["count"]) }
            }
            return Dictionary(uniqueKeysWithValues: pairs)
        }
    }

    static func notes(of number: Int64, in db: Database) throws -> [LetterNote] {
        try Row.fetchAll(db, sql: "SELECT * FROM note WHERE letter = ? ORDER BY number", arguments: [number]).map {
            LetterNote(at: Date(milliseconds: $0["at"]), who: $0["who"], text: $0["text"])
        }
    }
}
