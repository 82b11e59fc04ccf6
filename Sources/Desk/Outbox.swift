import DatabaseFile
package import Foundation
import GRDB
package import JobModel

/// A message that a decision has put into the desk's outbox.
package struct OutboxLetter: Sendable, Equatable {
    /// Its place in the outbox.
    package let number: Int64
    /// Which letter it is of.
    package let letter: Int64
    /// The job that takes the letter's place; nil when the letter itself is sent again.
    package let successor: String?
    /// What is to be sent.
    package let message: OutboundMessage

    /// What it means that the broker has taken it, and the remark to leave.
    ///
    /// A notification is resolved with that: the notifier sends no results, and what it cannot deliver it buries anew.
    var taken: (action: LetterAction, remark: String?) {
        if let successor { return (.handedOn, "replaced by job \(successor)") }
        let isNotification = self.message.type == JobEventName.notificationRequested.messageType
        return isNotification ? (.handedOn, "handed to the notifier") : (.sent, nil)
    }
}

extension OutboundMessage {
    func insert(in db: Database, letter: Int64, operation: Int64, due: Date, successor: String?) throws {
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO outbox (letter, operation, due, successor, exchange, routing_key, message_id, type, headers, body)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        )
        try statement.execute(
            arguments: [
                letter, operation, due.milliseconds, successor, self.exchange, self.routingKey, self.id ?? "",
                self.type ?? "", try HeaderText.write(self.headers), Data(self.body),
            ]
        )
    }
}

extension DeskStore {
    /// What is due to be sent, the oldest first, at most `limit`.
    package func due(now: Date, limit: Int) async throws(DeskError) -> [OutboxLetter] {
        try await self.read { db in
            try Row.fetchAll(
                db,
                sql: "SELECT * FROM outbox WHERE due <= ? ORDER BY due, number LIMIT \(limit)",
                arguments: [now.milliseconds]
            ).map { row in
                let (id, body): (String, Data) = (row["message_id"], row["body"])
                return OutboxLetter(
                    number: row["number"],
                    letter: row["letter"],
                    successor: row["successor"],
                    message: OutboundMessage(
                        exchange: row["exchange"],
                        routingKey: row["routing_key"],
                        id: id,
                        type: row["type"],
                        correlationID: String(id.prefix { $0 != "." }),  // an event's id begins with its job's
                        time: Date(milliseconds: row["due"]),
                        headers: try HeaderText.read(row["headers"]),
                        body: [UInt8](body)
                    )
                )
            }
        }
    }

    /// How many messages of an operation, or of all, wait to be sent.
    package func unsentCount(of operation: Int64? = nil) async throws(DeskError) -> Int {
        try await self.read { db in
            let condition = operation == nil ? "" : " WHERE operation = \(operation ?? 0)"
            return try Int.fetchOne(db, sql: "SELECT count(*) FROM outbox\(condition)") ?? 0
        }
    }

    /// Marks what the broker has taken, and takes back what it has no queue for; one commit.
    package func settle(
        sent: [OutboxLetter],
        returned: [(row: OutboxLetter, reason: String)],
        now: Date
    ) async throws(DeskError) {
        try await self.write { db in
            for row in sent {
                let (action, remark) = row.taken
                _ = try Letter.move(row.letter, by: action, at: now, remark: remark, in: db)
            }
            for (row, reason) in returned {
                _ = try Letter.move(row.letter, by: .returned, at: now, remark: reason, in: db)
            }
            let statement = try db.cachedStatement(sql: "DELETE FROM outbox WHERE number = ?")
            for row in sent + returned.map(\.row) { try statement.execute(arguments: [row.number]) }
            try DatabaseFile.giveBack(in: db)
        }
    }

    /// Letters that the broker had no queue for, since a time.
    package func returned(since: Date) async throws(DeskError) -> [Receipt.Skipped] {
        try await self.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT number, remark FROM letter
                    WHERE state = 'held' AND changed >= ? AND remark LIKE 'not taken: %' ORDER BY number
                    """,
                arguments: [since.milliseconds]
            ).map { Receipt.Skipped(letter: $0["number"], reason: $0["remark"]) }
        }
    }

    /// Takes the right to send, of which there is one a desk; false while another living process has it.
    ///
    /// Two senders would do no harm, as what they send has the same ids; it would only be sent twice.
    package func claimSending(_ mark: ProcessMark) async throws(DeskError) -> Bool {
        try await self.write { db in
            let holder = try String.fetchOne(db, sql: "SELECT mark FROM sender").flatMap { ProcessMark(text: $0) }
            if let holder, holder != mark, holder.isAlive { return false }
            guard holder != mark else { return true }
            try db.execute(sql: "INSERT OR REPLACE INTO sender (one, mark) VALUES (1, ?)", arguments: [mark.text])
            return true
        }
    }

    /// Gives the right to send back.
    package func releaseSending(_ mark: ProcessMark) async throws(DeskError) {
        try await self.write { db in try db.execute(sql: "DELETE FROM sender WHERE mark = ?", arguments: [mark.text]) }
    }
}
