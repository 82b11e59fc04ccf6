import ExecutorChannel
import Synchronization

/// How long the process may go on changing tenants, as the worker last said.
///
/// The worker renews it while it holds its tenants' locks. A worker that is frozen cannot end its executors when the broker
/// frees those locks; they end by themselves then, as the time runs by the host's clock, which no process can stop.
final class Lease: Sendable {
    private let end = Mutex<Duration?>(nil)
    private let (beginning, begin) = AsyncStream.makeStream(of: Void.self)

    /// Whether there is a lease and its time is over.
    var hasRunOut: Bool { self.left.map { $0 <= .zero } ?? false }

    private var left: Duration? { self.end.withLock { $0 }.map { $0 - HostClock.now } }

    /// Takes the place of the lease before.
    func renew(until: Duration) {
        self.end.withLock { $0 = until }
        self.begin.finish()
    }

    /// Returns when the time is over, or when the task is cancelled; without a lease it goes on for ever.
    func ranOut() async {
        for await _ in self.beginning {}
        while !Task.isCancelled, let left = self.left, left > .zero {
            try? await Task.sleep(for: left)  // cut short when the process leaves anyway
        }
    }
}
