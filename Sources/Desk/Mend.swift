import JobModel

/// The commands that mend what a dead letter died of, in the order in which they are typed; pure.
package enum Mend {
    /// The commands for a letter; empty when it needs no decision any more.
    ///
    /// `others` are the letters of its job: while one of them is under way, the job is sent with no other.
    package static func commands(for letter: Letter, others: [Letter] = []) -> [String] {
        let underWay = others.first { other in
            other.number != letter.number && !other.isNotification && LetterState.underWay.contains(other.state)
        }
        if letter.state == .held, !letter.isNotification, !letter.isCut, let underWay {
            return self.ownCommands(for: underWay) + ["sluice dead show \(letter.number)"]
        }
        return self.ownCommands(for: letter)
    }

    private static func ownCommands(for letter: Letter) -> [String] {
        let (number, retry) = (letter.number, "sluice dead retry \(letter.number)")
        switch letter.state {
        case .discarded: return ["sluice dead restore \(number)"]
        // The way out for whoever knows that the result will never come.
        case .awaiting: return (letter.job.map { ["sluice watch \($0)"] } ?? []) + ["sluice dead restore \(number)"]
        case .leaving: return ["sluice desk"]
        case .resolved: return []
        case .held: break
        }
        if letter.isCut { return ["sluice dead discard \(number) --reason 'the sender sends it again'"] }
        guard let code = ProblemCode(rawValue: letter.code) else { return [retry] }
        if letter.isNotification {
            let discard = "sluice dead discard \(number) --reason 'nobody can be told this'"
            return self.isLostAsItIs(code) ? [discard] : ["sluice notifier --check", retry]
        }
        return self.preparations(code, letter) + [self.isLostAsItIs(code) ? self.edit(letter) : retry]
    }

    /// Whether the message itself has to change before anybody can run it.
    static func isLostAsItIs(_ code: ProblemCode) -> Bool {
        switch code {
        case .bodyTooLarge, .notJSON, .invalidEnvelope, .invalidTenant, .invalidPayload: true
        default: false
        }
    }

    /// Data that breaks its schema can be mended here; a message that is none only where it was made.
    private static func edit(_ letter: Letter) -> String {
        guard letter.code == ProblemCode.invalidPayload.rawValue else {
            return "sluice dead discard \(letter.number) --reason 'the sender sends it again'"
        }
        return "sluice dead edit \(letter.number) --data FILE"
    }

    private static func preparations(_ code: ProblemCode, _ letter: Letter) -> [String] {
        switch code.rawValue {
        case "unrouted": ["sluice topology apply"]
        case "credentials-rejected":
            [letter.tenant.isEmpty ? "sluice doctor" : "sluice doctor --tenant \(letter.tenant)"]
        case "configuration-rejected", "executor-unavailable", "dns-unavailable", "login-unreachable": ["sluice doctor"]
        case "delivery-limit", "executor-crashed", "executor-timeout":
            letter.job.map { ["sluice jobs show \($0)"] } ?? []
        default: []
        }
    }
}
