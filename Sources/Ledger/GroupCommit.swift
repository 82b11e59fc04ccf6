import Foundation
import GRDB
import JobModel
import Synchronization

/// Writes of many jobs in one transaction.
///
/// What is asked for while a transaction runs goes into the next one. With one job at a time every write is its own
/// transaction, at once. Under load, which is when a transaction had several writes, the next one begins `spacing` after it
/// at the earliest: a transaction costs the processor ten times what a write in it does, so that many small ones would take
/// from the jobs what they save them in waiting.
final class GroupCommit: Sendable {
    /// The most writes in one transaction: beyond it nothing is gained but a longer wait.
    static let writesMax = 500
    /// How far apart transactions begin under load.
    static let spacing = Duration.milliseconds(5)
    /// How long deletions wait for a transaction to go with before they get one of their own.
    private static let sweepDelay = DispatchTimeInterval.milliseconds(50)

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
        var isSweeping = false
        /// When the last transaction began that had several writes.
        var busyAt: ContinuousClock.Instant?
        var figures = CommitFigures()
    }

    private let pool: DatabasePool
    private let state = Mutex(State())

    init(pool: DatabasePool) { self.pool = pool }

    /// What was written so far; what only deletes does not count.
    var figures: CommitFigures { self.state.withLock { $0.figures } }

    /// Runs the write in the next transaction; returns when that is on disk.
    func perform(_ write: @escaping Write) async throws(LedgerError) -> [Int64] {
        let result: Result<[Int64], LedgerError> = await withCheckedContinuation { continuation in
            self.start { $0.waiting.append(Waiting(write: write, continuation: continuation)) }
        }
        return try result.get()
    }

    /// Deletes outbox rows with the next transaction, and with the one after it should that fail.
    func forget(_ numbers: [Int64]) {
        guard !numbers.isEmpty else { return }
        self.state.withLock { $0.forgotten += numbers }
        self.sweepSoon()
    }

    private func start(_ put: (inout sending State) -> Void) {
        let starts = self.state.withLock { state in
            put(&state)
            defer { state.isWriting = true }
            return !state.isWriting
        }
        if starts { self.writeNext() }
    }

    /// Has deletions written though nothing else is, after a while.
    private func sweepSoon() {
        let waits = self.state.withLock { state in
            guard !state.isWriting, !state.isSweeping, !state.forgotten.isEmpty else { return false }
            state.isSweeping = true
            return true
        }
        guard waits else { return }
        DispatchQueue.global().asyncAfter(deadline: .now() + Self.sweepDelay) {
            self.state.withLock { $0.isSweeping = false }
            if self.state.withLock({ !$0.forgotten.isEmpty }) { self.start { _ in } }
        }
    }

    private func writeNext() {
        let pause = self.state.withLock { state in
            state.waiting.count >= Self.writesMax ? .zero : state.busyAt.map { $0 + Self.spacing - .now } ?? .zero
        }
        guard pause > .zero else { return self.write() }
        let nanoseconds = Int(pause / .nanoseconds(1))
        DispatchQueue.global().asyncAfter(deadline: .now() + .nanoseconds(nanoseconds)) { self.write() }
    }

    private func write() {
        self.pool.asyncWriteWithoutTransaction { db in
            let (batch, forgotten) = self.take()
            let results = self.commit(batch, forgetting: forgotten, in: db)
            for (waiting, result) in zip(batch, results) { waiting.continuation.resume(returning: result) }
            if self.goesOn() { self.writeNext() } else { self.sweepSoon() }
        }
    }

    private func take() -> (batch: [Waiting], forgotten: [Int64]) {
        self.state.withLock { state in
            let batch = Array(state.waiting.prefix(Self.writesMax))
            state.waiting.removeFirst(batch.count)
            let forgotten = state.forgotten + state.postponed
            state.forgotten = []
            state.postponed = []
            if !batch.isEmpty { state.busyAt = batch.count > 1 ? .now : nil }
            return (batch, forgotten)
        }
    }

    private func goesOn() -> Bool {
        self.state.withLock { state in
            state.isWriting = !state.waiting.isEmpty
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
        let start = Self.processorTime
        do {
            try db.inTransaction(.immediate) {
                numbers = try batch.map { try $0.write(db) }
                try OutboxRow.delete(forgotten, in: db)
                return .commit
            }
            self.state.withLock { $0.figures.add(batch.count, time: Self.processorTime - start) }
            return numbers.map { .success($0) }
        } catch {
            self.state.withLock { $0.postponed += forgotten }
            let failure = LedgerError(.cannotWrite, path: self.pool.path, underlying: error)
            return batch.map { _ in .failure(failure) }
        }
    }

    /// What the calling thread has had of the processor; a transaction stays on one thread.
    private static var processorTime: Duration {
        var time = timespec()
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}

/// How the ledger's writes were gathered, and what they cost.
package struct CommitFigures: Sendable, Equatable {
    /// Transactions with writes in them.
    package private(set) var commits = 0
    /// Writes in all of them.
    package private(set) var writes = 0
    /// Writes in those that had several, as under load.
    package private(set) var gatheredWrites = 0
    /// Processor time of those.
    package private(set) var gatheredTime = Duration.zero

    mutating func add(_ writes: Int, time: Duration) {
        guard writes > 0 else { return }
        self.commits += 1
        self.writes += writes
        guard writes > 1 else { return }
        self.gatheredWrites += writes
        self.gatheredTime += time
    }
}

extension LedgerError {
    init(_ code: Code, path: String, underlying: any Error) {
        let reason = (underlying as? DatabaseError).map { "\($0.resultCode) \($0.message ?? "")" }
        self.init(code: code, path: path, reason: reason ?? String(describing: type(of: underlying)))
    }
}
