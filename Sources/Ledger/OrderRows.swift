import GRDB
import JobModel

extension ControlOrder {
    /// How many cancellations are kept; beyond it the oldest is forgotten.
    private static let cancellationsMax = 10_000

    /// Makes the order stand, or ends the one that it takes back.
    func write(in db: Database) throws {
        switch self {
        case .cancel(let job):
            try Self.insert("cancel", job.description, in: db)
            try db.execute(
                sql: "DELETE FROM standing_order WHERE kind = 'cancel' AND number <= ?",
                arguments: [db.lastInsertedRowID - Int64(Self.cancellationsMax)]
            )
        case .pause(let type): try Self.insert("pause", type.rawValue, in: db)
        case .resume(let type):
            try db.execute(
                sql: "DELETE FROM standing_order WHERE kind = 'pause' AND subject = ?",
                arguments: [type.rawValue]
            )
        }
    }

    private static func insert(_ kind: String, _ subject: String, in db: Database) throws {
        try db.execute(
            sql: "INSERT INTO standing_order (kind, subject) VALUES (?, ?) ON CONFLICT DO NOTHING",
            arguments: [kind, subject]
        )
    }

    /// What stands, oldest first; what another version wrote is passed over.
    static func standing(in db: Database) throws -> [ControlOrder] {
        try Row.fetchAll(db, sql: "SELECT kind, subject FROM standing_order ORDER BY number").compactMap { row in
            let (kind, subject): (String, String) = (row["kind"], row["subject"])
            switch kind {
            case "cancel": return JobID(subject).map { .cancel($0) }
            case "pause": return JobType(rawValue: subject).map { .pause($0) }
            default: return nil
            }
        }
    }
}
