import Foundation
import Testing

@testable import JobModel

@Suite("Messages that a worker publishes")
struct JobMessagesTests {
    private let run = JobRun(job: JobID(UUID()), type: .connectTenant, tenant: TenantID(UUID()), replay: 0)

    @Test("Ids follow from the job, so a message sent twice counts once")
    func namesMessages() {
        #expect(self.run.resultID == "\(self.run.job).result")
        #expect(self.run.id(of: .jobProgressed, sequence: 7, teller: "0a1b2c3d") == "\(self.run.job).7.0a1b2c3d")
        #expect(self.run.id(of: .jobProgressed, sequence: 7, teller: nil) == "\(self.run.job).7")
        #expect(self.run.id(of: .jobFinished, sequence: 8, teller: "0a1b2c3d") == "\(self.run.job).end")
        let again = JobRun(job: self.run.job, type: self.run.type, tenant: self.run.tenant, replay: 2)
        #expect(again.resultID == "\(self.run.job).r2.result")
        #expect(again.id(of: .jobStarted, sequence: 1, teller: nil) == "\(self.run.job).r2.1")
        #expect(again.endID == "\(self.run.job).r2.end")
    }

    @Test("An event has the common members, then its own")
    func writesEvents() throws {
        let body = JobMessages(worker: "w\"1").event(
            .jobProgressed,
            of: self.run,
            sequence: 3,
            attempt: 2,
            time: Date(timeIntervalSince1970: 0),
            members: Array(#"{"done":1,"total":2,"step":"x"}"#.utf8)
        )
        let scan = try JSONScan(body)
        #expect(scan.text("source") == "/sluice/w\"1")
        #expect(scan.text("type") == "events.job.progressed.v1")
        #expect(scan.text("subject") == self.run.tenant.description)
        let data = try JSONScan(Array(try #require(scan.raw("data"))))
        #expect(
            data.members.map(\.name) == ["job", "type", "attempt", "sequence", "terminal", "done", "total", "step"]
        )
    }

    @Test("A result pastes its output without touching it")
    func writesResults() throws {
        let output = Array("{ \"odd\" :\t[ 1e0 ] }".utf8)
        let body = try JobMessages(worker: "w1").result(
            of: self.run,
            outcome: .succeeded,
            attempt: 1,
            startedAt: Date(),
            finishedAt: Date(),
            output: output,
            problem: nil
        )
        let data = try JSONScan(Array(try #require(try JSONScan(body).raw("data"))))
        #expect(data.raw("output") == output[...])
        #expect(data.raw("problem") == nil)
        #expect(data.text("outcome") == "succeeded")
    }
}
