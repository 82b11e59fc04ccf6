import Foundation
import JobModel
import Simulator
import TestSupport
import Testing

@testable import Executors

@Suite("Jobs read every list to its last page")
struct ShortPagesTests {
    @Test("A tenant is connected, verified, enabled and disconnected over empty pages and pages of one")
    func tenant() async throws {
        var scenario = Scenario.virtualDemo
        scenario.switches.graphPagesAreShort = true
        try await Bench.with(scenario) { bench in
            let connected = try await bench.connect()
            #expect(connected.domains.count > 2 && connected.domains.contains { $0.mailExchange != nil })
            #expect(await bench.ownEffects() == everythingOnce)
            try bench.publishGateway()
            try bench.publish(Bench.rightRecord)
            #expect(try await bench.drift().isEmpty)
            let enabled = try await bench.enable().output(EnableOutboundConnectorOutput.self)
            #expect(enabled.domains.map(\.name) == Bench.relayDomains)
            #expect(try await bench.drift().isEmpty)
            #expect(try await bench.disconnect().output(DisconnectTenantOutput.self).isComplete)
            #expect(await bench.simulator.violations().isEmpty)
        }
    }

    @Test("A directory is the same over short pages, also what is read again by id", arguments: [false, true])
    func directory(sparse: Bool) async throws {
        var scenario = Bench.directoryScenario(population: 20, groups: 4, membersPerGroup: 5)
        scenario.switches.graphPagesAreShort = true
        for index in scenario.tenants.indices { scenario.tenants[index].directory.sparse = sparse }
        try await Bench.with(scenario) { bench in
            var copy = DirectoryCopy()
            _ = try await bench.sync(try Bench.sync(), into: &copy).syncOutput()
            #expect(copy.users.count >= 20)
            try await bench.expect(copy)
            let users = copy.users.keys.sorted().prefix(3)
            var actions = users.map { id in
                var action = DirectoryAction(.change, id: id)
                action.properties = ["displayName": "Renamed"]
                return action
            }
            for id in copy.groups.keys.sorted().prefix(3) {
                var action = DirectoryAction(.addMembers, id: id)
                action.members = Array(users)
                actions.append(action)
            }
            try await bench.simulator.perform(actions, tenant: Scenario.contosoID)
            let next = try await bench.sync(try Bench.sync(state: copy.state), into: &copy).syncOutput()
            #expect(next.full == nil)
            #expect(users.allSatisfy { copy.users[$0]?.displayName == "Renamed" })
            try await bench.expect(copy)
        }
    }
}
