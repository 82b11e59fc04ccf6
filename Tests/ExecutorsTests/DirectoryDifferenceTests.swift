import Foundation
import JobModel
import Simulator
import TestSupport
import Testing

@testable import Executors

@Suite("A copy kept from events alone is the directory")
struct DirectoryDifferenceTests {
    /// How many seeds are run: 3, or what the environment says.
    private static let seeds = Effort.seeds("SLUICE_DIRECTORY_SEEDS", standard: 3)
    private static let roundsPerSeed = 6

    @Test("After any mix of changes, faults, resyncs, kills and lost memos", arguments: Self.seeds)
    func isExact(seed: Int) async throws {
        var chance = Chance(seed: UInt64(seed))
        let filters = chance.filters()
        let scenario = chance.scenario()
        let directory = DirectorySettings(filters: filters, removalsPercentMax: 100, removalsNumberMax: 1_000_000)
        try await Bench.with(scenario, directory: directory) { bench in
            var copy = DirectoryCopy()
            for round in 1...Self.roundsPerSeed {
                let truth = try required(await bench.simulator.directory(tenant: Scenario.contosoID))
                try await bench.simulator.perform(chance.actions(on: truth), tenant: Scenario.contosoID)
                for rule in chance.faults() { await bench.simulator.add(rule) }
                let members = chance.isLucky(10) ? #""full":true"# : ""
                let payload = try Bench.sync(state: copy.state, members)
                // Whatever this one comes to, the copy stays one of a moment that was.
                _ = try await bench.sync(payload, into: &copy, kills: chance.kills()) {
                    guard chance.isLucky(50) else { return }
                    let truth = try required(await bench.simulator.directory(tenant: Scenario.contosoID))
                    try await bench.simulator.perform(chance.actions(on: truth), tenant: Scenario.contosoID)
                }
                await bench.simulator.clearFaults()
                await bench.pass(120)
                _ = try await bench.sync(try Bench.sync(state: copy.state), into: &copy).syncOutput()
                let now = try required(await bench.simulator.directory(tenant: Scenario.contosoID))
                let differences = copy.differences(from: now, filters)
                #expect(
                    differences.isEmpty,
                    "seed \(seed), round \(round): \(differences.prefix(3).joined(separator: "\n"))"
                )
                guard differences.isEmpty else { return }
            }
        }
    }

    @Test("The comparison sees a missing user, a wrong property and a member too many")
    func comparisonCanFail() async throws {
        try await Bench.with(Bench.directoryScenario(population: 5, groups: 2, membersPerGroup: 2)) { bench in
            var copy = DirectoryCopy()
            _ = try await bench.sync(try Bench.sync(), into: &copy).syncOutput()
            var rename = DirectoryAction(.change, id: try required(copy.users.keys.sorted().last))
            rename.properties = ["displayName": "Other"]
            var leave = DirectoryAction(
                .removeMembers,
                id: try required(copy.members.filter { !$0.value.isEmpty }.keys.sorted().last)
            )
            leave.members = copy.users.keys.sorted()
            let actions = [rename, leave, DirectoryAction(.addUser)]
            try await bench.simulator.perform(actions, tenant: Scenario.contosoID)
            let truth = try required(await bench.simulator.directory(tenant: Scenario.contosoID))
            #expect(copy.differences(from: truth, .standard).count >= 3)
        }
    }
}

/// Everything that is left to chance, the same in every run of a seed.
private struct Chance {
    private var generator: SplitMix

    init(seed: UInt64) { self.generator = SplitMix(state: seed &* 0x9E37_79B9) }

