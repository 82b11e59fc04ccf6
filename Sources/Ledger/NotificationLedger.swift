import DatabaseFile
package import Foundation
import GRDB

/// Which notifications this host has handed over to whom, and which deaths it kept to itself: a small SQLite file of the
/// notifier's own.
///
/// It holds no addresses: a recipient is the digest the caller makes of one. A notifier on another host has another ledger
/// and does not know these rows.
///
///     let ledger = try NotificationLedger(path: "/var/lib/sluice/notifier.sqlite")
///     let served = try await ledger.recipients(of: "<job> tenant-connected")
///     // hand over to whoever is not among them …
///     try await ledger.record("<job> tenant-connected", recipients: ["5f2b…"], time: Date())
package final class NotificationLedger: Sendable {
    private let pool: DatabasePool
    private let ownership: FileOwnership?

    /// Opens the file, makes it where it is missing, and migrates it; the notifier is its owner, of which it has one at a time.
    ///
    /// Fails with `cannotOpen`, `tooNew` or `taken`.
    package init(path: String, isOwner: Bool = false) throws(LedgerError) {
        self.ownership = isOwner ? try .own(path, setting: "notifier.ledger-path", service: "notifier") : nil
        do {
            let pool = try DatabaseFile.open(path)
            guard try !pool.read(Self.migrator.hasBeenSuperseded) else {
                throw LedgerError(code: .tooNew, path: path, reason: "")
            }
            try Self.migrator.migrate(pool)
            if isOwner { DatabaseFile.letShrink(pool) }
            self.pool = pool
        } catch let error as LedgerError {
            throw error
        } catch {
            throw LedgerError(.cannotOpen, path: path, underlying: error)
        }
    }

    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 handed over") { db in
            try db.execute(
                sql: """
                    CREATE TABLE handed_over (
                        notification TEXT NOT NULL,
                        recipient TEXT NOT NULL,
                        time INTEGER NOT NULL,
                        PRIMARY KEY (notification, recipient)
                    ) WITHOUT ROWID;
                    CREATE INDEX handed_over_time ON handed_over (time);
                    """
            )
        }
        migrator.registerMigration("2 deaths") { db in try db.execute(sql: Self.deathSchema) }
        return migrator
    }

    /// Who has it already.
    package func recipients(of notification: String) async throws(LedgerError) -> Set<String> {
        do {
            return try await self.pool.read { db in
                try String.fetchSet(
                    db,
                    sql: "SELECT recipient FROM handed_over WHERE notification = ?",
                    arguments: [notification]
                )
            }
        } catch {
            throw LedgerError(.cannotRead, path: self.pool.path, underlying: error)
        }
    }

    /// Notes that these have it now; returns when that is on disk.
    package func record(_ notification: String, recipients: [String], time: Date) async throws(LedgerError) {
        try await self.write { db in
            for recipient in recipients {
                try db.execute(
                    sql: "INSERT OR IGNORE INTO handed_over (notification, recipient, time) VALUES (?, ?, ?)",
                    arguments: [notification, recipient, Int64(time.timeIntervalSince1970)]
                )
            }
        }
    }

    /// Forgets what was handed over before a time; such an event delivered once more would be told once more.
    package func forget(before time: Date) async throws(LedgerError) {
        try await self.write { db in
            let seconds = Int64(time.timeIntervalSince1970)
            try db.execute(sql: "DELETE FROM handed_over WHERE time < ?", arguments: [seconds])
            try db.execute(sql: "DELETE FROM death WHERE time < ?", arguments: [seconds * 1_000])
            try DatabaseFile.giveBack(in: db)
        }
    }

    func write<Value: Sendable>(
        _ statements: @escaping @Sendable (Database) throws -> Value
    ) async throws(LedgerError) -> Value {
        do {
            return try await self.pool.write(statements)
        } catch {
            throw LedgerError(.cannotWrite, path: self.pool.path, underlying: error)
        }
    }
}
