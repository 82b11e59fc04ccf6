import Foundation
import JobModel
import Testing

@testable import Executors

@Suite("Waiting")
struct WaitTests {
    private static let problem = Problem(.propagationTimeout, "not yet")

    private func outcome(
        _ wait: Wait,
        pause: Duration? = nil,
        jobStart: Double = 0,
        waitStart: Double,
        now: Double
    ) -> Outcome {
        WaitingPolicy(firstPause: .seconds(15), pauseMax: .seconds(300)).outcome(
            of: Waiting(for: wait, Self.problem, pause: pause),
            jobStart: moment(jobStart),
            waitStart: moment(waitStart),
            now: moment(now)
        )
    }

    @Test(
        "The pause doubles with the time waited, between its bounds",
        arguments: [(0.0, 15), (15, 15), (30, 30), (60, 60), (240, 240), (300, 300), (3_000, 300)]
    )
    func grows(waited: Double, seconds: Int) {
        #expect(
            self.outcome(.exchangeAccess, waitStart: 100, now: 100 + waited)
                == .postponed(after: .seconds(seconds), waitingFor: Self.problem)
        )
    }

    @Test(
        "Every wait ends: within its limit it goes on, beyond it is the problem itself",
        arguments: [
            (Wait.consent, 1_800.0), (.permissions, 1_800), (.exchangeAccess, 21_600), (.customization, 21_600),
            (.throttle, 21_600),
        ]
    )
    func ends(wait: Wait, limit: Double) {
        #expect(self.outcome(wait, waitStart: limit, now: limit).isPostponed)
        #expect(
            self.outcome(wait, waitStart: limit, now: limit + 1) == .failed(Self.problem, retryAfter: nil),
            "the limit counts from the job's start, not from this wait's"
        )
    }

    @Test("An object made late in a long job has its own time to show")
    func visibility() {
        #expect(self.outcome(.visibility, waitStart: 20_000, now: 21_800).isPostponed)
        #expect(self.outcome(.visibility, waitStart: 20_000, now: 21_801) == .failed(Self.problem, retryAfter: nil))
    }

    @Test(
        "A service's own wish decides, within reason",
        arguments: [(2.0, 15.0), (40, 40), (3_600, 3_600), (90_000, 3_600)]
    )
    func wish(asked: Double, given: Double) {
        #expect(
            self.outcome(.throttle, pause: .seconds(asked), waitStart: 0, now: 200)
                == .postponed(after: .seconds(given), waitingFor: Self.problem)
        )
    }

    @Test("A clock that went back does not make a pause negative")
    func backwards() {
        #expect(
            self.outcome(.exchangeAccess, waitStart: 500, now: 0)
                == .postponed(after: .seconds(15), waitingFor: Self.problem)
        )
    }
}

extension Outcome {
    var isPostponed: Bool { if case .postponed = self { true } else { false } }
}
