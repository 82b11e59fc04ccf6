import Foundation

/// What single mailboxes were asked of late: pure, with the time from the caller.
///
/// A mailbox that is called little is forgotten soon, any other when its window is over, a few with each call: neither the
/// cost of a call nor the memory grows with how many were ever called.
struct MailboxBudgets {
    /// Calls under way in one mailbox.
    static let callsMax = 4
    /// Calls within one window: three windows can touch any ten minutes, and together with thirty times `fewCalls` in
    /// between, and some at their seams, stay under 10,000.
    static let windowCallsMax = 3_200
    /// The length of a window.
    static let window: Duration = .seconds(300)
    /// How often a mailbox is looked at, whether it can be forgotten.
    static let lookAfter: Duration = .seconds(10)
    /// One that was called so often at most is forgotten before its window is over.
    static let fewCalls = 10
    /// How many mailboxes are looked at with each call; one would do to keep up.
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
    /// When each mailbox is to be looked at, in that order; those before `first` are done with.
    private var due: [(key: Key, at: ContinuousClock.Instant)] = []
    private var first = 0
    /// How many mailboxes were looked at so far, over all calls.
    private(set) var looks = 0

    /// How many mailboxes are remembered.
    var count: Int { self.mailboxes.count }

    /// Counts a call that is about to be sent; false when its mailbox has as many as it may, or rests.
    mutating func begin(_ key: Key, at now: ContinuousClock.Instant) -> Bool {
        self.forget(at: now)
        var entry = self.mailboxes[key] ?? self.opened(key, at: now)
        if now >= entry.windowEnd { (entry.count, entry.windowEnd) = (0, now + Self.window) }
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
        self.due.append((key, now + Self.lookAfter))
        let entry = Mailbox(windowEnd: now + Self.window)
        self.mailboxes[key] = entry
        return entry
    }

    /// Forgets mailboxes, unless a call is under way in them, they rest, or were called often in a window that is not over.
    private mutating func forget(at now: ContinuousClock.Instant) {
        for _ in 0..<Self.looksMax {
            guard self.first < self.due.count, self.due[self.first].at <= now else { break }
            let key = self.due[self.first].key
            self.looks += 1
            self.first += 1
            guard let entry = self.mailboxes[key] else { continue }
            let isBusy = entry.underWay > 0 || entry.restEnd.map { now < $0 } ?? false
            if isBusy || entry.count > Self.fewCalls && now < entry.windowEnd {
                self.due.append((key, now + Self.lookAfter))
            } else {
                self.mailboxes[key] = nil
            }
        }
        // Now and then, so that on average an entry is moved once.
        guard self.first > 1_024, self.first * 2 > self.due.count else { return }
        self.due.removeFirst(self.first)
        self.first = 0
    }
}
