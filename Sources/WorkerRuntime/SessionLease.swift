import ExecutorChannel
import Synchronization

/// Until when the locks of a session are ours for certain, by the host's clock.
///
/// Renewed while the broker is heard, for as long as it keeps the locks of a client that it no longer hears. It is over for
/// good once it has run out, whatever comes later: a process that was frozen finds it so when it wakes.
final class SessionLease: Sendable {
    private let until: Mutex<Duration>

    /// A lease from now on.
    init(for time: Duration) { self.until = Mutex(HostClock.now + time) }

    /// Whether it has run out.
    var isOver: Bool { self.until.withLock { $0 } <= HostClock.now }

    /// The end of the time that it gives.
    var end: Duration { self.until.withLock { $0 } }

    /// Gives so much time from now on; false when it had run out.
    func renew(for time: Duration) -> Bool {
        let now = HostClock.now
        return self.until.withLock { until in
            guard until > now else { return false }
            until = now + time
            return true
        }
    }
}
