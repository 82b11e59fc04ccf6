import GRDB
import JobModel
import Synchronization

/// Writes of many jobs in one transaction.
///
/// What is asked for while a transaction runs goes into the next one, which starts as soon as that one ends: no timer, no
/// lingering. With one job at a time every write is its own transaction; under load one flush to disk serves hundreds.
final class GroupCommit: Sendable {
    /// The most writes in one transaction: beyond it nothing is gained but a longer wait.
    static let writesMax = 500

    typealias Write = @Sendable (Database) throws -> [Int64]

    private struct Waiting {
        let write: Write
        let continuation: CheckedContinuation<Result<[Int64], LedgerError>, Never>
    }

    private struct State {
        var waiting: [Waiting] = []
        var forgotten: [Int64] = []
        /// Deletions of a transaction that failed: they go with the next one, and do not ask for one.
        var postponed: [Int64] = []
        var isWriting = false
        var commits = 0
        var writes = 0
    }

    private let pool: DatabasePool
    private let state = Mutex(State())

    init(pool: DatabasePool) { self.pool = pool }

    /// How many transactions held writes, and how many writes those were; what only deletes does not count.
    var figures: (commits: Int, writes: Int) { self.state.withLock { ($0.commits, $0.writes) } }

    /// Runs the write in the next transaction; returns when that is on disk.
    func perform(_ write: @escaping Write) async throws(LedgerError) -> [Int64] {
        let result: Result<[Int64], LedgerError> = await withCheckedContinuation { continuation in
            self.start { $0.waiting.append(Waiting(write: write, continuation: continuation)) }
        }
        return try result.get()
    }

    /// Deletes outbox rows in the next transaction, and in the one after it should that fail.
    func forget(_ numbers: [Int64]) {
        guard !numbers.isEmpty else { return }
        self.start { $0.forgotten += numbers }
    }

    private func start(_ put: (inout sending State) -> Void) {
        let starts = self.state.withLock { state in
            put(&state)
            defer { state.isWriting = true }
            return !state.isWriting
        }
        if starts { self.writeNext() }
    }

    private func writeNext() {
        self.pool.asyncWriteWithoutTransaction { db in
            let (batch, forgotten) = self.take()
            let results = self.commit(batch, forgetting: forgotten, in: db)
            for (waiting, result) in zip(batch, results) { waiting.continuation.resume(returning: result) }
            if self.goesOn() { self.writeNext() }
        }
    }

    private func take() -> (batch: [Waiting], forgotten: [Int64]) {
        self.state.withLock { state in
            let batch = Array(state.waiting.prefix(Self.writesMax))
            state.waiting.removeFirst(batch.count)
            let forgotten = state.forgotten + state.postponed
            state.forgotten = []
            state.postponed = []
            return (batch, forgotten)
        }
    }

    private func goesOn() -> Bool {
        self.state.withLock { state in
            state.isWriting = !state.waiting.isEmpty || !state.forgotten.isEmpty
            return state.isWriting
        }
    }

    /// All or none: a failed transaction fails every write in it, and no job of it goes on.
    private func commit(
        _ batch: [Waiting],
        forgetting forgotten: [Int64],
        in db: Database
    ) -> [Result<[Int64], LedgerError>] {
        var numbers: [[Int64]] = []
        do {
            try db.inTransaction(.immediate) {
                numbers = try batch.map { try $0.write(db) }
                try OutboxRow.delete(forgotten, in: db)
                return .commit
            }
            self.state.withLock { state in
                state.commits += batch.isEmpty ? 0 : 1
                state.writes += batch.count
            }
            return numbers.map { .success($0) }
        } catch {
            self.state.withLock { $0.postponed += forgotten }
            let failure = LedgerError(.cannotWrite, path: self.pool.path, underlying: error)
            return batch.map { _ in .failure(failure) }
        }
    }
}

extension LedgerError {
    init(_ code: Code, path: String, underlying: any Error) {
        let reason = (underlying as? DatabaseError).map { "\($0.resultCode) \($0.message ?? "")" }
        self.init(code: code, path: path, reason: reason ?? String(describing: type(of: underlying)))
    }
}
