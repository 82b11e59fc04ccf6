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

    private struct Lane {
        var held: [TenantID: [Held]] = [:]
        var count = 0
        /// The tenants whose turn may come, each once; the next one first.
        var ready: [TenantID] = []
    }

    let limits: Limits
    private var lanes: [String: Lane] = [:]
    /// The lanes' names, the next one first.
    private var order: [String] = []
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
        if self.lanes[name] == nil { self.order.append(name) }
        var lane = self.lanes[name] ?? Lane()
        self.lanes[name] = nil  // not copied while it is changed
        defer { self.lanes[name] = lane }
        let isOverShare = share + (lane.held[tenant]?.count ?? 0) >= self.limits.tenantPlaces
        if isOverShare, lane.count >= self.limits.heldMax { return .refused }
        lane.held[tenant, default: []].append(Held(item: item, since: now))
        lane.count += 1
        if share < self.limits.tenantPlaces, !lane.ready.contains(tenant) { lane.ready.append(tenant) }
        return .held
    }

    /// Frees a tenant's place; gives the job that has it now.
    mutating func end(of tenant: TenantID) -> Item? {
        let share = (self.running[tenant] ?? 1) - 1
        self.running[tenant] = share > 0 ? share : nil
        self.runningCount -= 1
        for name in self.order where self.lanes[name]?.held[tenant] != nil {
            if self.lanes[name]?.ready.contains(tenant) == false { self.lanes[name]?.ready.append(tenant) }
        }
        for _ in self.order {
            let name = self.order.removeFirst()
            self.order.append(name)
            if let item = self.next(in: name) { return item }
        }
        return nil
    }

    /// Takes out what is held and meets the condition, in its order.
    mutating func withdraw(where condition: (Item, ContinuousClock.Instant) -> Bool) -> [Item] {
        var items: [Item] = []
        for name in self.order {
            guard var lane = self.lanes[name] else { continue }
            for (tenant, held) in lane.held {
                let left = held.filter { !condition($0.item, $0.since) }
                items += held.filter { condition($0.item, $0.since) }.map(\.item)
                lane.held[tenant] = left.isEmpty ? nil : left
                lane.count -= held.count - left.count
            }
            lane.ready.removeAll { lane.held[$0] == nil }
            self.lanes[name] = lane
        }
        return items
    }

    private mutating func next(in name: String) -> Item? {
        guard var lane = self.lanes[name], !lane.ready.isEmpty else { return nil }
        self.lanes[name] = nil
        defer { self.lanes[name] = lane }
        while !lane.ready.isEmpty {
            let tenant = lane.ready.removeFirst()
            guard (self.running[tenant] ?? 0) < self.limits.tenantPlaces, var held = lane.held[tenant] else { continue }
            let item = held.removeFirst().item
            lane.held[tenant] = held.isEmpty ? nil : held
            lane.count -= 1
            self.occupy(tenant)
            if !held.isEmpty { lane.ready.append(tenant) }
            return item
        }
        return nil
    }

    private mutating func occupy(_ tenant: TenantID) {
        self.running[tenant, default: 0] += 1
        self.runningCount += 1
    }
}
