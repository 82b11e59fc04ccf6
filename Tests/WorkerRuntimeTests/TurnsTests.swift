import Foundation
import JobModel
import TestSupport
import Testing

@testable import WorkerRuntime

@Suite("Whose job of a type comes next")
struct TurnsTests {
    private static let (flood, other, third) = (TenantID(UUID()), TenantID(UUID()), TenantID(UUID()))
    private static let start = ContinuousClock.now

    private static func turns(places: Int = 4, share: Int = 2, held: Int = 2) -> Turns<String> {
        Turns(.init(places: places, tenantPlaces: share, heldMax: held))
    }

    /// Has jobs of a tenant arrive, named by a letter and their number.
    private static func arrivals(
        _ names: [String],
        of tenant: TenantID,
        in lane: String = "0",
        _ turns: inout Turns<String>
    ) -> [Turns<String>.Arrival] {
        names.map { turns.arrive($0, of: tenant, in: lane, at: self.start) }
    }

    @Test("A tenant has its share, some more is held, the rest refused; another tenant has a place at once")
    func share() {
        var turns = Self.turns()
        let arrivals = Self.arrivals(["f1", "f2", "f3", "f4", "f5", "f6"], of: Self.flood, &turns)
        #expect(arrivals == [.started, .started, .held, .held, .refused, .refused])
        #expect(Self.arrivals(["o1"], of: Self.other, &turns) == [.started])
    }

    @Test("A tenant's jobs keep their order, and its places pass on to them")
    func order() {
        var turns = Self.turns()
        _ = Self.arrivals(["f1", "f2", "f3", "f4"], of: Self.flood, &turns)
        #expect(turns.end(of: Self.flood) == "f3")
        #expect(turns.end(of: Self.flood) == "f4")
        #expect(turns.end(of: Self.flood) == nil)
        #expect(Self.arrivals(["f5"], of: Self.flood, &turns) == [.started])
    }

    @Test("When all places are taken, tenants take turns, whoever has more waiting")
    func tenants() {
        var turns = Self.turns(places: 2, share: 2, held: 4)
        _ = Self.arrivals(["f1", "f2", "f3", "f4", "f5"], of: Self.flood, &turns)
        #expect(Self.arrivals(["o1", "o2"], of: Self.other, &turns) == [.held, .held])
        #expect(Self.arrivals(["t1"], of: Self.third, &turns) == [.held])
        #expect(turns.end(of: Self.flood) == "o1")
        #expect(turns.end(of: Self.flood) == "t1")
        #expect(turns.end(of: Self.other) == "f3")
        #expect(turns.end(of: Self.third) == "o2")
    }

    @Test("Lanes take turns: a full lane never keeps another from its place")
    func lanes() {
        var turns = Self.turns(places: 1, share: 1, held: 8)
        _ = Self.arrivals(["f1", "f2", "f3"], of: Self.flood, in: "0", &turns)
        #expect(Self.arrivals(["o1"], of: Self.other, in: "1", &turns) == [.held])
        _ = Self.arrivals(["t1"], of: Self.third, in: "0", &turns)
        #expect(turns.end(of: Self.flood) == "t1")
        #expect(turns.end(of: Self.third) == "o1")
        #expect(turns.end(of: Self.other) == "f2")
        #expect(turns.end(of: Self.flood) == "f3")
        #expect(turns.end(of: Self.flood) == nil)
    }

    @Test("Those without their share are held however much is, as the window ends it")
    func window() {
        var turns = Self.turns(places: 2, share: 1, held: 1)
        #expect(turns.limits.window == 4)
        _ = Self.arrivals(["f1", "f2"], of: Self.flood, &turns)
        #expect(Self.arrivals(["o1", "o2"], of: Self.other, &turns) == [.started, .refused])
        #expect(Self.arrivals(["t1"], of: Self.third, &turns) == [.held])
        #expect(turns.end(of: Self.other) == "t1")
    }

    @Test("What is withdrawn leaves no turn behind")
    func withdrawal() {
        var turns = Self.turns(places: 1, share: 1, held: 4)
        _ = Self.arrivals(["f1", "f2"], of: Self.flood, &turns)
        #expect(turns.arrive("o1", of: Self.other, in: "0", at: Self.start + .seconds(9)) == .held)
        #expect(turns.withdraw { _, since in since < Self.start + .seconds(5) } == ["f2"])
        #expect(turns.end(of: Self.flood) == "o1")
        #expect(turns.withdraw { _, _ in true } == [])
        #expect(turns.end(of: Self.other) == nil)
    }

    @Test("However jobs come and go, places and shares are kept, nobody is lost and nobody starves", arguments: 0..<20)
    func always(seed: UInt64) {
        var numbers = SeededNumbers(seed: seed)
        let tenants = (0..<5).map { _ in TenantID(UUID()) }
        var turns = Self.turns(places: 3, share: 2, held: 2)
        var running: [(TenantID, String)] = []
        var held: Set<String> = []
        for number in 0..<400 {
            if Bool.random(using: &numbers) || running.isEmpty {
                let tenant = tenants[Int.random(in: 0..<5, using: &numbers)]
                let lane = "\(Int.random(in: 0..<2, using: &numbers))"
                let name = "\(tenant) \(number)"
                switch turns.arrive(name, of: tenant, in: lane, at: Self.start) {
                case .started: running.append((tenant, name))
                case .held: held.insert(name)
                case .refused: break
                }
            } else {
                let (tenant, _) = running.remove(at: Int.random(in: running.indices, using: &numbers))
                if let next = turns.end(of: tenant), let owner = tenants.first(where: { next.hasPrefix("\($0)") }) {
                    #expect(held.remove(next) != nil)
                    running.append((owner, next))
                }
            }
            #expect(running.count <= 3)
            let shares = Dictionary(grouping: running, by: \.0).mapValues(\.count)
            #expect(shares.values.allSatisfy { $0 <= 2 })
            let mayStart = held.contains { name in
                tenants.contains { name.hasPrefix("\($0)") && (shares[$0] ?? 0) < 2 }
            }
            #expect(running.count == 3 || !mayStart, "a place is free, and somebody waits for it")
        }
    }
}
