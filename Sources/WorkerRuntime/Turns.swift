import DequeModule
import JobModel

/// Whose job of a type comes next.
///
/// Lanes take turns, in a lane its tenants take turns, and a tenant's jobs keep their order. No tenant has more than its
/// share of the places, so that one who floods a queue leaves room for the others; what is beyond the share is held, and
/// refused when too much is held already, as nobody behind it in the queue could be seen otherwise.
///
/// Pure: a place that becomes free is given away by `end` and at no other time.
struct Turns<Item> {
    /// How much there is to give.
    struct Limits: Equatable, Sendable {
        /// How many jobs run at once.
        var places: Int
        /// How many of them one tenant may have.
        var tenantPlaces: Int
        /// From how many held jobs of a lane on a tenant that has its share is refused.
        var heldMax: Int

        /// How many jobs of a lane the broker may have given out at once.
        ///
        /// More than may run and be held for those who have their share: whoever comes behind them is seen.
        var window: Int { self.places + self.heldMax + max(1, self.places / 4) }
    }

    /// What becomes of a job that arrives.
    enum Arrival: Equatable, Sendable {
        /// It has a place.
        case started
        /// It waits for one.
        case held
        /// It is to come again later.
        case refused
    }

    private struct Held {
        let item: Item
        let since: ContinuousClock.Instant
    }

    /// What is held of one tenant in a lane, from the oldest on.
    private struct Line {
        var items: Deque<Held> = []
        /// Whether the tenant stands among those whose turn may come.
        var isReady = false
    }

    /// What is held of one lane; changed in place only, as a copy of a line costs more than all its turns.
    private struct Lane {
        let name: String
        private var lines: [TenantID: Line] = [:]
        private(set) var count = 0
        /// The tenants whose turn may come, each once; the next one first.
        private var ready: Deque<TenantID> = []

        init(name: String) { self.name = name }

        func count(of tenant: TenantID) -> Int { self.lines[tenant]?.items.count ?? 0 }

        mutating func hold(_ held: Held, of tenant: TenantID) {
            self.lines[tenant, default: Line()].items.append(held)
            self.count += 1
        }

        mutating func makeReady(_ tenant: TenantID) {
            guard self.lines[tenant]?.isReady == false else { return }
            self.lines[tenant]?.isReady = true
            self.ready.append(tenant)
        }

        /// The oldest of the next tenant that may have a place.
        mutating func next(where mayHavePlace: (TenantID) -> Bool) -> (tenant: TenantID, item: Item)? {
            while let tenant = self.ready.popFirst() {
                self.lines[tenant]?.isReady = false
                guard mayHavePlace(tenant), let held = self.pop(tenant) else { continue }
                self.makeReady(tenant)
                return (tenant, held.item)
            }
            return nil
        }

        /// Takes out the oldest of each tenant as long as they meet the condition.
        mutating func withdraw(while condition: (Item, ContinuousClock.Instant) -> Bool) -> [Item] {
            var items: [Item] = []
            for tenant in Array(self.lines.keys) {
                while let first = self.lines[tenant]?.items.first, condition(first.item, first.since) {
                    self.pop(tenant).map { items.append($0.item) }
                }
            }
            if !items.isEmpty { self.ready.removeAll { self.lines[$0] == nil } }
            return items
        }

        private mutating func pop(_ tenant: TenantID) -> Held? {
            guard let held = self.lines[tenant]?.items.popFirst() else { return nil }
            self.count -= 1
            if self.lines[tenant]?.items.isEmpty == true { self.lines[tenant] = nil }
            return held
        }
    }

    let limits: Limits
    /// The lanes that have held something, the next one first.
    private var lanes: Deque<Lane> = []
    private var running: [TenantID: Int] = [:]
    private var runningCount = 0

    init(_ limits: Limits) { self.limits = limits }

    /// Gives a job a place, holds it or refuses it.
    mutating func arrive(
        _ item: Item,
        of tenant: TenantID,
        in name: String,
        at now: ContinuousClock.Instant
    ) -> Arrival {
        let share = self.running[tenant] ?? 0
        if self.runningCount < self.limits.places, share < self.limits.tenantPlaces {
            self.occupy(tenant)
            return .started
        }
        let place = self.place(of: name)
        let isOverShare = share + self.lanes[place].count(of: tenant) >= self.limits.tenantPlaces
        if isOverShare, self.lanes[place].count >= self.limits.heldMax { return .refused }
        self.lanes[place].hold(Held(item: item, since: now), of: tenant)
        if share < self.limits.tenantPlaces { self.lanes[place].makeReady(tenant) }
        return .held
    }

    /// Frees a tenant's place; gives the job that has it now.
    mutating func end(of tenant: TenantID) -> Item? {
        let share = (self.running[tenant] ?? 1) - 1
        self.running[tenant] = share > 0 ? share : nil
        self.runningCount -= 1
        for place in self.lanes.indices { self.lanes[place].makeReady(tenant) }
        for _ in self.lanes.indices {
            var lane = self.lanes.removeFirst()
            let next = lane.next { (self.running[$0] ?? 0) < self.limits.tenantPlaces }
            self.lanes.append(lane)
            guard let next else { continue }
            self.occupy(next.tenant)
            return next.item
        }
        return nil
    }

    /// Takes out what is held, of each tenant from the oldest on and as long as it meets the condition.
    mutating func withdraw(while condition: (Item, ContinuousClock.Instant) -> Bool) -> [Item] {
        self.lanes.indices.flatMap { self.lanes[$0].withdraw(while: condition) }
    }

    private mutating func place(of name: String) -> Int {
        if let place = self.lanes.firstIndex(where: { $0.name == name }) { return place }
        self.lanes.append(Lane(name: name))
        return self.lanes.count - 1
    }

    private mutating func occupy(_ tenant: TenantID) {
        self.running[tenant, default: 0] += 1
        self.runningCount += 1
    }
}
