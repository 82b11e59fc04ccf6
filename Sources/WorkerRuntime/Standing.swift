import JobModel
import Ledger

/// What a delivery means, seen against the ledger's row of its job.
enum Standing: Equatable {
    /// The job is to be run, from the given events and steps on.
    case run(sequence: Int, steps: String?)
    /// The delivery was decided before: what was sent then is sent again if need be, and nothing else happens.
    case settled

    /// Compares a delivery's memo with the row; pure.
    ///
    /// A final row settles every delivery. A row of a later round settles an earlier delivery, and so does one of the same
    /// round that has already been sent on its way. A row of the same round that is `running` is one that a dead worker left:
    /// its steps are newer than the memo's.
    init(memo: Memo, entry: LedgerEntry?) {
        guard let entry else {
            self = .run(sequence: memo.sequence, steps: memo.steps)
            return
        }
        if entry.state.isFinal || entry.round > memo.round {
            self = .settled
        } else if entry.round < memo.round {
            self = .run(sequence: max(memo.sequence, entry.sequence), steps: memo.steps)
        } else {
            switch entry.state {
            case .running:
                self = .run(sequence: max(memo.sequence, entry.sequence), steps: entry.steps ?? memo.steps)
            case .waiting, .succeeded, .failed, .cancelled, .dead: self = .settled
            }
        }
    }
}
