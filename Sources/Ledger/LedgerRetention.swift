import DatabaseFile
package import Foundation
import GRDB
import JobModel

/// How the ledger stays small: jobs of which nothing will be heard any more are forgotten.
///
/// The record is never cut: who asks in a year what was done in a tenant is to find it, and a chain shows only by its whole
/// length that nothing is missing.
extension Ledger {
    /// How much disk it takes in bytes, its log included.
    ///
    /// What forgetting frees is used again, and beyond some megabytes given back to the disk.
    package var bytes: Int {
        ["", "-wal"].compactMap { suffix in
            try? FileManager.default.attributesOfItem(atPath: self.path + suffix)[.size] as? Int
        }.reduce(0, +)
    }

    /// Forgets jobs that have not changed since a time, at most `limit`, the first begun first; gives how many they were.
    ///
    /// Those that ended here, and those that were sent on their way and may have ended on another host: all that a later
    /// delivery needs is in its memo. One that has a message in the outbox stays, and so does one whose worker died in the
    /// middle of it, as its row knows more than any message.
    package func forgetJobs(unchangedSince time: Date, limit: Int) async throws(LedgerError) -> Int {
        let oldest = Int64((time.timeIntervalSince1970 * 1_000).rounded())
        let condition = """
            changed < ? AND state <> '\(JobState.running.rawValue)'
                AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.job = job.job AND outbox.replay = job.replay)
            """
        // Looked for beside the writer: no job waits for it.
        let numbers = try await self.read { db in
            try Int64.fetchAll(
                db,
                sql: "SELECT number FROM job WHERE \(condition) ORDER BY number LIMIT ?",
                arguments: [oldest, limit]
            )
        }
        guard !numbers.isEmpty else { return 0 }
        let list = numbers.map(String.init).joined(separator: ",")
        return try await self.write { db in
            try db.execute(sql: "DELETE FROM job WHERE number IN (\(list)) AND \(condition)", arguments: [oldest])
            let count = Int64(db.changesCount)
            try DatabaseFile.giveBack(in: db)
            return [count]
        }.first.map(Int.init) ?? 0
    }
}
