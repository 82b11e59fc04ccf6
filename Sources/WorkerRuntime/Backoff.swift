/// How long to wait before the next try of something: twice as long each time, until it has gone well for a while.
///
/// Pure: the caller says how long it went well, and brings chance along.
struct Backoff: Sendable {
    private let first: Duration
    private let longest: Duration
    private let healthyTime: Duration
    private var next: Duration

    /// Begins with `first`, and begins with it again once a try has gone well for `healthyTime`.
    init(first: Duration, longest: Duration, healthyTime: Duration) {
        self.first = first
        self.longest = longest
        self.healthyTime = healthyTime
        self.next = first
    }

    /// The pause after a try that went well for so long, shortened by up to a half; `jitter` goes from 0 to 1.
    mutating func pause(after time: Duration, jitter: Double) -> Duration {
        if time >= self.healthyTime { self.next = self.first }
        defer { self.next = min(self.next * 2, self.longest) }
        return self.next * (0.5 + jitter / 2)
    }
}
