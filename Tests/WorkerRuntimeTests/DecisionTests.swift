import JobModel
import Testing
import WorkerRuntime

@Suite("Deciding what follows an attempt")
struct DecisionTests {
    private static let policy = RetryPolicy(
        attemptsMax: 3,
        delay: .seconds(10),
        delayMax: .seconds(15),
        rerunDelay: .seconds(4)
    )
    private static let passing = Problem(.serviceUnavailable, "503")
    private static let refused = Problem(.connectorConflict, "someone else's")
    private static let ours = Problem(.credentialsRejected, "AADSTS7000215")

    private func decide(_ outcome: Outcome, attempt: Int, waited: Duration = .zero, jitter: Double = 1) -> Decision {
        Self.policy.decision(
            after: outcome,
            attempt: attempt,
            waited: waited,
            waitLimit: .seconds(100),
            jitter: jitter
        )
    }

    @Test(
        "A failure that can pass is tried again until the attempts are spent, any other ends at once",
        arguments: [
            (Outcome.failed(passing, retryAfter: nil), 1, Decision.retry(after: .seconds(10), passing)),
            (.failed(passing, retryAfter: nil), 2, .retry(after: .seconds(15), passing)),
            (.failed(passing, retryAfter: nil), 3, .bury(passing)),
            (.failed(passing, retryAfter: .seconds(90)), 1, .retry(after: .seconds(90), passing)),
            (.failed(passing, retryAfter: .seconds(1)), 1, .retry(after: .seconds(10), passing)),
            (.failed(refused, retryAfter: nil), 1, .finish(.failed, output: nil, problem: refused)),
            (.failed(ours, retryAfter: nil), 1, .bury(ours)),
        ]
    )
    func failures(outcome: Outcome, attempt: Int, expected: Decision) {
        #expect(self.decide(outcome, attempt: attempt) == expected)
    }

    @Test(
        "Postponing spends no attempt, but ends when the job has waited long enough",
        arguments: [
            (
                Problem(.consentMissing, ""), Duration.seconds(70),
                Decision.postpone(after: .seconds(30), Problem(.consentMissing, ""))
            ),
            (
                Problem(.consentMissing, ""), .seconds(71),
                .finish(.failed, output: nil, problem: Problem(.consentMissing, ""))
            ),
            (Problem(.throttled, ""), .seconds(71), .bury(Problem(.throttled, ""))),
        ]
    )
    func postponements(problem: Problem, waited: Duration, expected: Decision) {
        #expect(
            self.decide(.postponed(after: .seconds(30), waitingFor: problem), attempt: 3, waited: waited) == expected
        )
    }

    @Test("A job cut short comes back soon, whatever its attempt")
    func interruptions() {
        #expect(self.decide(.interrupted, attempt: 3) == .rerun(after: .seconds(4)))
        #expect(self.decide(.interrupted, attempt: 3, jitter: 0) == .rerun(after: .seconds(2)))
    }

    @Test("Success and cancellation end the job")
    func ends() {
        let output = Array("{}".utf8)
        #expect(
            self.decide(.succeeded(output: output), attempt: 3) == .finish(.succeeded, output: output, problem: nil)
        )
        let cancelled = Problem(.cancelled, "by an operator")
        #expect(self.decide(.cancelled(cancelled), attempt: 1) == .finish(.cancelled, output: nil, problem: cancelled))
    }

    @Test("Pauses stay within their bounds for any attempt and any jitter", arguments: [0.0, 0.5, 1.0])
    func bounds(jitter: Double) {
        var policy = Self.policy
        policy.attemptsMax = 20
        for attempt in 1..<20 {
            let decision = policy.decision(
                after: .failed(Self.passing, retryAfter: nil),
                attempt: attempt,
                waited: .zero,
                waitLimit: .zero,
                jitter: jitter
            )
            guard case .retry(let pause, _) = decision else {
                Issue.record("attempt \(attempt) is not tried again")
                continue
            }
            #expect(pause >= policy.delay / 2 && pause <= policy.delayMax)
        }
    }

    @Test(
        "A job that gives way stays away twice as long each time, half a minute at most",
        arguments: [
            (0, 1.0, Duration.seconds(4)), (0, 0, .seconds(2)), (1, 1, .seconds(8)), (3, 1, .seconds(30)),
            (1_000_000, 1, .seconds(30)), (9, 0, .seconds(15)),
        ]
    )
    func detours(round: Int, jitter: Double, expected: Duration) {
        #expect(Self.policy.detour(round: round, jitter: jitter) == expected)
    }
}
