import JobModel

/// How often, and how patiently, a notification is handed over.
package struct DeliveryPolicy: Sendable, Equatable {
    /// How many attempts it has in all, from 1 to 20.
    package let attemptsMax: Int
    /// The pause after the first failure; it doubles with each further one.
    package let delay: Duration
    /// The longest pause, also where the other side asks for a longer one.
    package let delayMax: Duration

    /// Collects the parts.
    package init(attemptsMax: Int, delay: Duration, delayMax: Duration) {
        self.attemptsMax = attemptsMax
        self.delay = delay
        self.delayMax = delayMax
    }

    /// Decides what follows for the recipients that were not served.
    ///
    /// Pure: `jitter`, from 0 to 1, comes from the caller. Who was refused for good goes to the dead letters at once, the
    /// others with the last attempt, in a letter of their own; each group keeps the order of `results`.
    func decision(after results: [(recipient: String, end: HandOver)], attempt: Int, jitter: Double) -> DeliveryDecision
    {
        var decision = DeliveryDecision()
        var pause = self.pause(afterAttempt: attempt, jitter: jitter)
        for (recipient, end) in results {
            switch end {
            case .taken: continue
            case .refused(let reason): decision.bury(recipient, Problem(.deliveryRefused, reason))
            case .unavailable(let reason, let asked):
                let problem = Problem(.deliveryUnavailable, reason)
                if attempt < self.attemptsMax {
                    pause = max(pause, min(asked ?? .zero, self.delayMax))
                    decision.retried.add(recipient, problem)
                } else {
                    decision.bury(recipient, problem)
                }
            }
        }
        decision.pause = pause
        return decision
    }

    private func pause(afterAttempt attempt: Int, jitter: Double) -> Duration {
        let doubled = self.delay * (1 << min(max(attempt, 1) - 1, 20))
        return min(doubled, self.delayMax) * (0.5 + jitter / 2)
    }
}

/// What follows an attempt.
struct DeliveryDecision: Sendable, Equatable {
    /// Recipients that share a fate, and the first reason for it.
    struct Group: Sendable, Equatable {
        private(set) var recipients: [String] = []
        private(set) var problem: Problem?

        mutating func add(_ recipient: String, _ problem: Problem) {
            self.recipients.append(recipient)
            self.problem = self.problem ?? problem
        }
    }

    /// Who is tried again, after `pause`.
    var retried = Group()
    /// Who goes to the dead letters: a group for each problem code, as they are mended in different ways.
    private(set) var buried: [Group] = []
    /// How long until the next attempt.
    var pause = Duration.zero

    mutating func bury(_ recipient: String, _ problem: Problem) {
        if let index = self.buried.firstIndex(where: { $0.problem?.code == problem.code }) {
            self.buried[index].add(recipient, problem)
        } else {
            var group = Group()
            group.add(recipient, problem)
            self.buried.append(group)
        }
    }
}
