import AMQP
import GRDB
import JobQueue

/// The tables of the desk, as migrations that are never edited once released.
enum DeskSchema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 letters, outbox, notes, audit") { db in try db.execute(sql: self.first) }
        migrator.registerMigration("2 letters that die again, outbox numbers") { db in
            try db.execute(sql: self.letters)
            try db.execute(sql: self.outbox)
            try db.execute(sql: self.diedAgain)
        }
        migrator.registerMigration("3 replays by the delay ladder") { db in try self.sendByLadder(db) }
        return migrator
    }

    /// An identity is no longer unique: what equals a letter that was decided on is another letter.
    private static let letters = """
        CREATE TABLE new_letter (
            number INTEGER PRIMARY KEY,
            identity BLOB NOT NULL,
            source TEXT NOT NULL,
            routing_key TEXT NOT NULL,
            message_id TEXT,
            message_type TEXT,
            correlation_id TEXT,
            headers TEXT NOT NULL,
            job TEXT,
            type TEXT NOT NULL,
            tenant TEXT NOT NULL,
            code TEXT NOT NULL,
            detail TEXT NOT NULL,
            attempt INTEGER NOT NULL,
            replay INTEGER NOT NULL,
            worker TEXT,
            died INTEGER NOT NULL,
            filed INTEGER NOT NULL,
            state TEXT NOT NULL,
            changed INTEGER NOT NULL,
            sent INTEGER NOT NULL,
            remark TEXT,
            successor TEXT,
            body BLOB NOT NULL,
            cut INTEGER NOT NULL DEFAULT 0
        );
        INSERT INTO new_letter SELECT *, 0 FROM letter ORDER BY number;
        DROP TABLE letter;
        ALTER TABLE new_letter RENAME TO letter;
        CREATE INDEX letter_identity ON letter (identity);
        CREATE INDEX letter_group ON letter (state, type, code, tenant, died);
        CREATE INDEX letter_job ON letter (job, state, replay, sent);
        """

    /// A number that was given once is never given again: a row is deleted by its number alone, which may be late.
    private static let outbox = """
        CREATE TABLE new_outbox (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            letter INTEGER NOT NULL UNIQUE REFERENCES letter (number),
            operation INTEGER NOT NULL REFERENCES audit (number),
            due INTEGER NOT NULL,
            successor TEXT,
            exchange TEXT NOT NULL,
            routing_key TEXT NOT NULL,
            message_id TEXT NOT NULL,
            type TEXT NOT NULL,
            headers TEXT NOT NULL,
            body BLOB NOT NULL
        );
        INSERT INTO new_outbox SELECT * FROM outbox ORDER BY number;
        DROP TABLE outbox;
        ALTER TABLE new_outbox RENAME TO outbox;
        CREATE INDEX outbox_due ON outbox (due, number);
        CREATE INDEX outbox_operation ON outbox (operation);
        """

    /// Letters that an earlier version left waiting for the result of a run whose own letter had come in.
    private static let diedAgain = """
        CREATE TEMPORARY TABLE again AS
            SELECT letter.number AS number, min(next.number) AS next
            FROM letter JOIN letter AS next ON next.job = letter.job AND next.replay = letter.sent
            WHERE letter.state IN ('leaving', 'awaiting') AND letter.sent > 0 AND next.number <> letter.number
                AND letter.type <> 'notification' AND next.type <> 'notification'
            GROUP BY letter.number;
        UPDATE letter SET state = 'resolved',
            remark = 'died again: letter ' || (SELECT next FROM again WHERE again.number = letter.number)
            WHERE number IN (SELECT number FROM again);
        DELETE FROM outbox WHERE letter IN (SELECT number FROM again);
        DROP TABLE again;
        """

    /// What an earlier desk has decided to send again, and has not sent, waits to go the way of new jobs, on which workers no
    /// longer take finished steps.
    private static func sendByLadder(_ db: Database) throws {
        let rows = try Row.fetchAll(
            db,
            sql: "SELECT number, routing_key FROM outbox WHERE exchange = ? AND successor IS NULL",
            arguments: [JobTopology.jobs]
        )
        for row in rows {
            let destination = DelayLadder.destination(after: .zero, key: row["routing_key"])
            let number: Int64 = row["number"]
            try db.execute(
                sql: "UPDATE outbox SET exchange = ?, routing_key = ? WHERE number = ?",
                arguments: [destination.exchange, destination.routingKey, number]
            )
        }
    }

    /// The index `letter_group` answers `sluice dead list` alone, without a look at the wide rows.
    private static let first = """
        CREATE TABLE letter (
            number INTEGER PRIMARY KEY,
            identity BLOB NOT NULL UNIQUE,
            source TEXT NOT NULL,
            routing_key TEXT NOT NULL,
            message_id TEXT,
            message_type TEXT,
            correlation_id TEXT,
            headers TEXT NOT NULL,
            job TEXT,
            type TEXT NOT NULL,
            tenant TEXT NOT NULL,
            code TEXT NOT NULL,
            detail TEXT NOT NULL,
            attempt INTEGER NOT NULL,
            replay INTEGER NOT NULL,
            worker TEXT,
            died INTEGER NOT NULL,
            filed INTEGER NOT NULL,
            state TEXT NOT NULL,
            changed INTEGER NOT NULL,
            sent INTEGER NOT NULL,
            remark TEXT,
            successor TEXT,
            body BLOB NOT NULL
        );
        CREATE INDEX letter_group ON letter (state, type, code, tenant, died);
        CREATE INDEX letter_job ON letter (job, state, replay, sent);
        CREATE TABLE outbox (
            number INTEGER PRIMARY KEY,
            letter INTEGER NOT NULL UNIQUE REFERENCES letter (number),
            operation INTEGER NOT NULL REFERENCES audit (number),
            due INTEGER NOT NULL,
            successor TEXT,
            exchange TEXT NOT NULL,
            routing_key TEXT NOT NULL,
            message_id TEXT NOT NULL,
            type TEXT NOT NULL,
            headers TEXT NOT NULL,
            body BLOB NOT NULL
        );
        CREATE INDEX outbox_due ON outbox (due, number);
        CREATE INDEX outbox_operation ON outbox (operation);
        CREATE TABLE note (
            number INTEGER PRIMARY KEY,
            letter INTEGER NOT NULL REFERENCES letter (number),
            at INTEGER NOT NULL,
            who TEXT NOT NULL,
            text TEXT NOT NULL
        );
        CREATE INDEX note_letter ON note (letter);
        CREATE TABLE audit (
            number INTEGER PRIMARY KEY,
            at INTEGER NOT NULL,
            who TEXT NOT NULL,
            action TEXT NOT NULL,
            filter TEXT NOT NULL,
            count INTEGER NOT NULL,
            reason TEXT
        );
        CREATE TABLE sender (
            one INTEGER PRIMARY KEY CHECK (one = 1),
            mark TEXT NOT NULL
        );
        """
}
