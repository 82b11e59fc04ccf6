import AMQP
import Foundation
import JobModel
import JobQueue
import Operations
import Simulator
import TestSupport
import Testing

@Suite("How a worker leaves, and what it lets executors do")
struct LeavingTests {
    /// A worker with a job that hangs.
    private func busy(_ road: Road, drain: String) async throws -> (worker: Program, job: JobID) {
        await road.simulator.add(FaultRule(route: "exchange.New-InboundConnector", fault: Fault(.hang)))
        let worker = try await road.sluice(["worker"], ["SLUICE_WORKER_DRAIN": drain])
        let job = try await road.connect(Scenario.contosoID)
        try await road.waitForHang()
        return (worker, job)
    }

    @Test("A second signal ends the executors and the worker at once, with status 1; the next worker has the job")
    func secondSignal() async throws {
        try await Road.walk(.demo) { road in
            let (worker, job) = try await self.busy(road, drain: "600")
            let executor = try #require(worker.children().first)
            worker.signal(SIGTERM)
            try await eventually("the first signal's effect") { worker.output.contains("no more jobs are taken") }
            #expect(kill(executor, 0) == 0)
            worker.signal(SIGINT)
            #expect(await worker.status() == 1, "\(worker.output.suffix(2_000))")
            try await eventually(within: .seconds(2), "the executor's end") { kill(executor, 0) != 0 }
            let next = try await road.sluice(["worker"])
            #expect(try await road.result(of: job).0 == .succeeded, "\(next.output.suffix(2_000))")
            try await road.expectWholeStory(of: job)
        }
    }

    @Test("Each phase of leaving is one line, in the order in which it happens")
    func phases() async throws {
        try await Road.walk(.demo) { road in
            let (worker, _) = try await self.busy(road, drain: "1")
            worker.signal(SIGTERM)
            #expect(await worker.status() == 0)
            let lines = worker.output.split(separator: "\n").filter { $0.contains("leaving:") }
            let phases = ["no more jobs are taken", "running jobs are handed back", "no job is left here"]
            #expect(lines.count == phases.count, "\(lines)")
            for (line, phase) in zip(lines, phases) { #expect(line.contains(phase)) }
        }
    }

    @Test("An executor is bounded in memory, writes no core file, and is taken before the worker when memory ends")
    func limits() async throws {
        try await Road.walk(.demo) { road in
            await road.simulator.add(FaultRule(route: "exchange.New-InboundConnector", fault: Fault(.hang)))
            let worker = try await road.sluice(["worker"], ["SLUICE_WORKER_EXECUTOR_MEMORY": "200"])
            _ = try await road.connect(Scenario.contosoID)
            try await road.waitForHang()
            let executor = "/proc/\(try #require(worker.children().first))"
            let limits = try String(contentsOfFile: "\(executor)/limits", encoding: .utf8).split(separator: "\n")
            #expect(limits.contains { $0.hasPrefix("Max data size") && $0.contains(" \(200 << 20) ") })
            #expect(limits.contains { $0.hasPrefix("Max core file size") && $0.contains(" 0 ") })
            #expect(try String(contentsOfFile: "\(executor)/oom_score_adj", encoding: .utf8).hasPrefix("500"))
        }
    }

    @Test("A job that takes more memory than there is ends in the dead letters with the signal, the worker goes on")
    func outOfMemory() async throws {
        var scenario = Scenario.demo
        scenario.tenants[0].domains += (0..<4_000).map { ScenarioDomain(name: "d\($0).example") }
        try await Road.walk(scenario) { road in
            var slow = Fault(.delay)
            slow.milliseconds = 1_500
            var rule = FaultRule(route: "graph.domains.list", fault: slow)
            rule.count = 0
            await road.simulator.add(rule)
            let worker = try await road.sluice(["worker"], ["SLUICE_WORKER_ATTEMPTS": "1"])
            let job = try await road.connect(Scenario.contosoID)
            var starved: Set<Int32> = []
            try await eventually(within: .seconds(60), "the job's end") {
                // The long list is under way: from now on the process gets no more than it has.
                if await road.simulator.journal().filter({ $0.fault == "delay" }).count > starved.count,
                    let child = worker.children().first(where: { !starved.contains($0) })
                {
                    starved.insert(child)
                    _ = try await Repository.run("prlimit", ["--pid", "\(child)", "--data=1048576"])
                }
                return !road.results(of: job).isEmpty
            }
            #expect(starved.count == 2, "once among others, once alone")
            #expect(try await road.result(of: job).1?.code == .executorCrashed)
            try await eventually("the dead letter") { !road.messages(in: "job.dead").isEmpty }
            let text = road.messages(in: "job.dead").first?.properties.headers["x-job-error-text"]?.text ?? ""
            #expect(text.contains("signal "), "\(text)")
            let other = try Submission(
                id: JobID(UUID()),
                type: .noOp,
                tenant: try #require(TenantID(Scenario.contosoID)),
                data: Array("{}".utf8),
                dryRun: false
            )
            try await road.console.publish(other.message(source: "/console/test", now: Date()))
            #expect(try await road.result(of: other.id).0 == .succeeded, "\(worker.output.suffix(2_000))")
        }
    }

    @Test("What an executor logs comes out in the worker's log, and never among its frames")
    func output() async throws {
        try await Road.walk(.demo) { road in
            let worker = try await road.sluice(["worker"])
            let job = try await road.connect(Scenario.contosoID)
            #expect(try await road.result(of: job).0 == .succeeded)
            try await eventually("the executor's log") { worker.output.contains("sluice.execute") }
            #expect(!worker.output.contains("no frame"))
        }
    }

    @Test("A job whose executor dies again and again ends in the dead letters, with the signal")
    func poison() async throws {
        try await Road.walk(.demo) { road in
            var rule = FaultRule(route: "exchange.New-InboundConnector", fault: Fault(.hang))
            rule.count = 0
            await road.simulator.add(rule)
            let worker = try await road.sluice(["worker"], ["SLUICE_WORKER_ATTEMPTS": "2"])
            let job = try await road.connect(Scenario.contosoID)
            var killed: Set<Int32> = []
            try await eventually(within: .seconds(90), "the job's end") {
                let hanging = await road.simulator.journal().filter { $0.fault == "hang" }.count
                if hanging > killed.count, let child = worker.children().first(where: { !killed.contains($0) }) {
                    killed.insert(child)
                    kill(child, SIGKILL)
                }
                return !road.results(of: job).isEmpty
            }
            let (outcome, problem) = try await road.result(of: job)
            #expect(outcome == .failed)
            #expect(problem?.code == .executorCrashed)
            #expect(road.retries(of: job).count == 1)
            try await eventually("the dead letter") { !road.messages(in: "job.dead").isEmpty }
            let headers = road.messages(in: "job.dead").first?.properties.headers
            #expect(headers?["x-job-error-text"]?.text?.contains("signal 9") == true, "\(worker.output.suffix(2_000))")
        }
    }
}
