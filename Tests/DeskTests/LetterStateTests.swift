import Desk
import Testing

@Suite("What may happen to a dead letter")
struct LetterStateTests {
    @Test("The whole table of states and actions")
    func table() {
        let allowed: [LetterState: [LetterAction: LetterState]] = [
            .held: [.send: .leaving, .discard: .discarded],
            .leaving: [.sent: .awaiting, .handedOn: .resolved, .returned: .held, .answered: .resolved],
            .awaiting: [.answered: .resolved, .restore: .held], .resolved: [:], .discarded: [.restore: .held],
        ]
        for state in LetterState.allCases {
            for action in LetterAction.allCases {
                #expect(state.after(action) == allowed[state]?[action], "\(state) \(action)")
            }
        }
    }

    @Test("No state lets a letter be both sent and discarded at once")
    func exclusive() {
        for state in LetterState.allCases {
            let next = [LetterAction.send, .discard].compactMap { state.after($0) }
            #expect(next.allSatisfy { $0.after(.send) == nil && $0.after(.discard) == nil })
        }
    }
}
