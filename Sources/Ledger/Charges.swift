package import Foundation
import GRDB
package import JobModel

/// What the jobs of a tenant weigh within an hour, such as how many mailboxes they touch.
extension Ledger {
    /// How long a charge counts.
    package static let chargeLifetime: TimeInterval = 3_600

    /// Counts a job's weight once, however often it is delivered, replayed or tried again within the hour.
    ///
    /// Nil when it is counted; what the tenant's other jobs of that type weighed within the hour when `limit` would be passed,
    /// and then nothing is counted.
    package func charge(
        _ run: JobRun,
        weight: Int,
        limit: Int,
        now: Date
    ) async throws(LedgerError) -> Int? {
        let oldest = Int64(((now.timeIntervalSince1970 - Self.chargeLifetime) * 1_000).rounded())
        let at = Int64((now.timeIntervalSince1970 * 1_000).rounded())
        let used = try await self.write { db in
            try db.execute(sql: "DELETE FROM charge WHERE at <= ?", arguments: [oldest])
            let isCounted = try Bool.fetchOne(
                db,
                sql: "SELECT EXISTS (SELECT 1 FROM charge WHERE job = ?)",
                arguments: [run.job.blob]
            )
            if isCounted == true { return [] }
            let used = try Int64.fetchOne(
                db,
                sql: "SELECT coalesce(sum(weight), 0) FROM charge WHERE tenant = ? AND type = ?",
                arguments: [run.tenant.blob, run.type.rawValue]
            )
            guard let used, used + Int64(weight) <= Int64(limit) else { return [used ?? 0] }
            try db.execute(
                sql: "INSERT INTO charge (job, tenant, type, weight, at) VALUES (?, ?, ?, ?, ?)",
                arguments: [run.job.blob, run.tenant.blob, run.type.rawValue, weight, at]
            )
            return []
        }
        return used.first.map(Int.init)
    }
}
