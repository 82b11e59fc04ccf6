import JobModel
import Synchronization

/// Whether the worker takes new jobs; running ones go on whatever it says.
///
/// Closed for everything while something hinders, and for a job type while an operator has paused it.
final class Intake: Sendable {
    /// What keeps every type from being taken.
    enum Hindrance: String, Sendable {
        /// The broker holds back publishers, for lack of memory or disk.
        case brokerBlocks = "the broker blocks publishing"
        /// Too much that was decided waits to be confirmed.
        case outboxFull = "the outbox is full"
        /// The ledger cannot be written, so that no job could be begun.
        case ledgerFails = "the ledger cannot be written"
    }

    private struct State {
        var hindrances: Set<Hindrance> = []
        var paused: Set<JobType> = []
        var change = Signal()

        func takes(_ type: JobType) -> Bool { self.hindrances.isEmpty && !self.paused.contains(type) }
    }

    private let state = Mutex(State())

    /// Whether nothing hinders; a paused type does not count.
    var isFree: Bool { self.state.withLock { $0.hindrances.isEmpty } }

    /// What hinders now.
    var hindrances: Set<Hindrance> { self.state.withLock { $0.hindrances } }

    /// Which types are paused.
    var paused: Set<JobType> { self.state.withLock { $0.paused } }

    /// Notes that something hinders, or no longer does; true when that is news.
    @discardableResult
    func set(_ hindrance: Hindrance, _ isThere: Bool) -> Bool {
        self.alter { state in
            isThere ? state.hindrances.insert(hindrance).inserted : state.hindrances.remove(hindrance) != nil
        }
    }

    /// Pauses a type, or takes it up again; true when that is news.
    @discardableResult
    func set(_ type: JobType, isPaused: Bool) -> Bool {
        self.alter { state in
            isPaused ? state.paused.insert(type).inserted : state.paused.remove(type) != nil
        }
    }

    /// Waits until the type is taken, or is not; or until the task is cancelled.
    func wait(until takes: Bool, _ type: JobType) async {
        while !Task.isCancelled, let change = self.state.withLock({ $0.takes(type) == takes ? nil : $0.change }) {
            await change.wait()
        }
    }

    private func alter(_ change: (inout State) -> Bool) -> Bool {
        let passed = self.state.withLock { state -> Signal? in
            guard change(&state) else { return nil }
            defer { state.change = Signal() }
            return state.change
        }
        passed?.fire()
        return passed != nil
    }
}
