import Synchronization

/// One question under way, settled once: by the answer, by its deadline or by the cancelled task.
final class ResolverQuery: Sendable {
    private enum State {
        case waiting(CheckedContinuation<DNSAnswer, Never>?)
        case settled(DNSAnswer)
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
    func settle(_ answer: DNSAnswer) {
        let waiting: CheckedContinuation<DNSAnswer, Never>? = self.state.withLock { state in
            guard case .waiting(let continuation) = state else { return nil }
            state = .settled(answer)
            return continuation
        }
        waiting?.resume(returning: answer)
    }

    /// Waits for the answer; one task may.
    func answer() async -> DNSAnswer {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: DNSAnswer? = self.state.withLock { state in
                    if case .settled(let answer) = state { return answer }
                    state = .waiting(continuation)
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            self.settle(.temporaryFailure(.cancelled))
        }
    }
}
