package import Foundation

/// How many mails operators get about deaths of one kind: the job's type and the problem's code.
///
/// A storm of ten thousand dead letters is a few mails: so many at once, and with each later one the number of those that had
/// none. The letters themselves are on the desk, all of them.
package struct DeathAllowance: Sendable, Equatable {
    /// The most mails about one kind within a period, from 1.
    package let mailsMax: Int
    /// How long a mail counts.
    package let period: Duration

    /// Collects the parts.
    package init(mailsMax: Int, period: Duration) {
        self.mailsMax = mailsMax
        self.period = period
    }

    /// What becomes of one more death of a kind.
    enum Course: Equatable {
        /// It has a mail.
        case tell
        /// It has a mail later, which also tells of those that keep silent meanwhile.
        case wait(until: Date)
        /// It is counted.
        case silence
    }

    /// Decides about a death that has been neither told nor counted.
    ///
    /// Pure: `mails` are the times of the newest mails about its kind, at most ``mailsMax`` of them; `othersWait` says whether
    /// another death of the kind waits for its time. One always waits while the allowance is used up, so that the last of a
    /// storm are told even if nothing of the kind follows.
    func course(mails: [Date], othersWait: Bool, now: Date) -> Course {
        let recent = mails.filter { $0.addingTimeInterval(self.seconds) > now }
        guard recent.count >= self.mailsMax, let oldest = recent.min() else { return .tell }
        return othersWait ? .silence : .wait(until: oldest.addingTimeInterval(self.seconds))
    }

    var seconds: TimeInterval {
        Double(self.period.components.seconds) + Double(self.period.components.attoseconds) / 1e18
    }
}

/// What operators are told of one death.
package enum DeathVerdict: Sendable, Equatable {
    /// They get a mail, which also tells of so many others that had none.
    case tell(untold: Int)
    /// They get it at this time at the earliest; ask again then.
    case wait(until: Date)
    /// They get none; it is counted in a later one.
    case silence
}
