import Foundation
import JobModel
import Logging
import Testing

@testable import Executors

@Suite("The job no-op")
struct NoOpTests {
    private static func outcome(of data: String) async throws -> Outcome {
        let request = ExecutorRequest(
            job: JobID(UUID()),
            tenant: TenantID(UUID()),
            attempt: 1,
            limit: .seconds(60),
            since: Date(),
            steps: nil,
            data: []
        )
        let context = ExecutorContext(request: request, logger: Logger(label: "test")) { frame in
            Issue.record("a quick job has no news: \(frame)")
        }
        return await NoOpExecutor().run(try NoOp(data: Array(data.utf8)), context)
    }

    @Test("It answers with the bytes asked for")
    func answers() async throws {
        #expect(try await Self.outcome(of: #"{"size":3}"#) == .succeeded(output: Array(#"{"filler":"xxx"}"#.utf8)))
    }

    @Test("It takes at least the time asked for")
    func takesTime() async throws {
        let start = ContinuousClock.now
        #expect(try await Self.outcome(of: #"{"milliseconds":30}"#) == .succeeded(output: NoOpOutput(size: 0).json))
        #expect(ContinuousClock.now - start >= .milliseconds(30))
    }

    @Test("Cancelled in its time, it is interrupted", .timeLimit(.minutes(5)))
    func isInterrupted() async throws {
        // A task of its own, as only such a one can be cancelled from here.
        let task = Task { try await Self.outcome(of: #"{"milliseconds":60000}"#) }
        task.cancel()
        #expect(try await task.value == .interrupted)
    }

    @Test("It needs no settings; others fail with the reason why there are none")
    func needsNoSettings() throws {
        let catalogue = ExecutorCatalogue(settings: .failure(Problem(.configurationRejected, "none")))
        #expect(try catalogue.executor(for: .noOp) is NoOpExecutor)
        #expect(throws: Problem.self) { try catalogue.executor(for: .connectTenant) }
    }
}
