package import Foundation
import GRDB
package import JobModel

extension RecordEntry {
    /// Appends what a job's messages say to its tenant's chain, within the transaction that decides on them.
    ///
    /// Jobs without effect leave no entry, so that thousands of them a second cost nothing.
    static func append(_ messages: [OutboundMessage], of run: JobRun, in db: Database) throws {
        guard !run.type.isQuick else { return }
        let told = messages.filter { ($0.type ?? "").hasPrefix("events.") || ($0.type ?? "").hasPrefix("results.") }
        guard !told.isEmpty else { return }
        let statement = try db.cachedStatement(
            sql: "SELECT position, hash FROM record WHERE tenant = ? ORDER BY position DESC LIMIT 1"
        )
        var last = try Row.fetchOne(statement, arguments: [run.tenant.blob]).map {
            row -> (position: Int, hash: String) in
            (row["position"], row["hash"])
        }
        for message in told {
            let entry = RecordChain.entry(after: last, of: run, message)
            try entry.insert(in: db)
            last = (entry.position, entry.hash)
        }
    }

    private func insert(in db: Database) throws {
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO record (tenant, position, previous, job, replay, message, type, time, body, hash)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        )
        try statement.execute(
            arguments: [
                self.tenant.blob, self.position, self.previous, self.job.blob, self.replay, self.message, self.type,
                Int64((self.time.timeIntervalSince1970 * 1_000).rounded()), Data(self.body), self.hash,
            ]
        )
    }

    init?(row: Row) {
        let (tenant, job, body): (Data, Data, Data) = (row["tenant"], row["job"], row["body"])
        guard let tenant = UUID(bytes: tenant), let job = UUID(bytes: job) else { return nil }
        let milliseconds: Int64 = row["time"]
        self.init(
            tenant: TenantID(tenant),
            position: row["position"],
            previous: row["previous"],
            job: JobID(job),
            replay: row["replay"],
            message: row["message"],
            type: row["type"],
            time: Date(timeIntervalSince1970: Double(milliseconds) / 1_000),
            body: [UInt8](body),
            hash: row["hash"]
        )
    }
}

extension UUID {
    init?(bytes: Data) {
        guard bytes.count == 16 else { return nil }
        var value: uuid_t = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
        withUnsafeMutableBytes(of: &value) { _ = bytes.copyBytes(to: $0) }
        self.init(uuid: value)
    }
}

extension Ledger {
    /// What was told of a job by this host, in order.
    package func record(of job: JobID) async throws(LedgerError) -> [RecordEntry] {
        try await self.read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM record WHERE job = ? ORDER BY number", arguments: [job.blob])
                .compactMap { RecordEntry(row: $0) }
        }
    }

    /// Entries of the record after a row number, with theirs, at most `limit`; of one tenant, or of all.
    package func record(
        of tenant: TenantID?,
        after number: Int64,
        limit: Int
    ) async throws(LedgerError) -> [(number: Int64, entry: RecordEntry?)] {
        try await self.read { db in
            let condition = tenant == nil ? "" : "AND tenant = ?"
            return try Row.fetchAll(
                db,
                sql: "SELECT * FROM record WHERE number > ? \(condition) ORDER BY number LIMIT \(limit)",
                arguments: StatementArguments([number]) + (tenant.map { [$0.blob] } ?? [])
            ).map { ($0["number"], RecordEntry(row: $0)) }
        }
    }

    /// The runs this host has seen, the last begun first, at most `limit`; nil matches anything.
    package func entries(
        type: JobType?,
        tenant: TenantID?,
        state: JobState?,
        since: Date?,
        limit: Int
    ) async throws(LedgerError) -> [LedgerEntry] {
        try await self.read { db in
            let sql = """
                SELECT * FROM job WHERE (?1 IS NULL OR type = ?1) AND (?2 IS NULL OR tenant = ?2)
                    AND (?3 IS NULL OR state = ?3) AND (?4 IS NULL OR changed >= ?4)
                ORDER BY number DESC LIMIT \(limit)
                """
            let arguments: StatementArguments = [
                type?.rawValue, tenant?.blob, state?.rawValue,
                since.map { Int64(($0.timeIntervalSince1970 * 1_000).rounded()) },
            ]
            return try Row.fetchAll(db, sql: sql, arguments: arguments).compactMap { LedgerEntry(row: $0) }
        }
    }

    /// Every run of a job that this host has seen.
    package func entries(of job: JobID) async throws(LedgerError) -> [LedgerEntry] {
        try await self.read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM job WHERE job = ? ORDER BY replay", arguments: [job.blob])
                .compactMap { LedgerEntry(row: $0) }
        }
    }
}

extension LedgerEntry {
    /// Reads a row alone; nil where it names a job type of another version.
    fileprivate init?(row: Row) {
        let (job, tenant, type): (Data, Data, String) = (row["job"], row["tenant"], row["type"])
        guard let job = UUID(bytes: job), let tenant = UUID(bytes: tenant), let type = JobType(rawValue: type) else {
            return nil
        }
        self.init(row, run: JobRun(job: JobID(job), type: type, tenant: TenantID(tenant), replay: row["replay"]))
    }
}
