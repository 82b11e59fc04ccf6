import JobModel
import Simulator
import TestSupport
import Testing

@testable import Executors

@Suite("Repairing a tenant, killed and run again")
struct VerifyTenantKilledTests {
    /// What an administrator did to all three objects and to a grant.
    private static func breakEverything(_ bench: Bench) async throws {
        try await bench.edit(.inbound, ["RequireTls": false, "Name": "Renamed"])
        try await bench.edit(.outbound, ["SmartHosts": ["evil.example"], "Enabled": true])
        try await bench.act(.deleteObject, .rule)
        try await bench.act(.removeDirectoryRole, role: "Exchange Administrator")
    }

    @Test("Killed after any frame and run again, a repair ends with the tenant as wanted", arguments: [true, false])
    func killed(withMemo: Bool) async throws {
        try await Bench.with(.grantedDemo) { bench in
            let executor = VerifyTenantExecutor(settings: bench.settings)
            let payload = try Bench.verifying(#""repair":"all""#)
            _ = try await bench.connect()
            try await Self.breakEverything(bench)
            let whole = try await bench.attempt(executor, payload)
            _ = try whole.output(VerifyTenantOutput.self)
            #expect(whole.frames.count > 20)
            // Each frame once: the odd ones with a memo, the even ones without.
            for last in stride(from: withMemo ? 1 : 2, through: whole.frames.count, by: 2) {
                try await bench.simulator.reset()
                _ = try await bench.connect()
                try await Self.breakEverything(bench)
                let killed = try await bench.attempt(executor, payload, killedAfter: last)
                let again = try await bench.verify(#""repair":"all""#, memo: withMemo ? killed.memo : nil)
                let output = try again.output(VerifyTenantOutput.self)
                if withMemo { #expect(output.changes.count == 4, "after frame \(last)") }
                #expect(try await bench.drift().map(\.id) == [], "after frame \(last)")
                #expect(await bench.simulator.violations().isEmpty, "after frame \(last)")
            }
        }
    }

    @Test("A lost answer to a repair is settled by reading")
    func dropped() async throws {
        try await Bench.with(.grantedDemo) { bench in
            _ = try await bench.connect()
            try await bench.edit(.inbound, ["RequireTls": false])
            await bench.simulator.add(FaultRule(route: "exchange.Set-InboundConnector", fault: Fault(.dropAfterCommit)))
            let output = try await bench.verify(#""repair":"all""#).output(VerifyTenantOutput.self)
            #expect(output.changes.count == 1)
            #expect(try await bench.drift().isEmpty)
        }
    }
}
