import AMQP
import JobModel
import Synchronization

/// Starts the attempts of a worker, each when its turn has come.
final class TurnKeeper: Sendable {
    /// How long a delivery is held for its turn before it is sent back: it and the longest attempt together stay below the
    /// half hour after which RabbitMQ closes the channel (`consumer_timeout`).
    static let heldLimit = Duration.seconds(5 * 60)

    private struct State {
        var turns: [JobType: Turns<Attempt>] = [:]
        var isClosed = false
    }

    private let limits: @Sendable (JobType) -> Turns<Attempt>.Limits
    private let start: @Sendable (Attempt) -> Void
    private let state = Mutex(State())

    /// `start` is called for each attempt once, in the order of the turns, and must not block.
    init(
        limits: @escaping @Sendable (JobType) -> Turns<Attempt>.Limits,
        start: @escaping @Sendable (Attempt) -> Void
    ) {
        self.limits = limits
        self.start = start
    }

    /// Takes in a delivery.
    ///
    /// What is no job has no turn and goes its short way at once.
    func arrive(_ attempt: Attempt) {
        guard case .success(let envelope) = attempt.envelope else { return self.start(attempt) }
        let arrival = self.state.withLock { state -> Turns<Attempt>.Arrival in
            guard !state.isClosed else { return .refused }
            return state.turns[envelope.type, default: Turns(self.limits(envelope.type))].arrive(
                attempt,
                of: envelope.tenant,
                in: attempt.delivery.queue,
                at: .now
            )
        }
        switch arrival {
        case .started: self.start(attempt)
        case .held: break
        case .refused: self.start(Attempt(givingWay: attempt))
        }
    }

    /// An attempt has ended: its place goes to the next.
    func end(of attempt: Attempt) {
        guard case .success(let envelope) = attempt.envelope, !attempt.givesWay else { return }
        if let next = self.state.withLock({ $0.turns[envelope.type]?.end(of: envelope.tenant) }) { self.start(next) }
    }

    /// Sends back what has been held for too long, and forgets what belongs to a lost session.
    ///
    /// Both are older than whatever is to stay.
    func tidy() {
        let oldest = ContinuousClock.now - Self.heldLimit
        _ = self.withdraw { attempt, _ in attempt.lock.isLost }
        self.withdraw { _, since in since < oldest }.forEach { self.start(Attempt(givingWay: $0)) }
    }

    /// Sends back what is held of a type.
    func sendBack(_ type: JobType) {
        self.withdraw(of: type) { _, _ in true }.forEach { self.start(Attempt(givingWay: $0)) }
    }

    /// Sends back what is held, and whatever comes from now on.
    func close() {
        self.state.withLock { $0.isClosed = true }
        self.withdraw { _, _ in true }.forEach { self.start(Attempt(givingWay: $0)) }
    }

    private func withdraw(
        of type: JobType? = nil,
        while condition: @Sendable (Attempt, ContinuousClock.Instant) -> Bool
    ) -> [Attempt] {
        self.state.withLock { state in
            state.turns.keys.filter { type == nil || $0 == type }.flatMap { type in
                state.turns[type]?.withdraw(while: condition) ?? []
            }
        }
    }
}
