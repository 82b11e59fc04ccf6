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
        var isWriting = false
    }

    private let pool: DatabasePool
    private let state = Mutex(State())

    init(pool: DatabasePool) { self.pool = pool }

    /// Runs the write in the next transaction; returns when that is on disk.
    func perform(_ write: @escaping Write) async throws(LedgerError) -> [Int64] {
        let result: Result<[Int64], LedgerError> = await withCheckedContinuation { continuation in
            let starts = self.state.withLock { state in
                state.waiting.append(Waiting(write: write, continuation: continuation))
                defer { state.isWriting = true }
                return !state.isWriting
            }
            if starts { self.writeNext() }
        }
        return try result.get()
    }

    private func writeNext() {
        self.pool.asyncWriteWithoutTransaction { db in
            let batch = self.take()
            let results = self.commit(batch, in: db)
            for (waiting, result) in zip(batch, results) { waiting.continuation.resume(returning: result) }
            if self.goesOn() { self.writeNext() }
        }
    }

    private func take() -> [Waiting] {
        self.state.withLock { state in
            let batch = Array(state.waiting.prefix(Self.writesMax))
            state.waiting.removeFirst(batch.count)
            return batch
        }
    }

    private func goesOn() -> Bool {
        self.state.withLock { state in
            state.isWriting = !state.waiting.isEmpty
            return state.isWriting
        }
    }

    /// All or none: a failed transaction fails every write in it, and no job of it goes on.
    private func commit(_ batch: [Waiting], in db: Database) -> [Result<[Int64], LedgerError>] {
        var numbers: [[Int64]] = []
        do {
            try db.inTransaction(.immediate) {
                numbers = try batch.map { try $0.write(db) }
                return .commit
            }
            return numbers.map { .success($0) }
        } catch {
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
