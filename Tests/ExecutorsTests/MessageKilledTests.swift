import Foundation
import JobModel
import Microsoft365
import Simulator
import TestSupport
import Testing

@testable import Executors

/// SLUICE_PULL_SEEDS asks for more seeds than the few of every run.
private let seeds = Effort.seeds("SLUICE_PULL_SEEDS", standard: 5)

@Suite("Pull and restore killed at any moment, under faults", .serialized)
struct MessageKilledTests {
    /// The same number for the same seed, wherever it runs.
    private struct Chance: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            self.state = self.state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (self.state >> 31) ^ self.state
        }
    }

    private static let members = 25

    private static var deliveries: [ScenarioDelivery] {
        var delivery = ScenarioDelivery(MailBench.message, members: ScenarioMembers(first: 1, last: Self.members))
        delivery.copies = 3
        delivery.isVaried = true
        return [delivery]
    }

    /// Faults that a seed spreads over the calls of a job.
    private static func rules(_ chance: inout Chance) -> [FaultRule] {
        let routes = [
            "graph.messages.move", "graph.messages.update", "graph.messages.list", "graph.mailFolders.create",
            "graph.mailFolders.list", "graph.messages.get", "graph.mailFolders.messages.list",
        ]
        let single = (0..<12).map { _ in
            var fault = Fault([.reply, .empty, .throttle, .garbage].randomElement(using: &chance) ?? .reply)
            fault.status = [500, 503, 504].randomElement(using: &chance)
            fault.code = "ErrorInternalServerError"
            fault.afterCommit = Bool.random(using: &chance)
            if fault.kind == .throttle { fault.retryAfter = "0.05" }
            let route = routes.randomElement(using: &chance) ?? "graph.messages.move"
            return FaultRule(
                route: route,
                fault: fault,
                nth: Int.random(in: 1...40, using: &chance),
                count: Int.random(in: 1...2, using: &chance)
            )
        }
        // The answers to all calls of a batch are lost, whether these were carried out or not.
        let whole = (0..<3).map { _ in
            let kinds = [Fault.Kind.dropBeforeCommit, .dropAfterCommit, .hang, .garbage]
            var fault = Fault(kinds.randomElement(using: &chance) ?? .hang)
            fault.afterCommit = Bool.random(using: &chance)
            return FaultRule(route: "graph.batch", fault: fault, nth: Int.random(in: 1...20, using: &chance))
        }
        return single + whole
    }

    /// Moves that leave a second copy, behind or ahead.
    private static func twins(_ chance: inout Chance) -> [FaultRule] {
        (0..<4).map { number in
            FaultRule(
                route: "graph.messages.move",
                fault: Fault(number.isMultiple(of: 2) ? .twinBehind : .twinAhead),
                nth: Int.random(in: 1...40, using: &chance)
            )
        }
    }

    /// Runs a job that is killed again and again after so many calls, with its memo or without, and at last is not.
    private func runKilled(
        _ payload: any Sendable,
        _ job: JobID,
        _ bench: MailBench,
        _ chance: inout Chance
    ) async throws -> MailBench.Attempt {
        var memo: String?
        for _ in 0..<3 {
            let calls = await bench.simulator.journal().count + Int.random(in: 1...160, using: &chance)
            let simulator = bench.simulator
            let attempt = try await bench.attempt(payload, job: job, memo: memo) {
                try await eventually(within: .seconds(20), "so many calls", every: .milliseconds(1)) {
                    await simulator.journal().count >= calls
                }
            }
            memo = Bool.random(using: &chance) ? attempt.memo ?? memo : nil
            if case .succeeded = attempt.outcome { return attempt }
        }
        return try await bench.run(payload, job: job, memo: memo)
    }

    @Test(
        "Each copy is moved once, the counts are exact, and a restore leaves the mailboxes as they were",
        arguments: seeds
    )
    func staysExact(seed: Int) async throws {
        var chance = Chance(state: UInt64(seed) &* 0x9E37_79B9_7F4A_7C15)
        try await MailBench.with(members: Self.members, deliveries: Self.deliveries) {
            $0.seed = UInt64(seed)
            $0.switches.movesMarkAsRead = seed.isMultiple(of: 2)
            $0.switches.mailPagesAreShort = seed.isMultiple(of: 3)
            $0.delays.mailListSeconds = Effort.number("SLUICE_PULL_LAG", standard: 0) > 0 || seed % 3 == 1 ? 60 : 0
        } _: { bench in
            var bench = bench
            bench.settings.limits.requestTime = .seconds(3)
            let (job, all) = (JobID(UUID()), (1...Self.members).map(MailBench.member))
            let copies = bench.simulator.census(of: MailBench.message, tenant: MailBench.tenant).copies
            for rule in Self.rules(&chance) { await bench.simulator.add(rule) }
            let hasTwins = seed.isMultiple(of: 5)
            if hasTwins { for rule in Self.twins(&chance) { await bench.simulator.add(rule) } }
            let pulled = try await self.runKilled(try MailBench.pull(all), job, bench, &chance).pulled
            #expect(pulled.totals["pulled"] == copies, "\(pulled.totals)")
            #expect(pulled.dispositions.count == copies)
            #expect(Set(pulled.dispositions.map(\.target)) == Set(0..<Self.members))
            let after = bench.simulator.census(of: MailBench.message, tenant: MailBench.tenant)
            // A twin goes where its copy is: nothing of the message may stay outside.
            #expect(Set(after.folders.keys) == [quarantine], "\(after.folders)")
            if !hasTwins {
                #expect(after.copies == copies)
                #expect(bench.moves().count == copies && bench.moves().values.allSatisfy { $0 == 1 })
            }

            let restore = try MailBench.restore(all, ["pullJob": job.description])
            let restored = try await self.runKilled(restore, JobID(UUID()), bench, &chance).restored
            #expect(restored.totals["restored"] == copies, "\(restored.totals)")
            // What is left of a twin lies in recoverable items, where no list shows it.
            let differences = bench.simulator.mailDifferences(tenant: MailBench.tenant).filter { difference in
                !hasTwins || !difference.before.isEmpty || difference.after.contains { $0.folder != "Deletions" }
            }
            #expect(differences == [])
            if !hasTwins { #expect(bench.moves().values.allSatisfy { $0 == 2 }) }
            // A Retry-After in an answer that was lost, or whose reader was killed, was heard by nobody; and what was given up
            // or whose sender was killed is still under way beside what is sent next.
            let misdeeds = await bench.simulator.violations().filter {
                $0.kind != .impatience && $0.kind != .mailboxConcurrency
            }
            #expect(misdeeds.isEmpty, "\(misdeeds)")
        }
    }
}
