import Synchronization

/// How many events of a job are on their way to the worker's records: what keeps a fast executor from filling memory.
///
/// Pipes and queues between the two processes have no bound of their own. An executor with many events waits here until the
/// worker has put enough of them on record.
package final class EventsUnderWay: Sendable {
    private struct State {
        var count = 0
        var isOver = false
        var waiting: [(bound: Int, continuation: CheckedContinuation<Void, Never>)] = []

        mutating func released() -> [CheckedContinuation<Void, Never>] {
            let free = self.waiting.filter { self.isOver || self.count <= $0.bound }
            self.waiting.removeAll { self.isOver || self.count <= $0.bound }
            return free.map(\.continuation)
        }
    }

    private let state = Mutex(State())

    /// Begins with none.
    package init() {}

    /// One more was sent.
    func sent() { self.state.withLock { $0.count += 1 } }

    /// One more is on record.
    package func taken() { self.change { $0.count -= 1 } }

    /// Waits until no more than `bound` are under way; a cancelled task waits no longer, now and later.
    ///
    /// The wait has no deadline of its own: the attempt has one, and a worker that dies cancels it by the end of input.
    func wait(downTo bound: Int) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let free = self.state.withLock { state in
                    state.waiting.append((bound, continuation))
                    return state.released()
                }
                for waiting in free { waiting.resume() }
            }
        } onCancel: {
            self.change { $0.isOver = true }
        }
    }

    private func change(_ change: (inout State) -> Void) {
        let free = self.state.withLock { state in
            change(&state)
            return state.released()
        }
        for waiting in free { waiting.resume() }
    }
}
