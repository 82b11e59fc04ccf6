import Testing

@testable import Microsoft365

@Suite("Repeating reads")
struct ReadRetryTests {
    private let retry = ReadRetry(
        limits: RequestLimits(
            requestTime: .seconds(1),
            commandTime: .seconds(1),
            answerBytesMax: 1_024,
            pagesMax: 2,
            readAttemptsMax: 3,
            readPause: .seconds(1),
            readPauseMax: .seconds(5),
            readTimeMax: .seconds(60)
        )
    )

    private func error(
        _ code: Microsoft365Error.Code,
        retryAfter: Duration? = nil,
        isWrite: Bool = false
    ) -> Microsoft365Error {
        Microsoft365Error(code, operation: "graph.domains", retryAfter: retryAfter, isWrite: isWrite)
    }

    @Test("The pause doubles and chance shortens it to no less than half")
    func backsOff() {
        let error = self.error(.unavailable)
        #expect(self.retry.pause(after: error, attempt: 1, elapsed: .zero, jitter: 1) == .seconds(1))
        #expect(self.retry.pause(after: error, attempt: 1, elapsed: .zero, jitter: 0) == .milliseconds(500))
        #expect(self.retry.pause(after: error, attempt: 2, elapsed: .zero, jitter: 1) == .seconds(2))
    }

    @Test("What passes by itself is repeated, everything else is not", arguments: Microsoft365Error.Code.allCases)
    func repeats(code: Microsoft365Error.Code) {
        let passing: Set<Microsoft365Error.Code> = [.throttled, .unavailable, .unreachable]
        let pause = self.retry.pause(after: self.error(code), attempt: 1, elapsed: .zero, jitter: 1)
        #expect((pause != nil) == passing.contains(code))
    }

    @Test("A write is never repeated", arguments: Microsoft365Error.Code.allCases)
    func leavesWrites(code: Microsoft365Error.Code) {
        #expect(self.retry.pause(after: self.error(code, isWrite: true), attempt: 1, elapsed: .zero, jitter: 1) == nil)
    }

    @Test("Attempts and time end patience")
    func ends() {
        let error = self.error(.unavailable)
        #expect(self.retry.pause(after: error, attempt: 3, elapsed: .zero, jitter: 1) == nil)
        #expect(self.retry.pause(after: error, attempt: 1, elapsed: .seconds(60), jitter: 1) == nil)
    }

    @Test("A short Retry-After is kept, a long one is left to the job")
    func honoursRetryAfter() {
        let short = self.error(.throttled, retryAfter: .seconds(3))
        let long = self.error(.throttled, retryAfter: .seconds(6))
        #expect(self.retry.pause(after: short, attempt: 1, elapsed: .zero, jitter: 0) == .seconds(3))
        #expect(self.retry.pause(after: long, attempt: 1, elapsed: .zero, jitter: 0) == nil)
    }
}
