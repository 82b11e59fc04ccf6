import Synchronization

/// Lets one caller in at a time, in the order they came.
///
/// A caller whose task is cancelled while waiting leaves the line and is told so.
final class SerialGate: Sendable {
    private struct State {
        var isHeld = false
        var line: [(ticket: Int, place: CheckedContinuation<Bool, Never>)] = []
        var lastTicket = 0
        var cancelled: Set<Int> = []
    }

    private let state = Mutex(State())

    /// Waits for the turn; false when the task was cancelled first, and then there is nothing to leave.
    func enter() async -> Bool {
        let ticket = self.state.withLock { state in
            state.lastTicket += 1
            return state.lastTicket
        }
        // A cancellation that comes after the turn was given leaves its mark; nobody looks for it any more.
        defer { self.state.withLock { _ = $0.cancelled.remove(ticket) } }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { place in
                if let answer = self.queue(ticket, place) { place.resume(returning: answer) }
            }
        } onCancel: {
            self.withdraw(ticket)
        }
    }

    /// Ends the turn and lets the next one in.
    func leave() {
        let next = self.state.withLock { state -> CheckedContinuation<Bool, Never>? in
            guard !state.line.isEmpty else {
                state.isHeld = false
                return nil
            }
            return state.line.removeFirst().place
        }
        next?.resume(returning: true)
    }

    /// The answer when it is known at once, nil when the caller must wait.
    private func queue(_ ticket: Int, _ place: CheckedContinuation<Bool, Never>) -> Bool? {
        self.state.withLock { state in
            if state.cancelled.remove(ticket) != nil { return false }
            guard state.isHeld else {
                state.isHeld = true
                return true
            }
            state.line.append((ticket, place))
            return nil
        }
    }

    private func withdraw(_ ticket: Int) {
        let place = self.state.withLock { state -> CheckedContinuation<Bool, Never>? in
            guard let index = state.line.firstIndex(where: { $0.ticket == ticket }) else {
                state.cancelled.insert(ticket)
                return nil
            }
            return state.line.remove(at: index).place
        }
        place?.resume(returning: false)
    }
}
