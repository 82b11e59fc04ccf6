import Foundation

/// Lets calls in and turns too many of them away.
struct CallGate: Sendable {
    private var windows: [String: CallWindow] = [:]
    private var traffic = MailboxTraffic()
    /// When a throttled client may come back, in real time, and the batch that was throttled.
    private var closedUntil: [String: (until: Date, batch: String?)] = [:]

    /// What the gate says to a call.
    struct Verdict: Sendable {
        var refusal: Ticket.Refusal?
        /// Under which the call counts as under way; nil when it does not.
        var mailbox: String?
        var violations: [(kind: Violation.Kind, detail: String)] = []
    }

    /// Counts a call that begins.
    mutating func begin(
        _ sequence: Int,
        _ call: Call,
        _ route: Route,
        _ fault: Fault?,
        _ scenario: Scenario
    ) -> Verdict {
        var verdict = Verdict()
        if isClosed(call, route) {
            verdict.violations.append((.impatience, "\(route.name) was called again before Retry-After was over"))
        }
        enterMailbox(sequence, route, scenario.mailboxLimits, &verdict)
        if verdict.refusal == nil { verdict.refusal = throttle(call, route, scenario.throttle) }
        if let refusal = verdict.refusal { close(call, route, refusal.retryAfter) }
        if fault?.kind == .throttle { close(call, route, fault?.retryAfter) }
        return verdict
    }

    /// A call is over; said twice, it counts once.
    mutating func end(_ sequence: Int, mailbox: String?) {
        if let mailbox { traffic.end(mailbox, sequence) }
    }

    private mutating func enterMailbox(
        _ sequence: Int,
        _ route: Route,
        _ limits: MailboxLimits,
        _ verdict: inout Verdict
    ) {
        guard let mailbox = route.mailbox else { return }
        let key = "\(route.claims?.appid ?? "") \(mailbox.id)"
        switch traffic.begin(key, sequence, limits, at: .now) {
        case nil: verdict.mailbox = key
        case .tooManyAtOnce:
            verdict.violations.append((.mailboxConcurrency, "\(route.name) was one call too many at once"))
            let text = "Application is over its MailboxConcurrency limit."
            verdict.refusal = .mailbox(text: text, retryAfter: limits.retryAfter, now: .now)
        case .tooManyInWindow:
            verdict.violations.append((.mailboxFlood, "\(route.name) was one call too many in the window"))
            let text = "Application is over its RequestCount limit."
            verdict.refusal = .mailbox(text: text, retryAfter: limits.retryAfter, now: .now)
        }
    }

    private mutating func throttle(_ call: Call, _ route: Route, _ limit: ThrottleLimit?) -> Ticket.Refusal? {
        guard let limit, let tenant = route.tenant else { return nil }
        let key = "\(call.service.rawValue) \(tenant)"
        let isOver = windows[key, default: CallWindow()].exceeds(limit.requests, in: limit.windowSeconds, at: .now)
        return isOver ? .throttled(retryAfter: limit.retryAfter, now: .now) : nil
    }

    private mutating func close(_ call: Call, _ route: Route, _ retryAfter: String?) {
        guard let end = RetryAfter.end(retryAfter, now: .now) else { return }
        closedUntil[key(route)] = (end, call.batch)
    }

    /// Another request of the same batch was sent before the client could know.
    private func isClosed(_ call: Call, _ route: Route) -> Bool {
        guard let closed = closedUntil[key(route)], closed.until > .now else { return false }
        return call.batch == nil || call.batch != closed.batch
    }

    private func key(_ route: Route) -> String { "\(route.tenant ?? "") \(route.mailbox?.id ?? "") \(route.name)" }
}
