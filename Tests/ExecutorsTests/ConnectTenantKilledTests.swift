import JobModel
import Simulator
import TestSupport
import Testing

@testable import Executors

@Suite("Connecting a tenant, killed and run again")
struct ConnectTenantKilledTests {
    /// As many frames as one whole attempt sends.
    private static let framesCount = 34

    @Test(
        "Killed after any frame and run again, a job ends with the same objects, each once",
        arguments: [true, false]
    )
    func killed(withMemo: Bool) async throws {
        try await Bench.with { bench in
            let payload = try Bench.payload()
            #expect(try await bench.attempt(payload).frames.count == Self.framesCount)
            for last in 1...Self.framesCount {
                try await bench.simulator.reset()
                let killed = try await bench.attempt(payload, killedAfter: last)
                #expect(killed.frames.count == last)
                let output = try await bench.connect(payload, memo: withMemo ? killed.memo : nil)
                #expect(await bench.ownEffects() == everythingOnce, "after frame \(last)")
                #expect(output.objects.count == 5)
                if withMemo { #expect(output.changes.count == 5, "after frame \(last)") }
                #expect(await bench.simulator.violations().isEmpty, "after frame \(last)")
            }
        }
    }

    @Test("A job that had ended and is run again with its memo gives the same result and no second news")
    func endedBefore() async throws {
        try await Bench.with { bench in
            let payload = try Bench.payload(#""claimedDomains":["contoso.com"],"notify":["admin@contoso.com"]"#)
            let first = try await bench.attempt(payload)
            let second = try await bench.attempt(payload, memo: first.memo)
            #expect(first.events.suffix(2) == ["tenant.connected", "notification.requested"])
            #expect(second.events.isEmpty)
            #expect(try second.output() == first.output())
        }
    }

    @Test(
        "A write whose answer was lost is settled by reading: one object",
        arguments: [
            "exchange.New-InboundConnector", "exchange.New-OutboundConnector", "exchange.New-TransportRule",
            "graph.appRoleAssignedTo.create", "graph.roleAssignments.create",
        ]
    )
    func dropped(route: String) async throws {
        try await Bench.with { bench in
            await bench.simulator.add(FaultRule(route: route, fault: Fault(.dropAfterCommit)))
            let output = try await bench.connect()
            #expect(await bench.ownEffects() == everythingOnce)
            #expect(output.changes.count == 5)
            #expect(await bench.simulator.violations().isEmpty)
            #expect(await bench.simulator.journal().contains { $0.fault == "drop-after-commit" }, "the fault was met")
        }
    }

    @Test("A write that was lost on its way is uncertain at first and made by the next attempt")
    func lost() async throws {
        try await Bench.with { bench in
            let route = "exchange.New-OutboundConnector"
            await bench.simulator.add(FaultRule(route: route, fault: Fault(.dropBeforeCommit)))
            let first = try required(try await bench.run(try Bench.payload()).last)
            #expect(first.problem?.code == .effectUncertain)
            #expect(ProblemCode.effectUncertain.reaction == .retry)
            let output = try await bench.connect(memo: first.memo)
            #expect(await bench.ownEffects() == everythingOnce)
            #expect(output.changes.count == 5)
        }
    }

    @Test("An object that does not show at once is waited for, with its answer or without", arguments: [true, false])
    func invisible(answerIsLost: Bool) async throws {
        var scenario = Scenario.grantedDemo
        scenario.delays.exchangeVisibilitySeconds = 50
        try await Bench.with(scenario) { bench in
            if answerIsLost {
                await bench.simulator.add(
                    FaultRule(route: "exchange.New-InboundConnector", fault: Fault(.dropAfterCommit))
                )
            }
            var memo: String?
            var attempts = 0
            repeat {
                let attempt = try required(try await bench.run(try Bench.payload(), memo: memo).last)
                memo = attempt.memo ?? memo
                attempts += 1
                if case .succeeded = attempt.outcome { break }
                #expect(attempt.problem?.code == .effectUncertain)
                await bench.pass(30)
            } while attempts < 5
            #expect(await bench.ownEffects() == Array(everythingOnce.dropFirst(2)))
            if !answerIsLost { #expect(await bench.simulator.violations().isEmpty, "nothing was made twice") }
        }
    }

    @Test("An outbound connector that came up enabled is disabled at once, and the job fails with its name")
    func bornEnabled() async throws {
        var scenario = Scenario.grantedDemo
        scenario.delays.exchangeVisibilitySeconds = 50
        try await Bench.with(scenario) { bench in
            let route = "exchange.New-OutboundConnector"
            await bench.simulator.add(FaultRule(route: route, fault: Fault(.dropAfterCommit)))
            let payload = try Bench.payload()
            let uncertain = try required(try await bench.run(payload).last)
            #expect(uncertain.problem?.code == .effectUncertain)
            var enabling = AdminAction(.editObject)
            enabling.kind = "outbound-connector"
            enabling.identity = "Outbound Connector for Example Gateway"
            enabling.parameters = ["Enabled": true]
            try await bench.simulator.perform(enabling, tenant: Scenario.contosoID)
            await bench.pass(60)
            let last = try await bench.attempt(payload, memo: uncertain.memo)
            #expect(last.problem?.code == .internalError)
            #expect(last.problem?.detail.contains("Outbound Connector for Example Gateway") == true)
            let tenant = try required(await bench.simulator.tenant(Scenario.contosoID))
            #expect(tenant.outboundConnectors.map { $0["Enabled"]?.flag } == [false])
        }
    }

    @Test("A damaged memo is passed over", arguments: ["", "no JSON", #"{"changes":"all"}"#])
    func damagedMemo(memo: String) async throws {
        try await Bench.with { bench in
            _ = try await bench.connect(memo: memo)
            #expect(await bench.ownEffects() == everythingOnce)
        }
    }
}
