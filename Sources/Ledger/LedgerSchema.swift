import GRDB

/// The tables of the ledger, as migrations that are never edited once released.
///
/// `job` is narrow, as ids may be random and every byte of a wide row would be written twice (log and checkpoint); bodies
/// live in `outbox` alone and leave it once the broker has confirmed them. `identity` is one row, `standing_order` what
/// operators have said, `charge` what jobs of the last hour weighed.
enum LedgerSchema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 jobs and outbox") { db in
            try db.execute(
                sql: """
                    CREATE TABLE job (
                        number INTEGER PRIMARY KEY,
                        job BLOB NOT NULL,
                        replay INTEGER NOT NULL,
                        type TEXT NOT NULL,
                        tenant BLOB NOT NULL,
                        round INTEGER NOT NULL,
                        attempt INTEGER NOT NULL,
                        state TEXT NOT NULL,
                        sequence INTEGER NOT NULL,
                        steps TEXT,
                        problem TEXT,
                        detail TEXT,
                        since INTEGER NOT NULL,
                        changed INTEGER NOT NULL,
                        UNIQUE (job, replay)
                    );
                    CREATE TABLE outbox (
                        number INTEGER PRIMARY KEY,
                        job BLOB,
                        replay INTEGER NOT NULL,
                        exchange TEXT NOT NULL,
                        routing_key TEXT NOT NULL,
                        message_id TEXT,
                        type TEXT,
                        correlation_id TEXT,
                        time INTEGER NOT NULL,
                        headers TEXT NOT NULL,
                        body BLOB NOT NULL
                    );
                    """
            )
        }
        migrator.registerMigration("2 name and orders") { db in
            try db.execute(
                sql: """
                    CREATE TABLE identity (name TEXT NOT NULL);
                    INSERT INTO identity VALUES (lower(hex(randomblob(4))));
                    CREATE TABLE standing_order (
                        number INTEGER PRIMARY KEY,
                        kind TEXT NOT NULL,
                        subject TEXT NOT NULL,
                        UNIQUE (kind, subject)
                    );
                    """
            )
        }
        migrator.registerMigration("3 record") { db in
            try db.execute(
                sql: """
                    CREATE TABLE record (
                        number INTEGER PRIMARY KEY,
                        tenant BLOB NOT NULL,
                        position INTEGER NOT NULL,
                        previous TEXT NOT NULL,
                        job BLOB NOT NULL,
                        replay INTEGER NOT NULL,
                        message TEXT NOT NULL,
                        type TEXT NOT NULL,
                        time INTEGER NOT NULL,
                        body BLOB NOT NULL,
                        hash TEXT NOT NULL,
                        UNIQUE (tenant, position)
                    );
                    CREATE INDEX record_job ON record (job);
                    """
            )
        }
        migrator.registerMigration("4 charges") { db in
            try db.execute(
                sql: """
                    CREATE TABLE charge (
                        job BLOB NOT NULL PRIMARY KEY,
                        tenant BLOB NOT NULL,
                        type TEXT NOT NULL,
                        weight INTEGER NOT NULL,
                        at INTEGER NOT NULL
                    ) WITHOUT ROWID;
                    CREATE INDEX charge_tenant ON charge (tenant, type, at);
                    """
            )
        }
        migrator.registerMigration("5 suspects") { db in
            try db.execute(sql: "ALTER TABLE job ADD COLUMN suspect INTEGER NOT NULL DEFAULT 0")
        }
        migrator.registerMigration("6 outbox numbers") { db in try db.execute(sql: self.outboxNumbers) }
        return migrator
    }

    /// A number that was given once is never given again: a row is deleted by its number alone, which may be late.
    private static let outboxNumbers = """
        CREATE TABLE new_outbox (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            job BLOB,
            replay INTEGER NOT NULL,
            exchange TEXT NOT NULL,
            routing_key TEXT NOT NULL,
            message_id TEXT,
            type TEXT,
            correlation_id TEXT,
            time INTEGER NOT NULL,
            headers TEXT NOT NULL,
            body BLOB NOT NULL
        );
        INSERT INTO new_outbox SELECT number, job, replay, exchange, routing_key, message_id, type, correlation_id, time,
            headers, body FROM outbox ORDER BY number;
        DROP TABLE outbox;
        ALTER TABLE new_outbox RENAME TO outbox;
        """
}
