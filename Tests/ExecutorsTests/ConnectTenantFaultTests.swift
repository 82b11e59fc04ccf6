import Foundation
import JobModel
import Simulator
import TestSupport
import Testing

@testable import Executors

@Suite("Connecting a tenant over a bad line")
struct ConnectTenantFaultTests {
    private static func throttle(_ retryAfter: String?) -> Fault {
        var fault = Fault(.throttle)
        fault.retryAfter = retryAfter
        return fault
    }

    @Test("A service that asks for a pause gets it", arguments: [("90", 90), (nil, 15)] as [(String?, Int)])
    func throttled(retryAfter: String?, seconds: Int) async throws {
        try await Bench.with { bench in
            await bench.simulator.add(
                FaultRule(route: "graph.domains.list", fault: Self.throttle(retryAfter), count: 2)
            )
            let attempt = try await bench.attempt(try Bench.payload())
            guard case .postponed(let pause, let problem) = attempt.outcome else {
                Issue.record("not postponed: \(attempt.outcome)")
                return
            }
            #expect(problem.code == .throttled)
            #expect(pause == .seconds(seconds))
        }
    }

    @Test("A throttled write is made later, once")
    func throttledWrite() async throws {
        try await Bench.with { bench in
            await bench.simulator.add(
                FaultRule(route: "exchange.New-TransportRule", fault: Self.throttle("30"))
            )
            let attempts = try await bench.run(try Bench.payload())
            #expect(attempts.map { $0.problem?.code } == [.throttled, nil])
            #expect(await bench.ownEffects() == everythingOnce)
        }
    }

    @Test("A service out of order fails the attempt and the next one goes on")
    func unavailable() async throws {
        try await Bench.with { bench in
            await bench.simulator.add(FaultRule(route: "exchange.Get-AcceptedDomain", fault: Fault(.empty), count: 2))
            let first = try await bench.attempt(try Bench.payload())
            #expect(first.problem?.code == .serviceUnavailable)
            _ = try await bench.connect(memo: first.memo)
            #expect(await bench.ownEffects() == everythingOnce)
        }
    }

    @Test("An answer of nonsense to a write is settled by reading")
    func nonsense() async throws {
        try await Bench.with { bench in
            var fault = Fault(.garbage)
            fault.afterCommit = true
            await bench.simulator.add(FaultRule(route: "exchange.New-*", fault: fault, count: 3))
            _ = try await bench.connect()
            #expect(await bench.ownEffects() == everythingOnce)
        }
    }

    @Test("No secret and no token is in any frame or log line")
    func secrets() async throws {
        try await Bench.with { bench in
            await bench.simulator.add(
                FaultRule(route: "exchange.New-InboundConnector", fault: Fault(.dropAfterCommit))
            )
            await bench.simulator.add(FaultRule(route: "graph.groups.list", fault: Fault(.garbage)))
            var attempts = try await bench.run(try Bench.payload())
            attempts += try await bench.run(try Bench.payload(), memo: attempts.last?.memo)
            let frames = attempts.flatMap { attempt in
                attempt.frames.map { String(decoding: $0.line(), as: UTF8.self) } + ["\(attempt.outcome)"]
            }.joined(separator: "\n")
            #expect(frames.contains("tenant.connected"))
            #expect(bench.log.text.contains(Scenario.contosoID), "something was logged")
            for text in [frames, bench.log.text] {
                #expect(!text.contains(Scenario.demoSecret))
                #expect(!text.contains("eyJ"), "a token begins like this")
                #expect(!text.lowercased().contains("bearer"))
            }
        }
    }
}
