import JobModel
import MailPolicy

/// The gate before the outbound connector: DNS lets the gateway send for every relay domain, or the connector stays off.
///
/// Pure.
struct OutboundGate: Equatable {
    /// What becomes of the job.
    enum Passage: Equatable {
        /// The connector may be enabled; the reason is that of whoever passes the gate over.
        case go(forcedBecause: String?)
        /// It may not; somebody has to publish something.
        case refuse(Problem)
        /// It may not yet.
        case wait(Waiting)
    }

    /// What DNS says about each relay domain.
    let domains: [RelayDomain]

    /// All of them together.
    var state: OutboundGateState {
        let states = self.domains.map(\.gate)
        if states.contains(.shut) { return .shut }
        return states.isEmpty || states.contains(.unknown) ? .unknown : .open
    }

    /// What becomes of a job that would enable the connector now.
    func passage(for job: EnableOutboundConnector) -> Passage {
        switch self.state {
        case .open: .go(forcedBecause: nil)
        case .shut where job.force != nil, .unknown where job.force != nil: .go(forcedBecause: job.force?.reason)
        case .shut where job.waitForDns: .wait(Waiting(for: .dnsRecord, self.problem))
        case .unknown where job.waitForDns: .wait(Waiting(for: .dnsRecord, self.problem))
        case .shut: .refuse(self.problem)
        case .unknown: .wait(Waiting(for: .dnsAnswer, self.problem))
        }
    }

    /// What stands in the way: the record to publish for every domain that is wrong, or else what DNS did not tell.
    private var problem: Problem {
        let shut = self.domains.filter { $0.gate == .shut }
        let sentences = (shut.isEmpty ? self.domains.filter { $0.gate == .unknown } : shut).map(\.sentence)
        return Problem(shut.isEmpty ? .dnsUnavailable : .spfNotReady, Self.joined(sentences))
    }

    /// As many sentences as a detail holds whole.
    private static func joined(_ sentences: [String]) -> String {
        var text = ""
        for (index, sentence) in sentences.enumerated() {
            let left = "and \(sentences.count - index) more; a dry run tells all."
            let isLast = index == sentences.count - 1
            let room = Problem.detailLengthMax - (isLast ? 0 : left.count + 1)
            if index > 0, text.count + sentence.count + 1 > room { return "\(text) \(left)" }
            text += text.isEmpty ? sentence : " \(sentence)"
        }
        return text
    }
}

extension RelayDomain {
    /// What stands in the way, with the record to publish.
    fileprivate var sentence: String {
        let advice = self.advice ?? "Nothing is known about \(self.name)."
        return self.publish.map { "\(advice) Publish at \(self.name): \($0)" } ?? advice
    }

    /// Sums up what was found, and how it is mended.
    ///
    /// Wrong in one view is wrong: a receiver may see that one. Unknown in one view is not right either.
    init(_ survey: SPFSurvey, _ repair: SPFRepair?) {
        let views = [
            SPFView(.resolvers, survey.resolverFinding), SPFView(.authoritative, survey.authoritativeFinding),
        ]
        let gate = Self.gate(views.map(\.result))
        let publish = repair?.publish.flatMap { $0.count <= Self.publishMax ? $0 : nil }
        self.init(
            name: survey.domain,
            gate: gate,
            views: views,
            publish: gate == .shut ? publish : nil,
            advice: Self.advice(gate, survey.domain, views, repair)
        )
    }

    /// The longest record that a message carries.
    private static let publishMax = 4_000
    private static let adviceMax = 1_000

    private static func gate(_ results: [SPFView.Result]) -> OutboundGateState {
        if results.contains(where: { $0 != .pass && $0 != .temperror }) { return .shut }
        return results.contains(.temperror) ? .unknown : .open
    }

    private static func advice(
        _ gate: OutboundGateState,
        _ name: String,
        _ views: [SPFView],
        _ repair: SPFRepair?
    ) -> String? {
        switch gate {
        case .open: return nil
        case .shut:
            let advice = repair?.advice ?? "The SPF record of \(name) does not let the gateway send."
            return String(advice.prefix(self.adviceMax))
        case .unknown:
            let reasons = views.filter { $0.result == .temperror }.compactMap(\.reason)
            return String("DNS did not tell about \(name): \(reasons.joined(separator: "; ")).".prefix(self.adviceMax))
        }
    }
}

extension SPFView {
    fileprivate init(_ source: Source, _ finding: SPFSurvey.Finding) {
        self.init(
            source: source,
            result: Result(finding.result),
            addresses: finding.addresses.map(\.description),
            record: finding.record,
            reason: finding.reason
        )
    }
}

extension SPFView.Result {
    init(_ result: SPFResult) {
        self =
            switch result {
            case .none: .none
            case .neutral: .neutral
            case .pass: .pass
            case .fail: .fail
            case .softfail: .softfail
            case .temperror: .temperror
            case .permerror: .permerror
            }
    }
}
