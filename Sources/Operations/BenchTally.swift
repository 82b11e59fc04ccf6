import JobModel
import Synchronization

/// Which jobs of a benchmark were sent, and what was heard of each.
final class BenchTally: Sendable {
    private struct Entry {
        let sentAt: ContinuousClock.Instant
        var heardAt: ContinuousClock.Instant?
    }

    private struct State {
        var entries: [String: Entry] = [:]
        var heard = 0
        var duplicates = 0
        var failed = 0
        var firstHeard: ContinuousClock.Instant?
        var lastHeard: ContinuousClock.Instant?
    }

    private let state = Mutex(State())

    /// Jobs without a result.
    var missing: Int { self.state.withLock { $0.entries.count - $0.heard } }
    /// Jobs sent.
    var sent: Int { self.state.withLock { $0.entries.count } }
    /// Results that came a second time.
    var duplicates: Int { self.state.withLock { $0.duplicates } }
    /// Jobs whose result is not a success.
    var failed: Int { self.state.withLock { $0.failed } }
    /// When the first and the last result came.
    var span: (first: ContinuousClock.Instant, last: ContinuousClock.Instant)? {
        self.state.withLock { state in
            guard let first = state.firstHeard, let last = state.lastHeard else { return nil }
            return (first, last)
        }
    }

    /// Notes jobs before they are published, so that no result comes before them.
    func send(_ jobs: [JobID], at time: ContinuousClock.Instant) {
        let names = jobs.map(\.description)
        self.state.withLock { state in
            for name in names { state.entries[name] = Entry(sentAt: time) }
        }
    }

    /// Notes a result; false when the job is none of this tally's.
    @discardableResult
    func hear(_ job: String, succeeded: Bool, at time: ContinuousClock.Instant) -> Bool {
        self.state.withLock { state in
            guard let entry = state.entries[job] else { return false }
            guard entry.heardAt == nil else {
                state.duplicates += 1
                return true
            }
            state.entries[job]?.heardAt = time
            state.heard += 1
            if !succeeded { state.failed += 1 }
            state.firstHeard = state.firstHeard ?? time
            state.lastHeard = time
            return true
        }
    }

    /// Whether the job is one of this tally's.
    func knows(_ job: String) -> Bool { self.state.withLock { $0.entries[job] != nil } }

    /// The times from sending to hearing of the jobs that are asked about, sorted.
    func latencies(of jobs: [JobID]) -> [Duration] {
        self.state.withLock { state in
            jobs.compactMap { job in
                state.entries[job.description].flatMap { entry in entry.heardAt.map { entry.sentAt.duration(to: $0) } }
            }
        }.sorted()
    }
}
