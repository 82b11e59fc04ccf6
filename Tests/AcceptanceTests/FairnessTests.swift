import Foundation
import JobModel
import JobQueue
import Operations
import Simulator
import TestSupport
import Testing

@Suite("One tenant's flood and everybody else's jobs")
struct FairnessTests {
    private static let flooded = 200

    /// A no-op that takes its time, as a pull from many mailboxes does.
    private func send(_ count: Int, for tenant: TenantID, milliseconds: Int, on road: Road) async throws -> [JobID] {
        let jobs = try (0..<count).map { _ in
            try Submission(
                id: JobID(UUID()),
                type: .noOp,
                tenant: tenant,
                data: Array(#"{"milliseconds":\#(milliseconds)}"#.utf8),
                dryRun: false
            )
        }
        let failures = await road.console.publish(jobs.map { $0.message(source: "/console/test", now: Date()) })
        #expect(failures.allSatisfy { $0 == nil })
        return jobs.map(\.id)
    }

    /// Another tenant whose jobs go through the same lane.
    private func neighbour(of tenant: TenantID) -> TenantID {
        let lane = JobTopology.key(for: .noOp, tenant: tenant)
        while true {
            let other = TenantID(UUID())
            if JobTopology.key(for: .noOp, tenant: other) == lane { return other }
        }
    }

    @Test("Behind a flood in one lane, another tenant's job and the same tenant's other job are done within moments")
    func flood() async throws {
        try await Road.walk(.demo) { road in
            let tenant = try #require(TenantID(Scenario.contosoID))
            let flood = try await self.send(Self.flooded, for: tenant, milliseconds: 1_000, on: road)
            let single = try await self.send(1, for: self.neighbour(of: tenant), milliseconds: 0, on: road)
            let connecting = try await road.connect(Scenario.contosoID)
            let worker = try await road.sluice(["worker"], ["SLUICE_WORKER_CONCURRENCY": "4"])
            for job in single + [connecting] {
                #expect(try await road.result(of: job, within: .seconds(30)).0 == .succeeded)
            }
            // In order and two at a time, the flood would have taken a hundred seconds.
            let ended = flood.filter { !road.results(of: $0).isEmpty }.count
            #expect(ended < Self.flooded / 2, "the flood was nearly over: \(ended)")
            #expect(worker.output.contains("taking jobs"))
            worker.signal(SIGKILL)
        }
    }

    @Test("A tenant that floods has its share of the places and no more, and none of its jobs is lost or tried in vain")
    func share() async throws {
        try await Road.walk(.demo) { road in
            let tenant = try #require(TenantID(Scenario.contosoID))
            let settings = ["SLUICE_WORKER_CONCURRENCY": "4", "SLUICE_WORKER_TENANT_CONCURRENCY": "3"]
            let worker = try await road.sluice(["worker"], settings)
            let jobs = try await self.send(12, for: tenant, milliseconds: 300, on: road)
            for job in jobs {
                #expect(try await road.result(of: job, within: .seconds(60)).0 == .succeeded)
                #expect(road.retries(of: job).isEmpty)
            }
            #expect(Set(jobs.flatMap { road.results(of: $0).map(\.0) }) == [.succeeded])
            worker.signal(SIGTERM)
            #expect(await worker.status() == 0)
        }
    }
}
