package import Foundation
import GRDB

/// Who decides, and when.
package struct Operator: Sendable, Equatable {
    /// The person's name, as the log shows it.
    package let name: String

    /// Names a person; what is longer than 100 characters is cut.
    package init(name: String) { self.name = String(name.prefix(100)) }
}

/// One line of the audit log.
package struct AuditEntry: Sendable, Equatable {
    /// Its number, which is also the operation's.
    package let number: Int64
    /// When.
    package let at: Date
    /// Who.
    package let who: String
    /// What was done: `retry`, `edit`, `discard`, `restore`, `note`, `export`, `import`.
    package let action: String
    /// Which letters were meant.
    package let filter: String
    /// How many letters it concerned.
    package let count: Int
    /// Why, where a reason was given.
    package let reason: String?
}

extension DeskStore {
    /// Writes a line of the audit log, within the transaction of what it tells of; gives its number.
    static func log(
        _ action: String,
        by who: Operator,
        filter: LetterFilter,
        count: Int,
        reason: String? = nil,
        at now: Date,
        in db: Database
    ) throws -> Int64 {
        try db.execute(
            sql: "INSERT INTO audit (at, who, action, filter, count, reason) VALUES (?, ?, ?, ?, ?, ?)",
            arguments: [now.milliseconds, who.name, action, filter.words, count, reason]
        )
        return db.lastInsertedRowID
    }

    /// The newest lines of the audit log, the newest first.
    package func audit(limit: Int) async throws(DeskError) -> [AuditEntry] {
        try await self.read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM audit ORDER BY number DESC LIMIT \(limit)").map { row in
                AuditEntry(
                    number: row["number"],
                    at: Date(milliseconds: row["at"]),
                    who: row["who"],
                    action: row["action"],
                    filter: row["filter"],
                    count: row["count"],
                    reason: row["reason"]
                )
            }
        }
    }
}
