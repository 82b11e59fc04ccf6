import Foundation
import JobModel
import Microsoft365

/// Decides for how long mailboxes that an attempt could not settle are come back for.
struct LeftPolicy {
    /// How long a mailbox that does not answer is left for later; then it is told as it is.
    static let settleLimit: TimeInterval = 20 * 60
    /// The same for a mailbox whose service asks to slow down.
    static let throttleLimit: TimeInterval = 3 * 60 * 60

    /// How long ago the job was first started, in seconds.
    let jobAge: TimeInterval
    /// How old the job may be when it comes back: later the worker ends it without any account.
    let waitLimit: Duration
    /// The shortest pause.
    let firstPause: Duration

    /// Which of what is left, by their places, the job comes back for, and after which pause; none when that would be too late.
    ///
    /// Pure. Each comes with its error, nil when the attempt had no time for it, and with the seconds since it was first left
    /// with one. The job comes back when the service says, at once for what had no time, else after as long a pause as it has
    /// waited.
    func waiting(_ left: [(error: Microsoft365Error?, age: TimeInterval)]) -> (places: [Int], pause: Duration) {
        let places = left.indices.filter { place in
            guard let error = left[place].error else { return true }
            return left[place].age <= (error.code == .throttled ? Self.throttleLimit : Self.settleLimit)
        }
        let pause = self.pause(for: places.map { left[$0] })
        let isTooLate = Duration.seconds(self.jobAge) + pause > self.waitLimit
        return isTooLate ? ([], .zero) : (places, pause)
    }

    /// What a job that comes back is said to wait for: the service, when nothing but its wish to slow down keeps it.
    ///
    /// Pure. What had no time for it is left as the others are.
    static func code(for errors: [Microsoft365Error?]) -> ProblemCode {
        let known = errors.compactMap { $0 }
        return !known.isEmpty && known.allSatisfy { $0.code == .throttled } ? .throttled : .mailboxesUnsettled
    }

    private func pause(for left: [(error: Microsoft365Error?, age: TimeInterval)]) -> Duration {
        let asked = left.compactMap(\.error?.retryAfter).max()
        let isShortOfTime = left.contains { $0.error == nil }
        let waited = isShortOfTime ? .zero : Duration.seconds(left.map(\.age).max() ?? 0)
        let own = min(waited, ExecutorSettings.propagationDelayMax)
        return max(asked.map { min($0, WaitingPolicy.servicePauseMax) } ?? own, self.firstPause)
    }
}