    mutating func isLucky(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self.generator) < percent }

    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self.generator) }

    mutating func one<Value>(_ values: [Value]) -> Value? { values.randomElement(using: &self.generator) }

    mutating func filters() -> DirectoryFilters {
        DirectoryFilters(
            users: self.one(DirectoryFilters.Users.allCases) ?? .all,
            guests: self.isLucky(50),
            domains: self.isLucky(30) ? ["contoso.com"] : nil,
            groups: self.one([.all, .all, .mail, .security]) ?? .all
        )
    }

    mutating func scenario() -> Scenario {
        var scenario = Bench.directoryScenario(
            population: self.number(20...80),
            groups: self.number(2...10),
            membersPerGroup: self.number(0...15)
        )
        for index in scenario.tenants.indices where scenario.tenants[index].id == Scenario.contosoID {
            scenario.tenants[index].directory.pageSize = self.number(1...30)
            scenario.tenants[index].directory.memberPageSize = self.number(1...20)
            scenario.tenants[index].directory.sparse = self.isLucky(50)
            scenario.tenants[index].directory.disorder = self.isLucky(80)
            scenario.tenants[index].directory.resync = self.one(ScenarioDirectory.Resync.allCases) ?? .gone
            scenario.tenants[index].directory.visibleAfterSeconds = self.one([0, 0, 30, 100]) ?? 0
        }
        return scenario
    }

    /// What an administrator does between two looks.
    mutating func actions(on truth: DirectoryTruth) -> [DirectoryAction] {
        let users = truth.users.keys.sorted()
        let groups = truth.groups.keys.sorted()
        let deleted = truth.softDeleted.sorted()
        return (0..<self.number(0...12)).compactMap { _ in
            switch self.number(0...99) {
            case 0..<10: self.newUser()
            case 10..<15: self.newGroup()
            case 15..<35: self.one(users).map { self.changed($0, self.userProperties()) }
            case 35..<50: self.one(groups).map { self.changed($0, self.groupProperties()) }
            case 50..<60: self.one(users + groups).map { DirectoryAction(.softDelete, id: $0) }
            case 60..<70: self.one(deleted).map { DirectoryAction(.restore, id: $0) }
            case 70..<77: self.one(users + groups + deleted).map { DirectoryAction(.purge, id: $0) }
            case 77..<97: self.one(groups).map { self.members(of: $0, among: users + groups) }
            default: DirectoryAction(.rebuild)
            }
        }
    }

    private mutating func newUser() -> DirectoryAction {
        var action = DirectoryAction(.addUser)
        action.properties = self.userProperties()
        return action
    }

    private mutating func newGroup() -> DirectoryAction {
        var action = DirectoryAction(.addGroup)
        action.properties = self.groupProperties()
        return action
    }

    private func changed(_ id: String, _ properties: [String: JSONValue]) -> DirectoryAction {
        var action = DirectoryAction(.change, id: id)
        action.properties = properties
        return action
    }

    private mutating func members(of group: String, among ids: [String]) -> DirectoryAction {
        var action = DirectoryAction(self.isLucky(50) ? .addMembers : .removeMembers, id: group)
        action.members = Array(Set((0..<self.number(1...6)).compactMap { _ in self.one(ids) })).filter { $0 != group }
        return action
    }

    private mutating func userProperties() -> [String: JSONValue] {
        let address = "somebody\(self.number(1...999))@\(self.isLucky(60) ? "contoso.com" : "example.net")"
        let all: [String: JSONValue] = [
            "displayName": self.isLucky(20) ? .null : .text("Name \"\(self.number(1...999))\" Ünïcode"),
            "accountEnabled": .flag(self.isLucky(60)), "userType": self.isLucky(30) ? "Guest" : "Member",
            "mail": self.isLucky(30) ? .null : .text(address),
            "proxyAddresses": self.isLucky(30) ? [] : .texts(["SMTP:\(address)", "SIP:\(address)"]),
            "assignedLicenses": self.isLucky(50) ? [] : [["skuId": "1"]],
        ]
        return all.filter { _ in self.isLucky(40) }
    }

    private mutating func groupProperties() -> [String: JSONValue] {
        let all: [String: JSONValue] = [
            "displayName": .text("Group \(self.number(1...999))"), "mailEnabled": .flag(self.isLucky(50)),
            "securityEnabled": .flag(self.isLucky(50)), "groupTypes": self.isLucky(50) ? [] : ["Unified"],
        ]
        return all.filter { _ in self.isLucky(50) }
    }

    /// What goes wrong with the next calls.
    mutating func faults() -> [FaultRule] {
        (0..<self.number(0...3)).map { _ in
            var fault = Fault(self.one([.throttle, .reply, .garbage, .dropBeforeCommit, .empty]) ?? .reply)
            if fault.kind == .throttle { fault.retryAfter = "0.002" }
            if fault.kind == .reply {
                let codes = [
                    (503, "ServiceUnavailable"), (400, "Directory_ExpiredPageToken"), (400, "resyncRequired"),
                    (410, "syncStateNotFound"), (404, "Request_ResourceNotFound"), (400, "SyncStateInvalid"),
                ]
                (fault.status, fault.code) = self.one(codes) ?? (503, "ServiceUnavailable")
            }
            let isMissing = fault.code == "Request_ResourceNotFound"
            let routes = ["graph.users.delta", "graph.groups.delta", "graph.users.list", "graph.groups.list"]
            let route = isMissing ? "graph.users.get" : self.one(routes) ?? "graph.users.delta"
            return FaultRule(route: route, fault: fault, nth: self.number(1...15), count: self.number(1...2))
        }
    }

    /// After how many frames the first attempts of a job are killed, and whether the next one finds a memo.
    mutating func kills() -> [(after: Int, losesMemo: Bool)] {
        (0..<self.number(0...4)).map { _ in (self.number(1...25), self.isLucky(25)) }
    }
}

/// Random numbers that are the same in every run with the same seed (SplitMix64).
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
