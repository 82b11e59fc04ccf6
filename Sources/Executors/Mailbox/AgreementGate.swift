import JobModel

/// What two copies of one message have in common: the sender and the subject's hash.
struct CopyPrint: Hashable, Sendable {
    let text: String

    init(sender: String?, subjectHash: String) { self.text = "\(sender ?? "-") \(subjectHash)" }

    /// As a memo kept it.
    init(text: String) { self.text = text }
}

/// Holds every mailbox of a job back until all have been searched: nothing is moved before it is clear that all copies are
/// one message, and not too many.
///
/// A mailbox that does not answer holds up the others only so long; what is found in it later is held against what they had
/// in common.
actor AgreementGate {
    /// What the gate says to a mailbox.
    enum Verdict: Equatable, Sendable {
        /// Go on; copies with another print stay.
        case go(CopyPrint?)
        /// Nothing is moved anywhere.
        case refused(Problem)
        /// The others went on, and with this mailbox's copies the job would have more than it handles.
        case full
        /// The attempt ended before it was clear.
        case shut
    }

    /// How long the others wait for the last ones.
    static let patience: Duration = .seconds(15)
    /// How often they wait so while more than one in ten is missing.
    static let patienceRounds = 4

    private let expected: Int
    private let settled: Int
    private let copiesMax: Int
    private var arrived = 0
    private var unknown = 0
    private var copies = 0
    private var prints: [CopyPrint: Int] = [:]
    private var verdict: Verdict?
    private var waiting: [CheckedContinuation<Verdict, Never>] = []

    /// `expected` mailboxes will come, beside those that earlier runs have `settled`.
    ///
    /// `copiesMax` is for those to come. `agreed` is what an earlier run moved by; then everybody may go on at once.
    init(expected: Int, settled: Int, copiesMax: Int, agreed: CopyPrint?) {
        self.expected = expected
        self.settled = settled
        self.copiesMax = copiesMax
        if let agreed { self.verdict = .go(agreed) }
    }

    /// Brings what was found in a mailbox, `copies` in all and the prints of those meant; waits for the others.
    func bring(_ prints: [CopyPrint], copies: Int) async -> Verdict {
        self.arrived += 1
        if let verdict = self.verdict { return self.late(verdict, prints, copies: copies) }
        self.copies += copies
        for print in prints { self.prints[print, default: 0] += 1 }
        if self.arrived == self.expected { self.open() }
        if let verdict = self.verdict { return verdict }
        return await withCheckedContinuation { self.waiting.append($0) }
    }

    /// What is said to a mailbox that comes when the others have gone on.
    private func late(_ verdict: Verdict, _ prints: [CopyPrint], copies: Int) -> Verdict {
        guard case .go(let agreed) = verdict else { return verdict }
        guard self.copies + copies <= self.copiesMax else { return .full }
        self.copies += copies
        // The first copy of all may well lie in the mailbox that comes last.
        let print = agreed ?? prints.first
        self.verdict = .go(print)
        return .go(print)
    }

    /// Says that a mailbox has nothing to bring; `isUnknown` when the tenant has no such user.
    func pass(isUnknown: Bool) {
        self.arrived += 1
        if isUnknown { self.unknown += 1 }
        if self.arrived == self.expected, self.verdict == nil { self.open() }
    }

    /// Opens the gate once patience is over; when the task is cancelled before, nobody is let through.
    func losePatience() async {
        for round in 1...Self.patienceRounds {
            guard (try? await Task.sleep(for: Self.patience, clock: .continuous)) != nil else { return self.shut() }
            guard self.verdict == nil else { return }
            if self.arrived * 10 >= self.expected * 9 || round == Self.patienceRounds { return self.open() }
        }
    }

    /// Why nothing may be moved anywhere; nil when it may, or is not known yet.
    var refusal: Problem? { if case .refused(let problem) = self.verdict { problem } else { nil } }

    private func open() {
        self.tell(
            Self.verdict(
                expected: self.expected,
                settled: self.settled,
                unknown: self.unknown,
                copies: self.copies,
                copiesMax: self.copiesMax,
                prints: self.prints
            )
        )
    }

    /// Sends everybody home who still waits: the attempt has ended.
    private func shut() {
        if self.verdict == nil { self.tell(.shut) }
    }

    private func tell(_ verdict: Verdict) {
        self.verdict = verdict
        for place in self.waiting { place.resume(returning: verdict) }
        self.waiting = []
    }

    /// Pure: what was found decides whether anything may be moved.
    static func verdict(
        expected: Int,
        settled: Int,
        unknown: Int,
        copies: Int,
        copiesMax: Int,
        prints: [CopyPrint: Int]
    ) -> Verdict {
        if unknown == expected, settled == 0 {
            return .refused(Problem(.mailboxesUnknown, "The tenant knows none of the \(expected) mailboxes."))
        }
        if prints.count > 1 {
            let counts = prints.values.sorted(by: >).map(String.init).joined(separator: ", ")
            return .refused(
                Problem(
                    .selectorTooBroad,
                    "The \(copies) copies are \(prints.count) messages by sender and subject, of \(counts) copies."
                )
            )
        }
        if copies > copiesMax {
            return .refused(
                Problem(.capExceeded, "There are \(copies) copies; a job handles \(copiesMax) at most.")
            )
        }
        return .go(prints.keys.first)
    }
}
