import Foundation
import JobModel
import Testing

@Suite("What the worker writes to an executor")
struct WorkerFrameTests {
    @Test("A cancellation is one line and comes back")
    func cancellation() {
        let job = JobID(UUID())
        let line = WorkerFrame.cancel(job).line()
        #expect(line.filter { $0 == 0x0A }.count == 1)
        guard case .cancel(job) = WorkerFrame(line: Array(line.dropLast())) else {
            Issue.record("the line was read as something else")
            return
        }
    }

    @Test("A lease is one line and comes back to the millisecond")
    func lease() {
        let line = WorkerFrame.lease(until: .milliseconds(86_400_123)).line()
        #expect(line.filter { $0 == 0x0A }.count == 1)
        guard case .lease(let until) = WorkerFrame(line: Array(line.dropLast())) else {
            Issue.record("the line was read as something else")
            return
        }
        #expect(until == .milliseconds(86_400_123))
    }

    @Test("News that an event is on record is one line and comes back")
    func taken() {
        let job = JobID(UUID())
        let line = WorkerFrame.taken(job).line()
        #expect(line.filter { $0 == 0x0A }.count == 1)
        guard case .taken(job) = WorkerFrame(line: Array(line.dropLast())) else {
            Issue.record("the line was read as something else")
            return
        }
    }

    @Test("A job is one line and comes back")
    func job() {
        let request = ExecutorRequest(
            job: JobID(UUID()),
            tenant: TenantID(UUID()),
            attempt: 2,
            limit: .seconds(900),
            since: Date(timeIntervalSince1970: 1_700_000_000),
            steps: nil,
            data: Array(#"{"frame":"cancel"}"#.utf8)[...]
        )
        guard case .run(let read) = WorkerFrame(line: Array(WorkerFrame.run(request).line().dropLast())) else {
            Issue.record("the line was read as something else")
            return
        }
        #expect(read.job == request.job)
    }

    @Test(
        "Other lines are no frames",
        arguments: [
            "", "{}", #"{"frame":"taken"}"#, #"{"frame":"cancel"}"#, #"{"frame":"cancel","job":"7"}"#,
            #"{"frame":"lease"}"#,
            #"{"frame":"lease","milliseconds":1.5}"#,
        ]
    )
    func foreign(line: String) {
        #expect(WorkerFrame(line: Array(line.utf8)) == nil)
    }
}
