package import JobModel

/// What the worker does with a delivery once an attempt has ended.
package enum Decision: Equatable, Sendable {
    /// The job is done, as an answer to whoever asked: publish the result, then acknowledge.
    case finish(FinalOutcome, output: [UInt8]?, problem: Problem?)
    /// The attempt is spent, another follows: send the job down the delay ladder, then acknowledge.
    case retry(after: Duration, Problem)
    /// Something outside takes its time: the same attempt comes back later.
    case postpone(after: Duration, Problem)
    /// The attempt was cut short or never begun: the same attempt comes back soon, without a word.
    case rerun(after: Duration)
    /// Nobody but an operator can help: publish the result and the dead letter, then acknowledge.
    case bury(Problem)
}

/// How often, and how patiently, a job is tried.
package struct RetryPolicy: Equatable, Sendable {
    /// How many attempts a job has in all, from 1 to 20.
    package var attemptsMax: Int
    /// The pause after the first failure; it doubles with each further one.
    package var delay: Duration
    /// The longest pause, whatever the attempt.
    package var delayMax: Duration
    /// How soon a job comes back that was cut short or found its tenant locked.
    package var rerunDelay: Duration

    /// Eight attempts over about half an hour: 10 s, 20 s, … 10 min, each shortened by up to a half.
    package static let standard = RetryPolicy(
        attemptsMax: 8,
        delay: .seconds(10),
        delayMax: .seconds(600),
        rerunDelay: .seconds(5)
    )

    /// Collects the parts.
    package init(attemptsMax: Int, delay: Duration, delayMax: Duration, rerunDelay: Duration) {
        self.attemptsMax = attemptsMax
        self.delay = delay
        self.delayMax = delayMax
        self.rerunDelay = rerunDelay
    }

    /// Decides what follows an attempt.
    ///
    /// Pure: `waited` is the time since the job's first start, `waitLimit` what its type may be postponed in all, and
    /// `jitter`, from 0 to 1, comes from the caller. A service that asked for a longer pause gets it.
    package func decision(
        after outcome: Outcome,
        attempt: Int,
        waited: Duration,
        waitLimit: Duration,
        jitter: Double
    ) -> Decision {
        switch outcome {
        case .succeeded(let output): return .finish(.succeeded, output: output, problem: nil)
        case .cancelled(let problem): return .finish(.cancelled, output: nil, problem: problem)
        case .interrupted: return .rerun(after: self.rerunDelay * (0.5 + jitter / 2))
        case .postponed(let pause, let problem):
            return waited + pause <= waitLimit ? .postpone(after: pause, problem) : Self.end(problem)
        case .failed(let problem, let retryAfter):
            guard problem.code.reaction == .retry, attempt < self.attemptsMax else { return Self.end(problem) }
            let pause = self.pause(afterAttempt: attempt, jitter: jitter)
            return .retry(after: max(pause, retryAfter ?? .zero), problem)
        }
    }

    /// How long a job stays away that gives way to others: twice as long each time it was sent back, half a minute at most.
    ///
    /// Pure: `round` is how often it was, `jitter` comes from the caller and goes from 0 to 1.
    package func detour(round: Int, jitter: Double) -> Duration {
        min(self.rerunDelay * (1 << min(max(round, 0), 10)), Self.detourMax) * (0.5 + jitter / 2)
    }

    private static let detourMax = Duration.seconds(30)

    private static func end(_ problem: Problem) -> Decision {
        switch problem.code.reaction {
        case .refuse: .finish(.failed, output: nil, problem: problem)
        case .retry, .bury: .bury(problem)
        }
    }

    private func pause(afterAttempt attempt: Int, jitter: Double) -> Duration {
        let doubled = self.delay * (1 << min(max(attempt, 1) - 1, 20))
        return min(doubled, self.delayMax) * (0.5 + jitter / 2)
    }
}
