/// Which mailboxes of a job are worked on now, and which wait their turn: each one under way takes some 15 KB, and many more
/// than are in batches at a time make nothing faster.
///
/// A slow mailbox holds up nobody: after a while its place is another's, though it goes on.
actor MailboxPlaces {
    /// How many mailboxes of a job are worked on at once: more than the calls of a tenant's batches together.
    static let placesMax = 200
    /// How long a mailbox keeps its place while others wait.
    static let keptFor: Duration = .seconds(5)
    private let keptFor: Duration
    private var line: MailboxLine
    private var waiting: [Int: CheckedContinuation<Void, Never>] = [:]

    /// All places are free.
    init(places: Int = placesMax, keptFor: Duration = keptFor) {
        self.line = MailboxLine(places: places)
        self.keptFor = keptFor
    }

    /// Waits until there is a place for a mailbox.
    func take(_ mailbox: Int) async {
        await withCheckedContinuation { continuation in
            self.waiting[mailbox] = continuation
            self.line.add(mailbox)
            self.admit(at: .now)
        }
    }

    /// Gives the place of a mailbox to the next, if it still has it.
    func leave(_ mailbox: Int) {
        self.line.leave(mailbox)
        self.admit(at: .now)
    }

    /// Gives away places that are kept too long, until the task is cancelled; it looks five times in that long.
    func keepMoving() async {
        while (try? await Task.sleep(for: self.keptFor / 5, clock: .continuous)) != nil {
            self.line.leaveAll(keptSince: .now - self.keptFor)
            self.admit(at: .now)
        }
    }

    private func admit(at now: ContinuousClock.Instant) {
        while let next = self.line.admit(at: now) { self.waiting.removeValue(forKey: next)?.resume() }
    }
}

/// Who has a place, and who is next: pure, with the time from the caller.
struct MailboxLine {
    private let places: Int
    private var taken: [Int: ContinuousClock.Instant] = [:]
    private var line: [Int] = []
    private var first = 0

    init(places: Int) { self.places = places }

    /// Puts a mailbox at the end of the line.
    mutating func add(_ mailbox: Int) { self.line.append(mailbox) }

    /// The next mailbox that has a place now; nil when there is none, or nobody waits.
    mutating func admit(at now: ContinuousClock.Instant) -> Int? {
        guard self.first < self.line.count, self.taken.count < self.places else { return nil }
        let next = self.line[self.first]
        self.first += 1
        if self.first == self.line.count { (self.line, self.first) = ([], 0) }
        self.taken[next] = now
        return next
    }

    /// Frees the place of a mailbox; one that was given away is free already.
    mutating func leave(_ mailbox: Int) { self.taken[mailbox] = nil }

    /// Frees the places taken at `moment` or before.
    mutating func leaveAll(keptSince moment: ContinuousClock.Instant) {
        self.taken = self.taken.filter { $0.value > moment }
    }
}
