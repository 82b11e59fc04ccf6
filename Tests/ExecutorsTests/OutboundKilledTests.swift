import JobModel
import Simulator
import TestSupport
import Testing

@testable import Executors

@Suite("Outbound jobs, killed and run again")
struct OutboundKilledTests {
    @Test("Killed after any frame and run again, enabling ends with one change", arguments: [true, false])
    func enabling(withMemo: Bool) async throws {
        try await Bench.withConnected { bench in
            try bench.publish(Bench.rightRecord)
            let whole = try await bench.enable().frames.count
            for last in 1...whole {
                try await Self.startAnew(bench)
                let killed = try await bench.enable(killedAfter: last)
                #expect(killed.frames.count == last)
                let attempt = try await bench.enable(memo: withMemo ? killed.memo : nil)
                let output = try attempt.output(EnableOutboundConnectorOutput.self)
                #expect(output.connector.isEnabled)
                #expect(await bench.laterEffects() == Bench.enabledOnce, "after frame \(last)")
                if withMemo { #expect(output.changes.count == 1, "after frame \(last)") }
                #expect(await bench.simulator.violations().isEmpty, "after frame \(last)")
            }
        }
    }

    @Test("Killed after any frame and run again, disabling ends with one change", arguments: [true, false])
    func disabling(withMemo: Bool) async throws {
        try await Bench.withConnected { bench in
            try bench.publish(Bench.rightRecord)
            _ = try await bench.enable()
            let whole = try await bench.disable().frames.count
            for last in 1...whole {
                try await Self.startAnew(bench)
                _ = try await bench.enable()
                let killed = try await bench.disable(killedAfter: last)
                let attempt = try await bench.disable(memo: withMemo ? killed.memo : nil)
                #expect(try attempt.output(DisableOutboundConnectorOutput.self).connector.isEnabled == false)
                #expect(await bench.laterEffects().count == 2, "after frame \(last)")
            }
        }
    }

    @Test("What an earlier run has enabled stays enabled and is told as done, though DNS fails meanwhile")
    func dnsFailsAfterwards() async throws {
        try await Bench.withConnected { bench in
            try bench.publish(Bench.rightRecord)
            let whole = try await bench.enable().frames.count
            for last in 1...whole {
                try await Self.startAnew(bench)
                let killed = try await bench.enable(killedAfter: last)
                guard try await bench.isOutboundEnabled() == true else { continue }
                try bench.publish(Bench.oldRecord)
                let attempt = try await bench.enable(memo: killed.memo)
                let output = try attempt.output(EnableOutboundConnectorOutput.self)
                #expect(output.gate == .shut, "what DNS says now is not hidden")
                #expect(output.changes.count == 1)
            }
        }
    }

    @Test("A write whose answer was lost is settled by reading", arguments: [true, false])
    func answerLost(isCommitted: Bool) async throws {
        try await Bench.withConnected { bench in
            try bench.publish(Bench.rightRecord)
            await bench.simulator.add(
                FaultRule(
                    route: "exchange.Set-OutboundConnector",
                    fault: Fault(isCommitted ? .dropAfterCommit : .dropBeforeCommit)
                )
            )
            let attempt = try await bench.enable()
            if isCommitted {
                #expect(try attempt.output(EnableOutboundConnectorOutput.self).changes.count == 1)
            } else {
                #expect(attempt.problem != nil)
                _ = try await bench.enable(memo: attempt.memo).output(EnableOutboundConnectorOutput.self)
            }
            #expect(await bench.laterEffects() == Bench.enabledOnce)
        }
    }

    /// A connected tenant as before, and DNS with it.
    private static func startAnew(_ bench: Bench) async throws {
        try await bench.simulator.reset()
        _ = try await bench.connect()
        try bench.publishGateway()
        try bench.publish(Bench.rightRecord)
    }
}
