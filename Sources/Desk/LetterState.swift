/// Where a dead letter stands.
package enum LetterState: String, Sendable, Hashable, CaseIterable, Codable {
    /// Somebody has to decide.
    case held
    /// It was decided to send it again; the message waits in the desk's outbox.
    case leaving
    /// It was sent again, and the result of that is not in yet.
    case awaiting
    /// The result is in, or another job has taken its place.
    case resolved
    /// It was given up, with a reason; it can be restored.
    case discarded
}

/// What can happen to a dead letter.
package enum LetterAction: String, Sendable, Hashable, CaseIterable {
    /// Somebody wants it sent again, as it is or edited.
    case send
    /// The broker has taken what was sent.
    case sent
    /// The broker has taken what the desk hears no more of: an edited job, or a notification.
    case handedOn
    /// The broker has no queue for it.
    case returned
    /// The result of what was sent is in.
    case answered
    /// Somebody gives it up.
    case discard
    /// Somebody wants to decide once more.
    case restore
}

extension LetterState {
    /// The state that an action leads to; nil where it is not allowed.
    ///
    /// Pure. The database changes a row only from the state that was looked at, so that of two operators who decide at
    /// once one is told that the other was first.
    package func after(_ action: LetterAction) -> LetterState? {
        switch action {
        case .send: self == .held ? .leaving : nil
        case .sent: self == .leaving ? .awaiting : nil
        case .handedOn: self == .leaving ? .resolved : nil
        case .returned: self == .leaving ? .held : nil
        // The result may be faster than the confirm of what it answers.
        case .answered: self == .leaving || self == .awaiting ? .resolved : nil
        case .discard: self == .held ? .discarded : nil
        case .restore: self == .discarded || self == .awaiting ? .held : nil
        }
    }

    /// The states from which an action is allowed.
    package static func before(_ action: LetterAction) -> [LetterState] {
        self.allCases.filter { $0.after(action) != nil }
    }

    /// The states in which what is to become of a letter is open, or under way.
    package static let undecided: [LetterState] = [.held] + underWay

    /// The states in which a letter's job runs again, or is about to.
    static let underWay: [LetterState] = [.leaving, .awaiting]

    /// What an operator reads.
    package var words: String {
        switch self {
        case .held: "waits for a decision"
        case .leaving: "is being sent again"
        case .awaiting: "was sent again, its result is not in"
        case .resolved: "is resolved"
        case .discarded: "was discarded"
        }
    }
}
