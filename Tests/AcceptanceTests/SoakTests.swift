import Foundation
import JobQueue
import Simulator
import TestSupport
import Testing

/// Jobs under seeded faults: whatever happens, afterwards each job has ended once and each tenant has its objects once.
///
/// `deploy/test --soak MINUTES` runs it with one seed after the other; `SLUICE_SOAK_SEED` repeats one of them.
@Suite("Soak", .serialized, .timeLimit(.minutes(10)))
struct SoakTests {
    private static let standardSeed: UInt64 = 20_261_123
    /// How long everything may take to settle after the last fault.
    ///
    /// A broker that was killed may find a message in the delay ladder that it cannot pass on yet, as its exchanges are not
    /// up, and tries again only after `dead_letter_worker_publisher_confirm_timeout`: three minutes unless it is set.
    private static let settling = Duration.seconds(260)

    private static func plan(_ seed: UInt64) -> SoakPlan {
        SoakPlan(
            seed: seed,
            length: .seconds(20),
            tenants: 4,
            jobs: 24,
            faults: 14,
            restarts: 4,
            cutsBroker: true
        )
    }

    @Test("After the last fault everything settles, nothing is lost and nothing happened twice")
    func soak() async throws {
        let chosen = ProcessInfo.processInfo.environment["SLUICE_SOAK_SEED"].flatMap { UInt64($0) }
        let plan = Self.plan(chosen ?? Self.standardSeed)
        let broker = try await Broker.private()
        try await Road.walk(plan.scenario, on: broker, listening: false) { road in
            try await road.recorded { console in
                let run = try await SoakRun(plan, on: road, console)
                try await run.run()
                let findings = await road.findings(of: console, within: Self.settling, ignoring: SoakRun.ignoring)
                let complaints = await run.leave()
                #expect(findings.isEmpty, "seed \(plan.seed): \(findings)\n\(run.story(of: findings))")
                #expect(complaints.isEmpty, "seed \(plan.seed): \(complaints)")
                #expect(console.history.sent > 10)
            }
        }
    }

    @Test("A seed decides everything, and another seed decides otherwise")
    func seeds() {
        func plan(_ seed: UInt64) -> [String] { Self.plan(seed).steps.map { "\($0)" } }
        #expect(plan(1) == plan(1))
        #expect(plan(1) != plan(2))
    }
}
