import Foundation

/// Counts what each application does in each mailbox.
struct MailboxTraffic: Sendable {
    /// The calls under way by application and mailbox.
    private var underWay: [String: Set<Int>] = [:]
    private var windows: [String: CallWindow] = [:]

    /// Why a call is refused.
    enum Refusal: Sendable, Equatable {
        case tooManyAtOnce
        case tooManyInWindow
    }

    /// Counts a call that begins; a refused one is not under way, but it counts in the window.
    mutating func begin(_ key: String, _ sequence: Int, _ limits: MailboxLimits, at now: Date) -> Refusal? {
        let isFlood = windows[key, default: CallWindow()].exceeds(limits.requests, in: limits.windowSeconds, at: now)
        if isFlood { return .tooManyInWindow }
        guard underWay[key, default: []].count < limits.concurrent else { return .tooManyAtOnce }
        underWay[key, default: []].insert(sequence)
        return nil
    }

    /// A call that was not refused is over.
    mutating func end(_ key: String, _ sequence: Int) {
        underWay[key]?.remove(sequence)
        if underWay[key]?.isEmpty == true { underWay[key] = nil }
    }
}
