import Foundation
import JobModel
import Simulator
import TestSupport
import Testing

@testable import Executors

@Suite("A write that lists show late is waited for and not made again")
struct LateGrantTests {
    private static func late() -> Scenario {
        var scenario = Scenario.virtualDemo
        scenario.delays.graphVisibilitySeconds = 100
        return scenario
    }

    private static func calls(_ bench: Bench, _ route: String) async -> Int {
        await bench.simulator.journal().count { $0.route == route }
    }

    @Test("Both grants are made once each, though no list shows them for minutes")
    func once() async throws {
        try await Bench.with(Self.late()) { bench in
            let attempts = try await bench.run(try Bench.payload())
            _ = try required(attempts.last).output()
            #expect(attempts.filter { $0.problem?.code == .propagationTimeout }.count > 3)
            #expect(await Self.calls(bench, "graph.appRoleAssignedTo.create") == 1)
            #expect(await Self.calls(bench, "graph.roleAssignments.create") == 1)
            #expect(await bench.ownEffects() == everythingOnce)
        }
    }

    @Test("Made again by a run that remembers nothing, the refusal is known for what it is", arguments: [true, false])
    func forgotten(roleIs409: Bool) async throws {
        var scenario = Self.late()
        scenario.switches.duplicateRoleIs409 = roleIs409
        try await Bench.with(scenario) { bench in
            let attempts = try await bench.run(try Bench.payload(), carriesMemo: false)
            _ = try required(attempts.last).output()
            #expect(await Self.calls(bench, "graph.appRoleAssignedTo.create") > 1)
            #expect(await bench.ownEffects() == everythingOnce)
        }
    }

    @Test("A grant whose answer was lost before it was made is made by the next run")
    func lost() async throws {
        try await Bench.with(Self.late()) { bench in
            await bench.simulator.add(
                FaultRule(route: "graph.appRoleAssignedTo.create", fault: Fault(.dropBeforeCommit))
            )
            _ = try await bench.connect()
            #expect(await Self.calls(bench, "graph.appRoleAssignedTo.create") == 2)
            #expect(await bench.ownEffects() == everythingOnce)
        }
    }

    @Test("A connector or rule whose name is taken already is waited for by a run that remembers nothing")
    func taken() async throws {
        var scenario = Scenario.grantedDemo
        scenario.delays.exchangeVisibilitySeconds = 100
        try await Bench.with(scenario) { bench in
            let attempts = try await bench.run(try Bench.payload(), carriesMemo: false)
            _ = try required(attempts.last).output()
            #expect(await Self.calls(bench, "exchange.New-TransportRule") > 1)
            #expect(await bench.ownEffects() == Array(everythingOnce.suffix(3)))
        }
    }
}
