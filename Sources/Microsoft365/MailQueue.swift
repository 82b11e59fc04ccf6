/// The calls that wait to be sent, and which of them go together.
///
/// Pure: time and places come from the caller. Calls are taken in their order, but one whose mailbox is busy is passed over,
/// and mailboxes that held up a batch travel apart: a batch is answered when its slowest call is.
struct MailQueue {
    /// One call that waits.
    struct Item: Sendable {
        let number: Int
        let request: MailRequest
        /// How often it was sent.
        var attempts = 0
        /// Not to be sent earlier.
        var ready: ContinuousClock.Instant
    }

    /// Batches of mailboxes that held up one are this small; of those that did so twice, a single call.
    static let suspectsMax = 5
    /// How many items of a queue are looked at for one batch.
    private static let lookaheadMax = 2_000

    private(set) var items: [Item] = []
    /// How often a mailbox was in a batch that took too long, since it last was in a quick one.
    private var strikes: [String: Int] = [:]

    mutating func add(_ item: Item) { self.items.append(item) }

    /// Whether a full batch could be sent now.
    func isFull(at now: ContinuousClock.Instant) -> Bool {
        self.items.lazy.filter { $0.ready <= now }.prefix(MailBatch.sizeMax).count == MailBatch.sizeMax
    }

    /// When the next item may be sent; nil when none waits.
    var next: ContinuousClock.Instant? { self.items.lazy.map(\.ready).min() }

    /// Takes the next batch out; empty when nothing may be sent now.
    ///
    /// `begin` counts a call into its mailbox's budget, and says whether there was room.
    mutating func take(at now: ContinuousClock.Instant, begin: (MailRequest) -> Bool) -> [Item] {
        var taken: [Item] = []
        var level: Int?
        var kept: [Item] = []
        for (index, item) in self.items.enumerated() {
            let limit = level.map { Self.sizeMax(strikes: $0) } ?? MailBatch.sizeMax
            guard taken.count < limit, index < Self.lookaheadMax else {
                kept.append(contentsOf: self.items[index...])
                break
            }
            let strikes = self.strikes(of: item.request)
            guard item.ready <= now, strikes == level ?? strikes, begin(item.request) else {
                kept.append(item)
                continue
            }
            level = strikes
            taken.append(item)
        }
        self.items = kept
        return taken
    }

    /// Holds everything back that waits for a mailbox.
    mutating func rest(_ mailbox: String, until end: ContinuousClock.Instant) {
        for index in self.items.indices where self.items[index].request.mailbox == mailbox {
            self.items[index].ready = max(self.items[index].ready, end)
        }
    }

    /// Learns from how long a batch took.
    mutating func judge(_ batch: [Item], wasSlow: Bool) {
        for mailbox in Set(batch.compactMap(\.request.mailbox)) {
            if wasSlow {
                self.strikes[mailbox] = min((self.strikes[mailbox] ?? 0) + 1, 2)
            } else {
                self.strikes[mailbox] = nil
            }
        }
    }

    /// Everything that waits, for the end.
    mutating func drain() -> [Item] {
        defer { self.items = [] }
        return self.items
    }

    private func strikes(of request: MailRequest) -> Int { request.mailbox.flatMap { self.strikes[$0] } ?? 0 }

    private static func sizeMax(strikes: Int) -> Int {
        switch strikes {
        case 0: MailBatch.sizeMax
        case 1: Self.suspectsMax
        default: 1
        }
    }
}
