package import Foundation
import GRDB
package import JobModel

/// How letters are sent again.
package struct RetryOrder: Sendable, Equatable {
    /// Which ones.
    package var filter: LetterFilter
    /// The most that may be touched; more is refused, not trimmed.
    package var cap: Int
    /// How many a second are sent, from 1 to 1,000.
    package var rate: Int
    /// How long the workers are to leave them alone; nil for at once.
    package var delay: Duration?

    /// Collects the parts.
    package init(filter: LetterFilter, cap: Int, rate: Int, delay: Duration?) {
        self.filter = filter
        self.cap = cap
        self.rate = rate
        self.delay = delay
    }
}

/// What became of a decision about letters.
package struct Receipt: Sendable, Equatable {
    /// The number of the line in the audit log.
    package let operation: Int64
    /// How many letters were changed.
    package let count: Int
    /// Letters that match and were left as they are, with the reason; the first hundred.
    package let skipped: [Skipped]

    /// A letter that was left as it is.
    package struct Skipped: Sendable, Equatable, Codable {
        /// Its number.
        package let letter: Int64
        /// Why.
        package let reason: String
    }
}

extension DeskStore {
    private static let skippedMax = 100

    /// The letters that match and whose state allows the action, counted by state: all states, so that zero is explained.
    package func plan(_ filter: LetterFilter) async throws(DeskError) -> [LetterState: Int] {
        let (condition, arguments) = filter.condition
        return try await self.read { db in
            let sql = "SELECT state, count(*) AS count FROM letter WHERE \(condition) GROUP BY state"
            let pairs = try Row.fetchAll(db, sql: sql, arguments: arguments).compactMap { row -> (LetterState, Int)? in
                LetterState(rawValue: row["state"]).map { ($0, row["count"]) }
            }
            return Dictionary(uniqueKeysWithValues: pairs)
        }
    }

    /// Decides to send letters again: they are `leaving` and in the outbox, in one commit.
    ///
    /// Left out are letters that cannot be sent as they are, and those of a job that is under way already. Fails with
    /// `overCap`.
    package func retry(_ order: RetryOrder, by who: Operator, now: Date) async throws(DeskError) -> Receipt {
        let numbers = try await self.numbers(order.filter, before: .send, cap: order.cap)
        return try await self.write { db in
            let operation = try Self.log("retry", by: who, filter: order.filter, count: 0, at: now, in: db)
            var (count, skipped) = (0, [Receipt.Skipped]())
            for number in numbers {
                let due = now.addingTimeInterval(Double(count / order.rate))
                if let reason = try Self.sendAgain(number, order.delay, operation, due: due, now: now, in: db) {
                    if skipped.count < Self.skippedMax { skipped.append(.init(letter: number, reason: reason)) }
                } else {
                    count += 1
                }
            }
            try db.execute(sql: "UPDATE audit SET count = ? WHERE number = ?", arguments: [count, operation])
            return Receipt(operation: operation, count: count, skipped: skipped)
        }
    }

    /// Puts one letter into the outbox; gives the reason when it has to stay.
    private static func sendAgain(
        _ number: Int64,
        _ delay: Duration?,
        _ operation: Int64,
        due: Date,
        now: Date,
        in db: Database
    ) throws -> String? {
        let statement = try db.cachedStatement(sql: "SELECT * FROM letter WHERE number = ?")
        guard let row = try Row.fetchOne(statement, arguments: [number]) else { return "it is gone" }
        let letter = try Letter(row: row)
        if let job = letter.job, try self.isUnderWay(job, in: db) { return "its job was sent again already" }
        let replay = try self.nextReplay(of: letter, in: db)
        let message: OutboundMessage
        do throws(Problem) {
            message = try Replay.message(for: letter, replay: replay, delay: delay, now: now)
        } catch {
            return "it cannot be sent as it is: \(error.detail)"
        }
        guard try Letter.move(number, by: .send, at: now, in: db) else { return "somebody else decided first" }
        try db.execute(sql: "UPDATE letter SET sent = ? WHERE number = ?", arguments: [replay, number])
        try message.insert(in: db, letter: number, operation: operation, due: due, successor: nil)
        return nil
    }

    private static func isUnderWay(_ job: String, in db: Database) throws -> Bool {
        let statement = try db.cachedStatement(
            sql: "SELECT EXISTS (SELECT 1 FROM letter WHERE job = ? AND state IN ('leaving', 'awaiting'))"
        )
        return try Bool.fetchOne(statement, arguments: [job]) ?? false
    }

    /// A number that no run of the job has had.
    private static func nextReplay(of letter: Letter, in db: Database) throws -> Int {
        guard let job = letter.job else { return letter.replay + 1 }
        let statement = try db.cachedStatement(sql: "SELECT max(max(replay, sent)) FROM letter WHERE job = ?")
        return (try Int.fetchOne(statement, arguments: [job]) ?? letter.replay) + 1
    }

