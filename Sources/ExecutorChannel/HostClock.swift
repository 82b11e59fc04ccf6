import Foundation

/// The host's own clock: the same in all its processes, never set, and running on while a process is frozen.
package enum HostClock {
    /// The time since the host was started (clock_gettime(2), `CLOCK_BOOTTIME`).
    package static var now: Duration {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
