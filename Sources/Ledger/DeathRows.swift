package import Foundation
import GRDB

extension NotificationLedger {
    /// Where a death stands, as its row says.
    private enum Standing: String {
        /// It has a mail; `untold` is how many others that tells of.
        case told
        /// It comes again at its time.
        case waiting
        /// It has no mail, and no mail has told of it yet.
        case untold
        /// It has no mail, and one of its kind has told of it.
        case counted
    }

    static let deathSchema = """
        CREATE TABLE death (
            notification TEXT PRIMARY KEY,
            kind TEXT NOT NULL,
            state TEXT NOT NULL,
            time INTEGER NOT NULL,
            untold INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX death_kind ON death (kind, state, time);
        CREATE INDEX death_time ON death (time);
        """

    /// Decides whether a death has a mail, and notes it; returns when that is on disk.
    ///
    /// Asked again about the same one it says the same, with the same number: nothing is counted twice, and nothing told twice,
    /// however often an event is delivered.
    package func admit(
        _ notification: String,
        kind: String,
        allowance: DeathAllowance,
        now: Date
    ) async throws(LedgerError) -> DeathVerdict {
        try await self.write { db in
            let row = try Row.fetchOne(
                db,
                sql: "SELECT state, untold FROM death WHERE notification = ?",
                arguments: [notification]
            )
            switch row.flatMap({ Standing(rawValue: $0["state"]) }) {
            case .told: return .tell(untold: row?["untold"] ?? 0)
            case .untold, .counted: return .silence
            case .waiting, nil: break
            }
            let course = allowance.course(
                mails: try Self.mails(kind, limit: allowance.mailsMax, in: db),
                othersWait: try Self.othersWait(notification, kind, since: now - allowance.seconds, in: db),
                now: now
            )
            return try Self.take(course, notification, kind, now: now, in: db)
        }
    }

    private static func take(
        _ course: DeathAllowance.Course,
        _ notification: String,
        _ kind: String,
        now: Date,
        in db: Database
    ) throws -> DeathVerdict {
        func note(_ standing: Standing, _ time: Date, untold: Int = 0) throws {
            try db.execute(
                sql: "INSERT OR REPLACE INTO death (notification, kind, state, time, untold) VALUES (?, ?, ?, ?, ?)",
                arguments: [notification, kind, standing.rawValue, time.milliseconds, untold]
            )
        }
        switch course {
        case .tell:
            try db.execute(
                sql: "UPDATE death SET state = ? WHERE kind = ? AND state = ?",
                arguments: [Standing.counted.rawValue, kind, Standing.untold.rawValue]
            )
            let untold = db.changesCount
            try note(.told, now, untold: untold)
            return .tell(untold: untold)
        case .wait(let due):
            try note(.waiting, due)
            return .wait(until: due)
        case .silence:
            try note(.untold, now)
            return .silence
        }
    }

    /// When the newest mails about a kind were decided on.
    private static func mails(_ kind: String, limit: Int, in db: Database) throws -> [Date] {
        try Int64.fetchAll(
            db,
            sql: "SELECT time FROM death WHERE kind = ? AND state = ? ORDER BY time DESC LIMIT ?",
            arguments: [kind, Standing.told.rawValue, limit]
        ).map { Date(timeIntervalSince1970: Double($0) / 1_000) }
    }

    /// Whether another death waits; one whose time has long passed was lost with its queue, and holds nobody up.
    private static func othersWait(
        _ notification: String,
        _ kind: String,
        since: Date,
        in db: Database
    ) throws -> Bool {
        try Bool.fetchOne(
            db,
            sql: """
                SELECT EXISTS (
                    SELECT 1 FROM death WHERE kind = ? AND state = ? AND time > ? AND notification <> ?
                )
                """,
            arguments: [kind, Standing.waiting.rawValue, since.milliseconds, notification]
        ) ?? false
    }
}

extension Date {
    fileprivate var milliseconds: Int64 { Int64((self.timeIntervalSince1970 * 1_000).rounded()) }
}
