import Desk

/// Letters as sentences count them.
enum CountWords {
    /// `1 letter`, `2 letters`.
    static func letters(_ count: Int) -> String { self.noun(count, "letter") }

    /// `1 notification`, `2 notifications`.
    static func notifications(_ count: Int) -> String { self.noun(count, "notification") }

    /// `1 letter was`, `2 letters were`.
    static func lettersWere(_ count: Int) -> String { "\(self.letters(count)) \(count == 1 ? "was" : "were")" }

    private static func noun(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
}

extension LetterState {
    /// What several letters have come to: `wait for a decision`.
    func words(_ count: Int) -> String {
        guard count != 1 else { return self.words }
        return switch self {
        case .held: "wait for a decision"
        case .leaving: "are being sent again"
        case .awaiting: "were sent again, their results are not in"
        case .resolved: "are resolved"
        case .discarded: "were discarded"
        }
    }
}

extension Receipt {
    /// A line for each letter that was left as it is, and one for those that are not named.
    func stays(_ verb: String) -> [String] {
        let named = self.skipped.map { "letter \($0.letter) \(verb): \($0.reason)" }
        let rest = self.stayed - self.skipped.count
        return rest > 0 ? named + ["and \(CountWords.letters(rest)) more"] : named
    }
}
