package import Foundation
import GRDB
import JobModel
import JobQueue

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

extension DeskStore {
    /// Decides to send letters again: they are `leaving` and in the outbox, in one commit.
    ///
    /// Left out are letters that cannot be sent as they are, and those of a job that is under way already. Fails with
    /// `overCap`.
    package func retry(_ order: RetryOrder, by who: Operator, now: Date) async throws(DeskError) -> Receipt {
        let numbers = try await self.numbers(order.filter, before: .send, cap: order.cap)
        return try await self.write { db in try Self.retry(numbers, order, by: who, now: now, in: db) }
    }

    /// What `retry` would come to, with nothing decided and nothing in the audit log; the receipt's operation is none.
    package func rehearse(_ order: RetryOrder, now: Date) async throws(DeskError) -> Receipt {
        let numbers = try await self.numbers(order.filter, before: .send, cap: order.cap)
        return try await self.write { db in
            var receipt = Receipt(operation: 0, count: 0, skipped: [])
            try db.inSavepoint {
                receipt = try Self.retry(numbers, order, by: Operator(name: ""), now: now, in: db)
                return .rollback
            }
            return receipt
        }
    }

    private static func retry(
        _ numbers: [Int64],
        _ order: RetryOrder,
        by who: Operator,
        now: Date,
        in db: Database
    ) throws -> Receipt {
        let operation = try self.log("retry", by: who, filter: order.filter, count: 0, at: now, in: db)
        var (count, notifications, stayed, skipped) = (0, 0, 0, [Receipt.Skipped]())
        for number in numbers {
            let due = now.addingTimeInterval(Double(count / order.rate))
            switch try self.sendAgain(number, order.delay, operation, due: due, now: now, in: db) {
            case .leaves(let isNotification):
                count += 1
                notifications += isNotification ? 1 : 0
            case .stays(let reason):
                stayed += 1
                if skipped.count < Receipt.skippedMax { skipped.append(.init(letter: number, reason: reason)) }
            }
        }
        try db.execute(sql: "UPDATE audit SET count = ? WHERE number = ?", arguments: [count, operation])
        return Receipt(
            operation: operation,
            count: count,
            notifications: notifications,
            stayed: stayed,
            skipped: skipped
        )
    }

    private enum Departure {
        case leaves(isNotification: Bool)
        case stays(String)
    }

    /// Puts one letter into the outbox, unless it has to stay.
    private static func sendAgain(
        _ number: Int64,
        _ delay: Duration?,
        _ operation: Int64,
        due: Date,
        now: Date,
        in db: Database
    ) throws -> Departure {
        let statement = try db.cachedStatement(sql: "SELECT * FROM letter WHERE number = ?")
        guard let row = try Row.fetchOne(statement, arguments: [number]) else { return .stays("it is gone") }
        let letter = try Letter(row: row)
        if let other = try self.underWay(letter, in: db) {
            return .stays("its job was sent again already, with letter \(other), whose result is not in")
        }
        let replay = try self.nextReplay(of: letter, in: db)
        guard replay <= JobHeaders.replayMax else { return .stays("it was sent again too often; edit it instead") }
        let message: OutboundMessage
        do throws(Problem) {
            message = try Replay.message(for: letter, replay: replay, delay: delay, now: now)
        } catch {
            return .stays("it cannot be sent as it is: \(error.detail)")
        }
        guard try Letter.move(number, by: .send, at: now, in: db) else { return .stays("somebody else decided first") }
        try db.execute(sql: "UPDATE letter SET sent = ? WHERE number = ?", arguments: [replay, number])
        try message.insert(in: db, letter: number, operation: operation, due: due, successor: nil)
        return .leaves(isNotification: letter.isNotification)
    }

    /// The letter with which the job runs again already; notifications stand in nobody's way.
    private static func underWay(_ letter: Letter, in db: Database) throws -> Int64? {
        guard let job = letter.job, !letter.isNotification else { return nil }
        let statement = try db.cachedStatement(
            sql: "SELECT min(number) FROM letter WHERE job = ? AND state IN ('leaving', 'awaiting') AND type <> ?"
        )
        return try Int64.fetchOne(statement, arguments: [job, Letter.notificationType])
    }

    /// A number that no run of the job has had; 0 for a notification, which has no runs.
    private static func nextReplay(of letter: Letter, in db: Database) throws -> Int {
        guard !letter.isNotification else { return 0 }
        guard let job = letter.job else { return letter.replay + 1 }
        let statement = try db.cachedStatement(sql: "SELECT max(max(replay, sent)) FROM letter WHERE job = ?")
        return (try Int.fetchOne(statement, arguments: [job]) ?? letter.replay) + 1
    }
}
