import Synchronization

/// Something that happens once and that any number of tasks may wait for.
final class Signal: Sendable {
    private struct State {
        var hasFired = false
        var nextWaiter = 0
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
    }

    private let state = Mutex(State())

    /// Whether it has happened.
    var hasFired: Bool { self.state.withLock { $0.hasFired } }

    /// Lets everyone go who waits, or ever will.
    func fire() {
        let waiters = self.state.withLock { state in
            state.hasFired = true
            defer { state.waiters = [:] }
            return state.waiters.values
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Waits until it has happened, the time has passed or the task is cancelled.
    func wait(atMost time: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.wait() }
            group.addTask { try? await Task.sleep(for: time) }  // cut short when the other ends first
            await group.next()
            group.cancelAll()
        }
    }

    /// Lets the time pass; false when it has happened by then, or the task is cancelled.
    ///
    /// A loop that pauses so ends with either: in a cancelled task every wait returns at once, and one that asked for the
    /// signal alone would go round without a pause.
    func remainsUnfired(for time: Duration) async -> Bool {
        await self.wait(atMost: time)
        return !self.hasFired && !Task.isCancelled
    }

    /// Waits until it has happened or the task is cancelled.
    func wait() async {
        let number = self.state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let goesOn = self.state.withLock { state in
                    if state.hasFired || Task.isCancelled { return true }
                    state.waiters[number] = continuation
                    return false
                }
                if goesOn { continuation.resume() }
            }
        } onCancel: {
            self.state.withLock { $0.waiters.removeValue(forKey: number) }?.resume()
        }
    }
}