    /// Sends a new job in a letter's place.
    ///
    /// Fails with `unfit` where a worker would refuse it, with `notAllowed` where somebody else decided first.
    package func edit(
        _ number: Int64,
        data: [UInt8]?,
        body: [UInt8]?,
        id: JobID,
        by who: Operator,
        now: Date
    ) async throws(DeskError) -> Receipt {
        try await self.write { db in
            guard let row = try Row.fetchOne(db, sql: "SELECT * FROM letter WHERE number = ?", arguments: [number])
            else { throw DeskError(.unknownLetter, "\(number)") }
            let letter = try Letter(row: row)
            let message: OutboundMessage
            do throws(Problem) {
                message = try Replay.edited(letter, data: data, body: body, id: id, now: now)
            } catch {
                throw DeskError(.unfit, error.detail)
            }
            guard try Letter.move(number, by: .send, at: now, in: db) else { throw Self.refusal(letter) }
            try db.execute(
                sql: "UPDATE letter SET successor = ? WHERE number = ?",
                arguments: [id.description, number]
            )
            let filter = LetterFilter(numbers: [number])
            let operation = try Self.log("edit", by: who, filter: filter, count: 1, reason: "as \(id)", at: now, in: db)
            try message.insert(in: db, letter: number, operation: operation, due: now, successor: id.description)
            return Receipt(operation: operation, count: 1, skipped: [])
        }
    }

    /// Gives letters up, with a reason.
    package func discard(
        _ filter: LetterFilter,
        reason: String,
        cap: Int,
        by who: Operator,
        now: Date
    ) async throws(DeskError) -> Receipt {
        try await self.move(.discard, filter, reason: reason, cap: cap, by: who, now: now)
    }

    /// Takes letters back that were discarded, or whose result never came.
    package func restore(
        _ filter: LetterFilter,
        cap: Int,
        by who: Operator,
        now: Date
    ) async throws(DeskError) -> Receipt {
        try await self.move(.restore, filter, reason: nil, cap: cap, by: who, now: now)
    }

    private func move(
        _ action: LetterAction,
        _ filter: LetterFilter,
        reason: String?,
        cap: Int,
        by who: Operator,
        now: Date
    ) async throws(DeskError) -> Receipt {
        let numbers = try await self.numbers(filter, before: action, cap: cap)
        return try await self.write { db in
            var (count, skipped) = (0, [Receipt.Skipped]())
            for number in numbers {
                if try Letter.move(number, by: action, at: now, remark: reason ?? "restored by \(who.name)", in: db) {
                    count += 1
                } else if skipped.count < Self.skippedMax {
                    skipped.append(.init(letter: number, reason: "somebody else decided first"))
                }
            }
            let name = action.rawValue
            let operation = try Self.log(name, by: who, filter: filter, count: count, reason: reason, at: now, in: db)
            return Receipt(operation: operation, count: count, skipped: skipped)
        }
    }

    /// Notes something on a letter.
    package func note(_ number: Int64, text: String, by who: Operator, now: Date) async throws(DeskError) {
        try await self.write { db in
            guard try Letter.exists(number, in: db) else { throw DeskError(.unknownLetter, "\(number)") }
            try db.execute(
                sql: "INSERT INTO note (letter, at, who, text) VALUES (?, ?, ?, ?)",
                arguments: [number, now.milliseconds, who.name, text]
            )
            _ = try Self.log("note", by: who, filter: LetterFilter(numbers: [number]), count: 1, at: now, in: db)
        }
    }

    /// The letters that match and may be moved, the oldest first.
    private func numbers(
        _ filter: LetterFilter,
        before action: LetterAction,
        cap: Int
    ) async throws(DeskError) -> [Int64] {
        var filter = filter
        let allowed = LetterState.before(action)
        filter.states = filter.states.isEmpty ? allowed : filter.states.filter { allowed.contains($0) }
        guard !filter.states.isEmpty else { return [] }
        let (condition, arguments) = filter.condition
        let numbers = try await self.read { db in
            try Int64.fetchAll(
                db,
                sql: "SELECT number FROM letter WHERE \(condition) ORDER BY died, number LIMIT \(cap + 1)",
                arguments: arguments
            )
        }
        guard numbers.count <= cap else {
            throw DeskError(.overCap, "more than \(cap) letters match; narrow the filter or raise --cap")
        }
        return numbers
    }

    private static func refusal(_ letter: Letter) -> DeskError {
        DeskError(.notAllowed, "letter \(letter.number) \(letter.state.words); it was left as it is")
    }
}

extension Letter {
    fileprivate static func exists(_ number: Int64, in db: Database) throws -> Bool {
        try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM letter WHERE number = ?)", arguments: [number])
            ?? false
    }
}
