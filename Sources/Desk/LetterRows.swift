import Foundation
import GRDB
import JobModel

extension Date {
    /// Milliseconds since 1970, the desk's form of time; 0 for what no message can hold.
    var milliseconds: Int64 {
        Timestamp.canHold(self) ? Int64((self.timeIntervalSince1970 * 1_000).rounded()) : 0
    }

    init(milliseconds: Int64) { self.init(timeIntervalSince1970: Double(milliseconds) / 1_000) }
}

/// Headers as the database and exports keep them.
enum HeaderText {
    static func write(_ headers: [String: HeaderValue]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(headers), as: UTF8.self)
    }

    static func read(_ text: String) throws -> [String: HeaderValue] {
        try JSONDecoder().decode([String: HeaderValue].self, from: Data(text.utf8))
    }
}

extension Letter {
    private static let insertSQL = """
        INSERT INTO letter (identity, source, routing_key, message_id, message_type, correlation_id, headers, job, type,
            tenant, code, detail, attempt, replay, worker, died, filed, state, changed, sent, remark, successor, body, cut)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """

    /// Files the letter; nil when it is there already and nobody has decided about it: then it is a copy.
    ///
    /// What equals a letter that is resolved or discarded was sent once more and has died once more. `copies` names the states
    /// in which an equal letter makes this one a copy.
    func insert(in db: Database, copies states: [LetterState] = LetterState.undecided) throws -> Int64? {
        let identity = Data(self.identity)
        let known = try db.cachedStatement(sql: "SELECT state FROM letter WHERE identity = ?")
        let found = try String.fetchAll(known, arguments: [identity])
        guard !found.contains(where: { state in states.contains { $0.rawValue == state } }) else { return nil }
        let statement = try db.cachedStatement(sql: Self.insertSQL)
        try statement.execute(
            arguments: [
                identity, self.source, self.routingKey, self.messageID, self.messageType,
                self.correlationID, try HeaderText.write(self.headers), self.job, self.type, self.tenant, self.code,
                self.detail, self.attempt, self.replay, self.worker, self.died.milliseconds, self.filed.milliseconds,
                self.state.rawValue, self.changed.milliseconds, self.sent, self.remark, self.successor,
                Data(self.body), self.cutBytes,
            ]
        )
        return db.lastInsertedRowID
    }

    init(row: Row) throws {
        let body: Data = row["body"]
        self.init(
            number: row["number"],
            source: row["source"],
            routingKey: row["routing_key"],
            messageID: row["message_id"],
            messageType: row["message_type"],
            correlationID: row["correlation_id"],
            headers: try HeaderText.read(row["headers"]),
            body: [UInt8](body),
            cutBytes: row["cut"],
            job: row["job"],
            type: row["type"],
            tenant: row["tenant"],
            code: row["code"],
            detail: row["detail"],
            attempt: row["attempt"],
            replay: row["replay"],
            worker: row["worker"],
            died: Date(milliseconds: row["died"]),
            filed: Date(milliseconds: row["filed"]),
            state: LetterState(rawValue: row["state"]) ?? .held,
            changed: Date(milliseconds: row["changed"]),
            sent: row["sent"],
            remark: row["remark"],
            successor: row["successor"]
        )
    }

    /// Moves a letter on by an action; false when its state does not allow it, as somebody else was first.
    static func move(
        _ number: Int64,
        by action: LetterAction,
        at now: Date,
        remark: String? = nil,
        in db: Database
    ) throws -> Bool {
        for state in LetterState.before(action) {
            guard let next = state.after(action) else { continue }
            let statement = try db.cachedStatement(
                sql: """
                    UPDATE letter SET state = ?, changed = ?, remark = coalesce(?, remark) WHERE number = ? AND state = ?
                    """
            )
            try statement.execute(arguments: [next.rawValue, now.milliseconds, remark, number, state.rawValue])
            if db.changesCount > 0 { return true }
        }
        return false
    }
}
