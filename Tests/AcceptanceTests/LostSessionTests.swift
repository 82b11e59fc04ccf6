import AMQP
import Foundation
import JobModel
import Simulator
import TestSupport
import Testing

@Suite("A job that changes a tenant stops with the session that holds its lock")
struct LostSessionTests {
    /// Starts a job with a worker that gets stuck in the middle of it, and gives the worker's executor too.
    private func stuck(_ worker: Program, on road: Road) async throws -> (job: JobID, executor: Int32) {
        await road.simulator.add(FaultRule(route: "exchange.New-InboundConnector", fault: Fault(.hang)))
        let job = try await road.connect(Scenario.contosoID)
        try await road.waitForHang()
        return (job, try #require(worker.children().first))
    }

    @Test("The broker closes the connections: the executor is ended at once, and the job comes again and ends well")
    func closed() async throws {
        try await Road.walk(.demo) { road in
            let worker = try await road.sluice(["worker"], try await road.login("closed"))
            let (job, executor) = try await self.stuck(worker, on: road)
            try await road.closeConnections(of: "closed")
            try await eventually(within: .seconds(3), "the executor's end") { kill(executor, 0) != 0 }
            let (outcome, problem) = try await road.result(of: job)
            #expect(outcome == .succeeded, "\(problem.map(\.description) ?? "") \(worker.output.suffix(3_000))")
            #expect(road.retries(of: job).isEmpty)
            try await road.expectWholeStory(of: job)
            try await road.expectConnected(Scenario.contosoID)
        }
    }

    @Test("A frozen worker loses the tenant to another one, and changes nothing when it wakes")
    func frozen() async throws {
        try await Road.walk(.demo) { road in
            let frozen = try await road.sluice(["worker"], road.worker("frozen"))
            let (job, executor) = try await self.stuck(frozen, on: road)
            frozen.signal(SIGSTOP)
            let other = try await road.sluice(["worker"], road.worker("other"))
            let (outcome, problem) = try await road.result(of: job)
            #expect(outcome == .succeeded, "\(problem.map(\.description) ?? "") \(other.output.suffix(3_000))")
            let changes = await road.simulator.effects().count
            frozen.signal(SIGCONT)
            try await eventually(within: .seconds(5), "the end of the frozen worker's executor") {
                kill(executor, 0) != 0
            }
            try await eventually(within: .seconds(20), "the frozen worker's return") {
                frozen.output.components(separatedBy: "taking jobs").count > 2
            }
            let next = try await road.connect(Scenario.contosoID)
            #expect(try await road.result(of: next).0 == .succeeded)
            #expect(await road.simulator.effects().count == changes)
            #expect(road.retries(of: job).isEmpty)
            #expect(road.results(of: job).count == 1)
            try await road.expectConnected(Scenario.contosoID)
        }
    }

    @Test("A frozen worker's executor ends by itself before another can have the tenant, by the broker's heartbeat")
    func lease() async throws {
        let broker = try await Broker.private(settings: "heartbeat = 2")
        try await Road.walk(.demo, on: broker) { road in
            let patience = ["SLUICE_BROKER_HEARTBEAT": "30"]
            let frozen = try await road.sluice(["worker"], road.worker("frozen").merging(patience) { $1 })
            let (job, executor) = try await self.stuck(frozen, on: road)
            let other = try await road.sluice(["worker"], road.worker("other").merging(patience) { $1 })
            try await eventually(within: .seconds(20), "the other worker") { other.output.contains("taking jobs") }
            frozen.signal(SIGSTOP)
            try await eventually(within: .seconds(30), "the other worker's first call") {
                let calls = await road.simulator.journal(tenant: Scenario.contosoID).filter { $0.service != .login }
                return Set(calls.compactMap(\.writer)).count > 1
            }
            // Nobody can wait for it now: it stays in the table of processes as a dead one.
            #expect(Self.isDead(executor), "two change the tenant at once")
            #expect(try await road.result(of: job).0 == .succeeded, "\(other.output.suffix(3_000))")
            frozen.signal(SIGCONT)
            try await eventually(within: .seconds(20), "the frozen worker's return") {
                frozen.output.components(separatedBy: "taking jobs").count > 2
            }
            for worker in [frozen, other] {
                worker.signal(SIGTERM)
                #expect(await worker.status() == 0)
            }
            #expect(road.results(of: job).count == 1)
            #expect(road.retries(of: job).isEmpty)
            try await road.expectConnected(Scenario.contosoID)
        }
    }

    private static func isDead(_ process: Int32) -> Bool {
        guard let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else { return true }
        return status.split(separator: ")").last?.hasPrefix(" Z") ?? true
    }

    @Test("Two jobs for one tenant on two workers: the second waits without an attempt and without an event")
    func contention() async throws {
        try await Road.walk(.demo) { road in
            let first = try await road.sluice(["worker"], road.worker("first"))
            let (job, executor) = try await self.stuck(first, on: road)
            let second = try await road.sluice(["worker"], road.worker("second"))
            // Before its consumer is there, the first worker would be given all four.
            try await eventually(within: .seconds(20), "the second worker's consumer") {
                try await road.console.checkQueue("job.connect-tenant").consumers == 2
            }
            var others: [JobID] = []
            for _ in 0..<4 { others.append(try await road.connect(Scenario.contosoID)) }
            try await eventually(within: .seconds(20), "a job that finds the tenant taken by the other worker") {
                second.output.contains("decision=rerun")
            }
            for other in others { #expect(road.news(of: other).isEmpty) }
            var late: [JobID] = []
            for _ in 0..<4 { late.append(try await road.connect(Scenario.contosoID, by: Date() - 1)) }
            // Those that the first worker was given wait there for its running job.
            try await eventually(within: .seconds(20), "the end of a job whose time is over before it had the tenant") {
                late.contains { road.results(of: $0).first?.1?.code == .deadlineExceeded }
            }
            kill(executor, SIGKILL)
            for id in others + [job] {
                #expect(try await road.result(of: id).0 == .succeeded, "\(second.output.suffix(3_000))")
                #expect(road.retries(of: id).isEmpty)
            }
            try await road.expectConnected(Scenario.contosoID)
        }
    }
}

extension Road {
    /// The settings of one of several workers: a name and a ledger of its own, and heartbeats that are soon missed.
    func worker(_ name: String) -> [String: String] {
        [
            "SLUICE_WORKER_NAME": name, "SLUICE_BROKER_HEARTBEAT": "2",
            "SLUICE_LEDGER_PATH": self.folder.appending(path: "\(name).sqlite").path,
        ]
    }
}
