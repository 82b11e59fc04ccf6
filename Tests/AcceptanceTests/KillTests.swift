import Foundation
import JobModel
import Simulator
import TestSupport
import Testing

@Suite("kill -9 at every step of connect-tenant")
struct KillTests {
    /// How many calls a plain run makes: each is a point at which something is killed.
    private func calls(on road: Road) async throws -> Int {
        let job = try await road.connect(Scenario.contosoID)
        #expect(try await road.result(of: job).0 == .succeeded)
        return await road.simulator.journal().count
    }

    @Test("The executor is killed during each call: one result, one set of objects, no attempt spent")
    func executor() async throws {
        try await Road.walk(.demo) { road in
            let worker = try road.sluice(["worker"])
            for call in 1...(try await self.calls(on: road)) {
                try await self.prepare(road, hangingAt: call)
                let job = try await road.connect(Scenario.contosoID)
                try await road.waitForFault()
                for child in worker.children() { kill(child, SIGKILL) }
                try await self.expectOneStory(of: job, on: road, killedAt: call, worker)
            }
        }
    }

    @Test("The worker is killed during each call: the next one finishes, with one result and one set of objects")
    func worker() async throws {
        try await Road.walk(.demo) { road in
            var worker = try road.sluice(["worker"])
            for call in 1...(try await self.calls(on: road)) {
                try await self.prepare(road, hangingAt: call)
                let job = try await road.connect(Scenario.contosoID)
                try await road.waitForFault()
                worker.signal(SIGKILL)
                #expect(await worker.status() == 128 + SIGKILL)
                worker = try road.sluice(["worker"])
                try await self.expectOneStory(of: job, on: road, killedAt: call, worker)
            }
        }
    }

    private func prepare(_ road: Road, hangingAt call: Int) async throws {
        try await road.simulator.reset(.demo)
        await road.simulator.add(FaultRule(route: "*", fault: Fault(.hang), nth: call))
    }

    private func expectOneStory(of job: JobID, on road: Road, killedAt call: Int, _ worker: Program) async throws {
        let (outcome, problem) = try await road.result(of: job)
        #expect(outcome == .succeeded, "killed at call \(call): \(problem.map(\.description) ?? "") \(worker.output.suffix(3_000))")
        try await road.expectWholeStory(of: job)
        try await road.expectConnected(Scenario.contosoID)
    }
}
