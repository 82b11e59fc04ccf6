import Testing

@testable import JobModel

@Suite("The list of events")
struct JobEventTests {
    @Test("Exactly the two ends of a job are terminal")
    func hasTwoEnds() {
        #expect(JobEventName.allCases.filter(\.isTerminal) == [.jobFinished, .jobDied])
    }

    @Test("An executor speaks of tenants and people, the worker of jobs", arguments: JobEventName.allCases)
    func divides(name: JobEventName) {
        #expect(name.isExecutors == !name.rawValue.hasPrefix("job."))
    }
}
