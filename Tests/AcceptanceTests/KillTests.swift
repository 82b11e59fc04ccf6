import Foundation
import JobModel
import Simulator
import TestSupport
import Testing

@Suite("kill -9 at every step of connect-tenant")
struct KillTests {
    /// A point at which something is killed: a call that is never answered.
    private struct Point: CustomStringConvertible {
        let rule: FaultRule
        let description: String
    }

    /// Each call that a plain run makes, before it has an effect; and each write, after it had one.
    private func points(on road: Road) async throws -> [Point] {
        let job = try await road.connect(Scenario.contosoID)
        #expect(try await road.result(of: job).0 == .succeeded)
        let journal = await road.simulator.journal()
        #expect(journal.filter(\.hasChangedTenant).count == 5)
        let calls = journal.enumerated().map { number, entry in
            Point(
                rule: FaultRule(route: "*", fault: Fault(.hang), nth: number + 1),
                description: "call \(number + 1), \(entry.route)"
            )
        }
        let writes = journal.filter(\.hasChangedTenant).map { entry in
            var fault = Fault(.hang)
            fault.afterCommit = true
            return Point(rule: FaultRule(route: entry.route, fault: fault), description: "\(entry.route), carried out")
        }
        return calls + writes
    }

    @Test("The executor is killed during each call: one result, one set of objects, no attempt spent")
    func executor() async throws {
        try await Road.walk(.demo) { road in
            let worker = try await road.sluice(["worker"])
            for point in try await self.points(on: road) {
                let job = try await self.begin(point, on: road)
                for child in worker.children() { kill(child, SIGKILL) }
                try await self.expectOneStory(of: job, on: road, point, worker)
                #expect(road.retries(of: job).isEmpty)
            }
        }
    }

    @Test("The worker is killed during each call: the next one finishes, with one result and one set of objects")
    func worker() async throws {
        try await Road.walk(.demo) { road in
            var worker = try await road.sluice(["worker"])
            for point in try await self.points(on: road) {
                let job = try await self.begin(point, on: road)
                worker.signal(SIGKILL)
                #expect(await worker.status() == 128 + SIGKILL)
                worker = try await road.sluice(["worker"])
                try await self.expectOneStory(of: job, on: road, point, worker)
            }
        }
    }

    /// Starts a job on a fresh tenant and waits until it stands at the point.
    private func begin(_ point: Point, on road: Road) async throws -> JobID {
        try await road.simulator.reset(.demo)
        await road.simulator.add(point.rule)
        let job = try await road.connect(Scenario.contosoID)
        try await road.waitForHang()
        return job
    }

    private func expectOneStory(of job: JobID, on road: Road, _ point: Point, _ worker: Program) async throws {
        let (outcome, problem) = try await road.result(of: job)
        #expect(
            outcome == .succeeded,
            "killed at \(point): \(problem.map(\.description) ?? "") \(worker.output.suffix(2_000))"
        )
        try await road.expectWholeStory(of: job)
        try await road.expectConnected(Scenario.contosoID)
    }
}
