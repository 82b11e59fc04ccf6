import Foundation
import JobModel
import Operations
import Simulator
import TestSupport
import Testing

@Suite("A pull and its restore under kill -9")
struct MessageKillTests {
    /// How many seeds are run: 2, or what the environment says.
    private static let seeds = Effort.seeds("SLUICE_PULL_SEEDS", standard: 2)

    @Test(
        "Workers and executors die at any moment: each copy is moved once, the counts are exact, and a restore undoes all",
        arguments: Self.seeds
    )
    func isExact(seed: Int) async throws {
        var chance = DirectoryChance(seed: seed)
        let (members, latency) = (chance.number(15...40), chance.number(5...30))
        try await Road.walk(Self.scenario(members: members, latency: latency, seed: seed)) { road in
            var crew = try await MessageCrew(road)
            let mailboxes = (1...members).map(Self.mailbox)
            let targets = mailboxes.map { #"{"mailbox":"\#($0)"}"# }.joined(separator: ",")
            let copies = road.simulator.census(of: Scenario.demoMessageID, tenant: Scenario.contosoID).copies
            for _ in 0..<chance.number(0...6) { await road.simulator.add(chance.mailFault()) }
            let pull = try await road.send(
                .pullMessage,
                Scenario.contosoID,
                data: #"{"internetMessageId":"\#(Scenario.demoMessageID)","targets":[\#(targets)],\#(Self.asked)}"#
            )
            for _ in 0..<chance.number(2...4) { try await crew.strike(during: pull, &chance) }
            #expect(try await crew.totals(of: pull) == ["pulled": copies])
            let pulled = road.simulator.census(of: Scenario.demoMessageID, tenant: Scenario.contosoID)
            #expect(pulled.folders == ["Sluice quarantine": copies])
            #expect(Self.moves(road).count == copies && Self.moves(road).values.allSatisfy { $0 == 1 })
            try await crew.expectAllTold(of: pull, copies: copies)

            let list = mailboxes.map { "\"\($0)\"" }.joined(separator: ",")
            let restore = try await road.send(
                .restoreMessage,
                Scenario.contosoID,
                data: #"{"pullJob":"\#(pull)","mailboxes":[\#(list)],\#(Self.asked)}"#
            )
            for _ in 0..<chance.number(1...3) { try await crew.strike(during: restore, &chance) }
            #expect(try await crew.totals(of: restore) == ["restored": copies])
            #expect(road.simulator.mailDifferences(tenant: Scenario.contosoID) == [])
            #expect(Self.moves(road).values.allSatisfy { $0 == 2 })
            // Whoever was killed has heard no Retry-After, and what it had sent is still under way beside its successor's.
            let misdeeds = await road.simulator.violations().filter {
                $0.kind != .impatience && $0.kind != .mailboxConcurrency
            }
            #expect(misdeeds.isEmpty, "\(misdeeds)")
            Effort.note("pull seed \(seed): \(copies) copies in \(members) mailboxes, \(crew.report)")
        }
    }

    private static let asked = #""reason":"phish","requestedBy":"admin@contoso.com""#

    private static func mailbox(_ number: Int) -> String {
        "user" + String(repeating: "0", count: 6 - String(number).count) + "\(number)@contoso.com"
    }

    private static func scenario(members: Int, latency: Int, seed: Int) -> Scenario {
        var scenario = Scenario.demo
        scenario.seed = UInt64(seed)
        scenario.latencyMilliseconds = latency
        scenario.tenants[0].mail.population = members
        var delivery = ScenarioDelivery(Scenario.demoMessageID, members: ScenarioMembers(first: 1, last: members))
        (delivery.copies, delivery.isVaried) = (3, true)
        scenario.tenants[0].mail.deliveries = [delivery]
        return scenario
    }

    /// How often an application moved something to another folder, by the copy.
    private static func moves(_ road: Road) -> [String: Int] {
        road.simulator.mailEffects(tenant: Scenario.contosoID).reduce(into: [:]) { moves, effect in
            if effect.action == .moved, effect.from != effect.to { moves[effect.id, default: 0] += 1 }
        }
    }
}

/// A worker that is killed and replaced, and what its pulls and restores come to.
private struct MessageCrew {
    private let road: Road
    private var worker: MortalWorker

    init(_ road: Road) async throws {
        self.road = road
        self.worker = try await MortalWorker(road, "pull")
    }

    /// Kills something some calls later.
    mutating func strike(during job: JobID, _ chance: inout DirectoryChance) async throws {
        let simulator = self.road.simulator
        let calls = chance.number(1...120)
        try await self.worker.strike(during: job, after: calls, of: { await simulator.journal().count }, &chance)
    }

    /// The dispositions of a job that has succeeded, with how many rows each has.
    func totals(of job: JobID) async throws -> [String: Int] {
        let (outcome, problem) = try await self.road.result(of: job, within: .seconds(120))
        #expect(outcome == .succeeded, "\(problem.map(\.description) ?? "") \(self.worker.lastWords)")
        let output = try #require(try self.road.resultData(of: job)["output"] as? [String: Any])
        let totals = try #require(output["totals"] as? [String: Int])
        return totals.filter { $0.value > 0 }
    }

    /// Every copy is told by an event, once or, where a teller was killed, more often.
    func expectAllTold(of job: JobID, copies: Int) async throws {
        try await eventually(within: .seconds(20), "an event for each of \(copies) copies of \(job)") {
            let told = self.road.news(of: job).flatMap(Self.copies)
            return Set(told).count == copies
        }
    }

    private static func copies(_ news: JobNews) -> [String] {
        guard case .pulled(let moved) = news.kind else { return [] }
        return moved.copies.map(\.copyID)
    }

    /// What was killed.
    var report: String { self.worker.report }
}

extension DirectoryChance {
    /// Something that goes wrong with a few calls on mailboxes.
    fileprivate mutating func mailFault() -> FaultRule {
        let routes = [
            "graph.messages.move", "graph.messages.update", "graph.messages.list", "graph.mailFolders.create",
        ]
        var fault = Fault(self.one([.reply, .empty, .throttle, .garbage]) ?? .reply)
        fault.status = self.one([500, 503, 504])
        fault.code = "ErrorInternalServerError"
        fault.afterCommit = self.isLucky(50)
        if fault.kind == .throttle { fault.retryAfter = "0.1" }
        let route = self.one(routes) ?? routes[0]
        return FaultRule(route: route, fault: fault, nth: self.number(1...40), count: self.number(1...2))
    }
}
