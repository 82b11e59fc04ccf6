import JobModel
import Testing

@testable import Notifier

@Suite("What follows an attempt to hand over")
struct DeliveryPolicyTests {
    private static let policy = DeliveryPolicy(attemptsMax: 3, delay: .seconds(30), delayMax: .seconds(100))

    @Test("Nothing follows once everybody was served")
    func done() {
        let decision = Self.policy.decision(after: [("a", .taken), ("b", .taken)], attempt: 1, jitter: 1)
        #expect(decision.retried.recipients.isEmpty && decision.buried.isEmpty)
    }

    @Test("Who could not be served is tried again, who was refused is buried, and nobody is in both")
    func mixed() {
        let decision = Self.policy.decision(
            after: [
                ("a", .taken), ("b", .unavailable("down", retryAfter: nil)), ("c", .refused("unknown")),
                ("d", .unavailable("full", retryAfter: nil)),
            ],
            attempt: 1,
            jitter: 1
        )
        #expect(decision.retried.recipients == ["b", "d"])
        #expect(decision.retried.problem == Problem(.deliveryUnavailable, "down"))
        #expect(decision.buried.map(\.recipients) == [["c"]])
        #expect(decision.buried.map(\.problem) == [Problem(.deliveryRefused, "unknown")])
    }

    @Test(
        "The last attempt buries everybody who is left, those who were refused apart from those who could not be served"
    )
    func last() {
        let decision = Self.policy.decision(
            after: [
                ("a", .unavailable("down", retryAfter: nil)), ("b", .refused("unknown")),
                ("c", .unavailable("full", retryAfter: nil)),
            ],
            attempt: 3,
            jitter: 1
        )
        #expect(decision.retried.recipients.isEmpty)
        #expect(decision.buried.map(\.recipients) == [["a", "c"], ["b"]])
        #expect(
            decision.buried.map(\.problem)
                == [Problem(.deliveryUnavailable, "down"), Problem(.deliveryRefused, "unknown")]
        )
    }

    @Test("Pauses double up to the longest, are shortened by chance, and yield to what was asked for within bounds")
    func pauses() {
        func pause(_ attempt: Int, _ asked: Duration? = nil, jitter: Double = 1) -> Duration {
            DeliveryPolicy(attemptsMax: 20, delay: .seconds(30), delayMax: .seconds(100))
                .decision(after: [("a", .unavailable("", retryAfter: asked))], attempt: attempt, jitter: jitter).pause
        }
        #expect(
            [pause(1), pause(2), pause(3), pause(19)] == [.seconds(30), .seconds(60), .seconds(100), .seconds(100)]
        )
        #expect(pause(1, jitter: 0) == .seconds(15))
        #expect(pause(1, .seconds(70)) == .seconds(70))
        #expect(pause(1, .seconds(9_000)) == .seconds(100))
        #expect(pause(1, .seconds(-5)) == .seconds(30))
    }
}
