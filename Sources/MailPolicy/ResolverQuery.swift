import Synchronization

/// What one server says to one question.
struct ResolverReply: Sendable {
    var answer: DNSAnswer
    /// The name that has to be asked instead: the server gave an alias and nothing about its target.
    var alias: String?
}

/// One question under way, settled once: by the answer, by its deadline or by the cancelled task.
final class ResolverQuery: Sendable {
    private enum State {
        case waiting(CheckedContinuation<ResolverReply, Never>?)
        case settled(ResolverReply)
    }

    let name: String
    let type: DNSRecordType
    let deadline: ContinuousClock.Instant
    private let state = Mutex(State.waiting(nil))

    init(name: String, type: DNSRecordType, deadline: ContinuousClock.Instant) {
        self.name = name
        self.type = type
        self.deadline = deadline
    }

    var isSettled: Bool {
        self.state.withLock { state in
            switch state {
            case .waiting: false
            case .settled: true
            }
        }
    }

    /// Gives the answer to whoever waits; later answers are dropped.
    func settle(_ answer: DNSAnswer) { self.settle(ResolverReply(answer: answer)) }

    /// Gives the reply to whoever waits; later ones are dropped.
    func settle(_ reply: ResolverReply) {
        let waiting: CheckedContinuation<ResolverReply, Never>? = self.state.withLock { state in
            guard case .waiting(let continuation) = state else { return nil }
            state = .settled(reply)
            return continuation
        }
        waiting?.resume(returning: reply)
    }

    /// Waits for the reply; one task may.
    func reply() async -> ResolverReply {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let reply: ResolverReply? = self.state.withLock { state in
                    if case .settled(let reply) = state { return reply }
                    state = .waiting(continuation)
                    return nil
                }
                if let reply { continuation.resume(returning: reply) }
            }
        } onCancel: {
            self.settle(.temporaryFailure(.cancelled))
        }
    }
}
