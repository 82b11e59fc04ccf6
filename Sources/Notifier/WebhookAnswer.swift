import Foundation

/// What a webhook's answers mean.
enum WebhookAnswer {
    /// Statuses of requests that may do better later, besides all from 500 on: RFC 9110 and RFC 6585.
    private static let passing: Set<Int> = [408, 425, 429]

    /// Pure; `retryAfter` is the header's value, `now` what a date in it is counted from.
    ///
    /// A redirect is refused: the body and its signature are for the host that was configured, and for no other.
    static func verdict(status: Int, retryAfter: String?, now: Date) -> HandOver {
        switch status {
        case 200..<300: return .taken
        case 300..<400:
            return .refused("The webhook answered \(status), a redirect; set notifier.webhook-url to where it leads.")
        case 400..<500 where !self.passing.contains(status):
            return .refused("The webhook answered \(status).")
        default:
            let pause = retryAfter.flatMap { self.pause($0, now: now) }
            return .unavailable("The webhook answered \(status).", retryAfter: pause)
        }
    }

    /// The pause that `Retry-After` asks for, in seconds or as a date (RFC 9110 §10.2.3); nil for anything else.
    private static func pause(_ text: String, now: Date) -> Duration? {
        let seconds = Int(text) ?? self.date(text).map { Int(min($0.timeIntervalSince(now), 1e9).rounded(.up)) }
        return seconds.flatMap { $0 > 0 ? .seconds($0) : nil }
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT`, the one form that is sent today (RFC 9110 §5.6.7).
    private static func date(_ text: String) -> Date? {
        let form = DateFormatter()
        form.locale = Locale(identifier: "en_US_POSIX")
        form.timeZone = .gmt
        form.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return form.date(from: text)
    }
}
