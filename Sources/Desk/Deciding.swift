package import Foundation
import GRDB
package import JobModel

/// What became of a decision about letters.
package struct Receipt: Sendable, Equatable {
    /// How many of the letters that were left are named.
    static let skippedMax = 100

    /// The number of the line in the audit log.
    package let operation: Int64
    /// How many letters were changed.
    package let count: Int
    /// How many of them are notifications, which no result follows.
    package var notifications = 0
    /// How many letters match and were left as they are.
    package var stayed = 0
    /// Letters that match and were left as they are, with the reason; the first ``skippedMax``.
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
            var (count, stayed, skipped) = (0, 0, [Receipt.Skipped]())
            for number in numbers {
                if try Letter.move(number, by: action, at: now, remark: reason ?? "restored by \(who.name)", in: db) {
                    count += 1
                } else {
                    stayed += 1
                    guard skipped.count < Receipt.skippedMax else { continue }
                    skipped.append(.init(letter: number, reason: "somebody else decided first"))
                }
            }
            let name = action.rawValue
            let operation = try Self.log(name, by: who, filter: filter, count: count, reason: reason, at: now, in: db)
            return Receipt(operation: operation, count: count, stayed: stayed, skipped: skipped)
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
    func numbers(
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
