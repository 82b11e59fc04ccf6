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
        var chance = DirectoryChance(seed: seed)
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

/// What else is left to chance.
extension DirectoryChance {
    fileprivate mutating func scenario() -> Scenario {
        var scenario = Bench.directoryScenario(
            population: self.number(20...80),
            groups: self.number(2...10),
            membersPerGroup: self.number(0...15)
        )
        for index in scenario.tenants.indices where scenario.tenants[index].id == Scenario.contosoID {
            scenario.tenants[index].directory.pageSize = self.number(1...30)
            scenario.tenants[index].directory.memberPageSize = self.number(1...20)
            scenario.tenants[index].directory.devicesPerGroup = self.number(0...4)
            scenario.tenants[index].directory.sparse = self.isLucky(50)
            scenario.tenants[index].directory.disorder = self.isLucky(80)
            scenario.tenants[index].directory.resync = self.one(ScenarioDirectory.Resync.allCases) ?? .gone
            scenario.tenants[index].directory.visibleAfterSeconds = self.one([0, 0, 30, 100]) ?? 0
        }
        return scenario
    }

    /// What goes wrong with the next calls.
    fileprivate mutating func faults() -> [FaultRule] {
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
    fileprivate mutating func kills() -> [(after: Int, losesMemo: Bool)] {
        (0..<self.number(0...4)).map { _ in (self.number(1...25), self.isLucky(25)) }
    }
}
