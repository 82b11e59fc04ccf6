import Synchronization

/// Tells when nothing has happened for a while.
final class BenchSilence: Sendable {
    private static let lookInterval = Duration.milliseconds(50)

    private let lastAt = Mutex(ContinuousClock.now)

    /// Something happened.
    func `break`() { self.lastAt.withLock { $0 = .now } }

    /// Returns when nothing has happened for that long, or the task is cancelled.
    func wait(for patience: Duration) async {
        while !Task.isCancelled, self.lastAt.withLock({ $0 + patience }) > .now {
            try? await Task.sleep(for: Self.lookInterval)  // a cancelled one ends the loop
        }
    }
}
