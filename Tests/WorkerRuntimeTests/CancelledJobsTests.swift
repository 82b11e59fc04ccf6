import Foundation
import JobModel
import Testing

@testable import WorkerRuntime

@Suite("Jobs that were called off")
struct CancelledJobsTests {
    private static let problem = Problem(.cancelled, "called off")

    @Test("The newest are remembered, up to the bound")
    func bound() {
        let cancelled = CancelledJobs()
        let jobs = (0...CancelledJobs.jobsMax).map { _ in JobID(UUID()) }
        for job in jobs { cancelled.insert(job) }
        cancelled.insert(jobs[1])
        #expect(!cancelled.contains(jobs[0]))
        #expect(jobs.dropFirst().allSatisfy { cancelled.contains($0) })
    }

    @Test(
        "An end that was reached all the same stays; whatever would come again is cancelled",
        arguments: [
            (.succeeded(output: []), .succeeded(output: [])),
            (.interrupted, .cancelled(Self.problem)),
            (.postponed(after: .seconds(1), waitingFor: Problem(.consentMissing, "")), .cancelled(Self.problem)),
            (.failed(Problem(.serviceUnavailable, ""), retryAfter: nil), .cancelled(Self.problem)),
            (
                .failed(Problem(.tenantNotFound, ""), retryAfter: nil),
                .failed(Problem(.tenantNotFound, ""), retryAfter: nil)
            ),
        ] as [(Outcome, Outcome)]
    )
    func ends(outcome: Outcome, expected: Outcome) {
        #expect(outcome.calledOff(Self.problem) == expected)
    }
}
