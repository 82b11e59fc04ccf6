import GRDB
import JobModel
import Synchronization

/// Looks up the rows of many runs in one transaction.
///
/// The counterpart of ``GroupCommit``: what is asked for while a read is under way is answered by the next one.
final class EntryReads: Sendable {
    private struct Waiting {
        let run: JobRun
        let continuation: CheckedContinuation<Result<LedgerEntry?, LedgerError>, Never>
    }

    private struct State {
        var waiting: [Waiting] = []
        var isReading = false
    }

    private let pool: DatabasePool
    private let state = Mutex(State())

    init(pool: DatabasePool) { self.pool = pool }

    /// The row of a run as it was at some time after the call.
    func entry(of run: JobRun) async throws(LedgerError) -> LedgerEntry? {
        let result: Result<LedgerEntry?, LedgerError> = await withCheckedContinuation { continuation in
            let starts = self.state.withLock { state in
                state.waiting.append(Waiting(run: run, continuation: continuation))
                defer { state.isReading = true }
                return !state.isReading
            }
            if starts { self.readNext() }
        }
        return try result.get()
    }

    /// The batch is closed before the transaction begins, so that nobody reads a state older than the question.
    private func readNext() {
        let batch = self.state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
        self.pool.asyncRead { database in
            for waiting in batch { waiting.continuation.resume(returning: self.entry(of: waiting.run, in: database)) }
            let goesOn = self.state.withLock { state in
                state.isReading = !state.waiting.isEmpty
                return state.isReading
            }
            if goesOn { self.readNext() }
        }
    }

    private func entry(
        of run: JobRun,
        in database: Result<Database, any Error>
    ) -> Result<LedgerEntry?, LedgerError> {
        do {
            let statement = try database.get().cachedStatement(sql: "SELECT * FROM job WHERE job = ? AND replay = ?")
            let row = try Row.fetchOne(statement, arguments: [run.job.blob, run.replay])
            return .success(row.map { LedgerEntry($0, run: run) })
        } catch {
            return .failure(LedgerError(.cannotRead, path: self.pool.path, underlying: error))
        }
    }
}
