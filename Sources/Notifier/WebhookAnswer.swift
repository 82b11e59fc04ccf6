/// What a webhook's answers mean.
enum WebhookAnswer {
    /// Statuses of requests that may do better later, besides all from 500 on: RFC 9110 and RFC 6585.
    private static let passing: Set<Int> = [408, 425, 429]

    /// Pure; `retryAfter` is the header's value.
    ///
    /// A redirect is refused: the body and its signature are for the host that was configured, and for no other.
    static func verdict(status: Int, retryAfter: String?) -> HandOver {
        switch status {
        case 200..<300: return .taken
        case 300..<400:
            return .refused("The webhook answered \(status), a redirect; set notifier.webhook-url to where it leads.")
        case 400..<500 where !self.passing.contains(status):
            return .refused("The webhook answered \(status).")
        default:
            let pause = retryAfter.flatMap { Int($0) }.flatMap { $0 > 0 ? Duration.seconds($0) : nil }
            return .unavailable("The webhook answered \(status).", retryAfter: pause)
        }
    }
}
