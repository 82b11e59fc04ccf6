import Foundation
import JobModel
import Testing

@testable import Operations

@Suite("The account of a benchmark's jobs")
struct BenchTallyTests {
    private let tally = BenchTally()
    private let jobs = (0..<3).map { _ in JobID(UUID()) }
    private let start = ContinuousClock.now

    @Test("Each job counts once, however often its result comes")
    func countsOnce() {
        self.tally.send(self.jobs, at: self.start)
        #expect(self.tally.missing == 3)
        for _ in 0..<3 { self.tally.hear(self.jobs[0].description, succeeded: true, at: self.start) }
        self.tally.hear(self.jobs[1].description, succeeded: false, at: self.start)
        #expect(self.tally.missing == 1)
        #expect(self.tally.duplicates == 2)
        #expect(self.tally.failed == 1)
    }

    @Test("Jobs of others change nothing")
    func ignoresStrangers() {
        self.tally.send([self.jobs[0]], at: self.start)
        #expect(!self.tally.hear(self.jobs[1].description, succeeded: true, at: self.start))
        #expect(self.tally.missing == 1)
        #expect(self.tally.span == nil)
        #expect(self.tally.knows(self.jobs[0].description))
        #expect(!self.tally.knows(self.jobs[1].description))
    }

    @Test("Latencies are told sorted, for the jobs asked about")
    func latencies() {
        self.tally.send(self.jobs, at: self.start)
        for (index, job) in self.jobs.enumerated() {
            self.tally.hear(job.description, succeeded: true, at: self.start + .seconds(3 - index))
        }
        #expect(self.tally.latencies(of: self.jobs) == [.seconds(1), .seconds(2), .seconds(3)])
        #expect(self.tally.latencies(of: [self.jobs[1]]) == [.seconds(2)])
    }

    @Test("Jobs have distinct ids of version 7 and use every lane's tenants in turn")
    func makesJobs() throws {
        let plan = BenchPlan(jobs: 10, rate: 3, size: 7, timeLimit: .seconds(1))
        let tenants = [TenantID(UUID()), TenantID(UUID())]
        let jobs = try plan.submissions(10, for: tenants, now: Date(timeIntervalSince1970: 1_795_402_800))
        #expect(Set(jobs.map(\.id)).count == 10)
        #expect(jobs.allSatisfy { $0.id.description.hasPrefix("01a20658-9b80-7") })
        #expect(jobs.map(\.tenant) == (0..<10).map { tenants[$0 % 2] })
        #expect(try NoOp(data: jobs[0].data).size == 7)
        #expect(plan.pacedJobs == 10)
    }
}
