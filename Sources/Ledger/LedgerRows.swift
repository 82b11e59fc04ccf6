import Foundation
import GRDB
import JobModel

extension JobID {
    var blob: Data { withUnsafeBytes(of: self.uuid.uuid) { Data($0) } }
}

extension TenantID {
    var blob: Data { withUnsafeBytes(of: self.uuid.uuid) { Data($0) } }
}

extension Date {
    /// Milliseconds since 1970, the ledger's form of time.
    fileprivate var milliseconds: Int64 { Int64((self.timeIntervalSince1970 * 1_000).rounded()) }

    fileprivate init(milliseconds: Int64) { self.init(timeIntervalSince1970: Double(milliseconds) / 1_000) }
}

extension LedgerEntry {
    private static let upsertSQL = """
        INSERT INTO job (job, replay, type, tenant, round, attempt, state, sequence, steps, problem, detail, since, changed,
            suspect)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (job, replay) DO UPDATE SET round = excluded.round, attempt = excluded.attempt,
            state = excluded.state, sequence = excluded.sequence, steps = excluded.steps, problem = excluded.problem,
            detail = excluded.detail, changed = excluded.changed, suspect = excluded.suspect
        WHERE state IN ('running', 'waiting')
        """

    /// Writes the row; false when a final one stands there already.
    func upsert(in db: Database) throws -> Bool {
        let statement = try db.cachedStatement(sql: Self.upsertSQL)
        try statement.execute(
            arguments: [
                self.run.job.blob, self.run.replay, self.run.type.rawValue, self.run.tenant.blob, self.round,
                self.attempt, self.state.rawValue, self.sequence, self.steps, self.problem?.code.rawValue,
                self.problem?.detail, self.since.milliseconds, self.changed.milliseconds,
                self.isSuspect,
            ])
        return db.changesCount > 0
    }

    init(_ row: Row, run: JobRun) {
        let code: String? = row["problem"]
        self.init(
            run: run,
            round: row["round"],
            attempt: row["attempt"],
            state: JobState(rawValue: row["state"]) ?? .running,
            sequence: row["sequence"],
            steps: row["steps"],
            problem: code.flatMap { ProblemCode(rawValue: $0) }.map { Problem($0, row["detail"] ?? "") },
            since: Date(milliseconds: row["since"]),
            changed: Date(milliseconds: row["changed"]),
            isSuspect: row["suspect"]
        )
    }
}

extension OutboundMessage {
    private static let insertSQL = """
        INSERT INTO outbox (job, replay, exchange, routing_key, message_id, type, correlation_id, time, headers, body)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """

    func insert(in db: Database, of run: JobRun?) throws -> Int64 {
        let statement = try db.cachedStatement(sql: Self.insertSQL)
        try statement.execute(
            arguments: [
                run?.job.blob, run?.replay ?? 0, self.exchange, self.routingKey, self.id, self.type,
                self.correlationID, self.time.milliseconds, self.headersText, Data(self.body),
            ])
        return db.lastInsertedRowID
    }

    /// The headers as JSON, by hand as each job has two such rows.
    private var headersText: String {
        var writer = JSONObjectWriter()
        for (name, value) in self.headers {
            switch value {
            case .number(let number): writer.member(rawName: name, raw: String(number).utf8)
            case .text(let text): writer.member(rawName: name, text: text)
            }
        }
        return String(decoding: writer.finish(), as: UTF8.self)
    }
}

extension OutboxRow {
    /// Takes rows out, a statement for each gapless stretch of numbers: under load whole commits leave at once.
    static func delete(_ numbers: [Int64], in db: Database) throws {
        let sorted = numbers.sorted()
        let statement = try db.cachedStatement(sql: "DELETE FROM outbox WHERE number BETWEEN ? AND ?")
        var start = 0
        for index in sorted.indices where index + 1 == sorted.count || sorted[index + 1] > sorted[index] + 1 {
            try statement.execute(arguments: [sorted[start], sorted[index]])
            start = index + 1
        }
    }

    init(row: Row) throws {
        let headers: String = row["headers"]
        let body: Data = row["body"]
        self.init(
            number: row["number"],
            message: OutboundMessage(
                exchange: row["exchange"],
                routingKey: row["routing_key"],
                id: row["message_id"],
                type: row["type"],
                correlationID: row["correlation_id"],
                time: Date(milliseconds: row["time"]),
                headers: try JSONDecoder().decode([String: HeaderValue].self, from: Data(headers.utf8)),
                body: [UInt8](body)
            )
        )
    }
}
