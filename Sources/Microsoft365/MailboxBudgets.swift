import Foundation

/// What single mailboxes were asked of late: pure, with the time from the caller.
///
/// A mailbox is forgotten when its window is over, a few with each call: the cost of a call does not grow with their number.
struct MailboxBudgets {
    /// Calls under way in one mailbox.
    static let callsMax = 4
    /// Calls within one window: three windows can touch any ten minutes, and together stay under 10,000.
    static let windowCallsMax = 3_200
    /// The length of a window.
    static let window: Duration = .seconds(300)
    /// How many windows that may be over are looked at with each call; one would do to keep up.
    static let looksMax = 2

    /// A mailbox of a tenant.
    struct Key: Hashable {
        let tenant: UUID
        let mailbox: String
    }

    private struct Mailbox {
        var underWay = 0
        var count = 0
        var windowEnd: ContinuousClock.Instant
        var restEnd: ContinuousClock.Instant?
    }

    private var mailboxes: [Key: Mailbox] = [:]
    /// Windows in the order in which they end; those before `first` are done with.
    private var windows: [(key: Key, end: ContinuousClock.Instant)] = []
    private var first = 0
    /// How many windows were looked at so far, over all calls.
    private(set) var looks = 0

    /// How many mailboxes are remembered.
    var count: Int { self.mailboxes.count }

    /// Counts a call that is about to be sent; false when its mailbox has as many as it may, or rests.
    mutating func begin(_ key: Key, at now: ContinuousClock.Instant) -> Bool {
        self.forget(at: now)
        var entry = self.mailboxes[key] ?? self.opened(key, at: now)
        if now >= entry.windowEnd { entry = self.renewed(entry, of: key, at: now) }
        guard entry.restEnd.map({ now >= $0 }) ?? true else { return false }
        guard entry.underWay < Self.callsMax, entry.count < Self.windowCallsMax else { return false }
        entry.underWay += 1
        entry.count += 1
        self.mailboxes[key] = entry
        return true
    }

    /// Notes that a call has ended.
    mutating func end(_ key: Key) { self.mailboxes[key]?.underWay -= 1 }

    /// Notes that a mailbox is to be left alone; of a mailbox that was not called lately nothing is noted.
    mutating func rest(_ key: Key, until end: ContinuousClock.Instant) {
        let known = self.mailboxes[key]?.restEnd ?? end
        self.mailboxes[key]?.restEnd = max(known, end)
    }

    /// Until when a mailbox is, or was, to be left alone.
    func restEnd(of key: Key) -> ContinuousClock.Instant? { self.mailboxes[key]?.restEnd }

    private mutating func opened(_ key: Key, at now: ContinuousClock.Instant) -> Mailbox {
        let entry = Mailbox(windowEnd: now + Self.window)
        self.windows.append((key, entry.windowEnd))
        return entry
    }

    private mutating func renewed(_ old: Mailbox, of key: Key, at now: ContinuousClock.Instant) -> Mailbox {
        var entry = self.opened(key, at: now)
        (entry.underWay, entry.restEnd) = (old.underWay, old.restEnd)
        self.mailboxes[key] = entry
        return entry
    }

    /// Forgets mailboxes whose windows are over, unless a call is under way in them or they rest.
    private mutating func forget(at now: ContinuousClock.Instant) {
        for _ in 0..<Self.looksMax {
            guard self.first < self.windows.count else { break }
            let (key, end) = self.windows[self.first]
            guard end <= now else { break }
            self.looks += 1
            self.first += 1
            // One that was renewed stands further back.
            guard let entry = self.mailboxes[key], entry.windowEnd == end else { continue }
            if entry.underWay > 0 || entry.restEnd.map({ now < $0 }) ?? false {
                _ = self.renewed(entry, of: key, at: now)
            } else {
                self.mailboxes[key] = nil
            }
        }
        // Now and then, so that on average a window is moved once.
        guard self.first > 1_024, self.first * 2 > self.windows.count else { return }
        self.windows.removeFirst(self.first)
        self.first = 0
    }
}
