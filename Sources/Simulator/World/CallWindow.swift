import Foundation

/// Counts calls in a sliding window of real time, refused ones too.
struct CallWindow: Sendable {
    private var times: [Date] = []

    /// Counts a call and says whether it is one too many.
    mutating func exceeds(_ limit: Int, in seconds: Double, at now: Date) -> Bool {
        // Times come in order, so the old ones are at the front.
        let old = times.firstIndex { now.timeIntervalSince($0) < seconds } ?? times.count
        times.removeFirst(old)
        times.append(now)
        return times.count > limit
    }
}
