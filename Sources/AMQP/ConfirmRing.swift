/// The publishes that await their confirm, numbered as the broker numbers them.
///
/// `Waiter` is whoever is told the outcome. Confirms may come out of order and for many at once, and a return must find
/// its publish (rabbitmq.com, "Consumer Acknowledgements and Publisher Confirms").
struct ConfirmRing<Waiter> {
    /// A publish on its way.
    struct Entry {
        /// Who is told; nil once told.
        var waiter: Waiter?
        let messageID: String?
        let destination: Destination
        let byteCount: Int
        let sentAt: ContinuousClock.Instant
        /// Why the broker returned it, when it did.
        var returned: AMQPError?
    }

    private var entries: [Entry?] = []
    private var head = 0
    /// The number of `entries[head]`; numbering starts at 1 with confirm.select.
    private var firstNumber: UInt64 = 1

    /// Publishes without a confirm.
    private(set) var count = 0
    /// Bytes of their bodies.
    private(set) var byteCount = 0

    /// Adds the publish that was just sent.
    mutating func append(_ entry: Entry) {
        entries.append(entry)
        count += 1
        byteCount += entry.byteCount
    }

    /// Takes out what a confirm covers: one number, or all up to it.
    mutating func confirm(_ number: UInt64, isMultiple: Bool) -> [Entry] {
        let last = firstNumber + UInt64(entries.count - head)
        guard number < last else { return [] }
        var confirmed: [Entry] = []
        if isMultiple {
            while firstNumber <= number, head < entries.count { confirmed += takeHead() }
        } else if number >= firstNumber {
            confirmed += take(head + Int(number - firstNumber))
        }
        while head < entries.count, entries[head] == nil { _ = takeHead() }
        dropOldEntries()
        return confirmed
    }

    /// Marks the publish a return belongs to; false when there is none.
    ///
    /// The broker returns before it confirms and in the order of publishing, so it is the oldest that fits.
    mutating func markReturned(messageID: String?, destination: Destination, error: AMQPError) -> Bool {
        for index in head..<entries.count {
            guard let entry = entries[index], entry.returned == nil, entry.messageID == messageID,
                entry.destination == destination
            else { continue }
            entries[index]?.returned = error
            return true
        }
        return false
    }

    /// Takes the waiter out of the oldest entry that has one and meets the condition; the entry stays.
    mutating func takeWaiter(where isMeant: (Entry) -> Bool) -> Waiter? {
        for index in head..<entries.count {
            guard let entry = entries[index], let waiter = entry.waiter, isMeant(entry) else { continue }
            entries[index]?.waiter = nil
            return waiter
        }
        return nil
    }

    /// When the oldest publish that someone waits for was sent.
    var oldestSentAt: ContinuousClock.Instant? {
        entries[head...].lazy.compactMap { $0 }.first { $0.waiter != nil }?.sentAt
    }

    /// Takes everything out and starts numbering anew, as a reopened channel does.
    mutating func reset() -> [Entry] {
        let left = entries[head...].compactMap { $0 }
        self = ConfirmRing()
        return left
    }

    private mutating func takeHead() -> [Entry] {
        let entry = take(head)
        head += 1
        firstNumber += 1
        return entry
    }

    private mutating func take(_ index: Int) -> [Entry] {
        guard let entry = entries[index] else { return [] }
        entries[index] = nil
        count -= 1
        byteCount -= entry.byteCount
        return [entry]
    }

    private mutating func dropOldEntries() {
        guard head > 1024, head * 2 > entries.count else { return }
        entries.removeFirst(head)
        head = 0
    }
}
