import Foundation

/// Counts calls in a sliding window of real time, refused ones too.
struct CallWindow: Sendable {
    private var times: [Date] = []

    /// Counts a call and says whether it is one too many.
    mutating func exceeds(_ limit: Int, in seconds: Double, at now: Date) -> Bool {
        times.removeAll { now.timeIntervalSince($0) >= seconds }
        times.append(now)
        return times.count > limit
    }
}
