/// How a domain's SPF record is mended so that a gateway may send for it.
///
/// What is proposed has been tried: with it in place every address passes, and no sender that is right today breaks.
package struct SPFRepair: Sendable, Equatable {
    /// The record to publish instead of what is there; nil when publishing is not the remedy.
    package let publish: String?
    /// What is wrong and what to do, in one or two sentences.
    package let advice: String

    /// Finds the repair for a survey that is not right.
    ///
    /// `mechanism` is what the gateway asks domains to name, such as `include:spf.gateway.example`; without one its addresses are
    /// named. `initial` is the record that a domain without one begins with.
    package static func find(
        for survey: SPFSurvey,
        mechanism: String?,
        initial: String,
        _ surveyor: SPFSurveyor
    ) async -> SPFRepair {
        if survey.authoritativeFinding.result == .pass {
            return SPFRepair(
                publish: nil,
                advice: """
                    \(survey.domain) publishes the right record, and a resolver still holds the one before; it goes by itself \
                    when its time to live has passed.
                    """
            )
        }
        if let mechanism, let trouble = await self.trouble(of: mechanism, survey, surveyor) { return trouble }
        let draft = SPFDraft(records: survey.records, initial: initial)
        let today = await self.isBroken(draft.unchanged, survey, surveyor)
        for candidate in draft.candidates(mechanism: mechanism, addresses: survey.addresses) {
            let verdicts = await surveyor.verdicts(survey.domain, survey.addresses, with: candidate)
            let isRight = verdicts.allSatisfy { $0.result == .pass || $0.result == .temperror }
            guard isRight else { continue }
            if today == false, await self.isBroken(candidate, survey, surveyor) == true { continue }
            return SPFRepair(publish: candidate, advice: draft.advice(for: survey))
        }
        let reason = survey.authoritativeFinding.reason ?? survey.resolverFinding.reason ?? "nobody knows why"
        return SPFRepair(
            publish: nil,
            advice: "The SPF record of \(survey.domain) has to be mended by hand first: \(reason)."
        )
    }

    /// What is wrong with the gateway's own side: no domain can mend that.
    private static func trouble(
        of mechanism: String,
        _ survey: SPFSurvey,
        _ surveyor: SPFSurveyor
    ) async -> SPFRepair? {
        let alone = await surveyor.verdicts(survey.domain, survey.addresses, with: "v=spf1 \(mechanism) -all")
        let left = zip(survey.addresses, alone).filter { $0.1.result != .pass && $0.1.result != .temperror }.map(\.0)
        guard !left.isEmpty else { return nil }
        let addresses = left.map(\.description).joined(separator: ", ")
        return SPFRepair(
            publish: nil,
            advice: """
                The gateway's own \(mechanism) does not name \(addresses); its operator has to mend that record, \
                gateway.spf-mechanism or gateway.egress-addresses.
                """
        )
    }

    /// Whether a record is an error for a sender whom it does not name, so that every term is tried; nil when DNS did not tell.
    private static func isBroken(_ record: String?, _ survey: SPFSurvey, _ surveyor: SPFSurveyor) async -> Bool? {
        guard let record, let nobody = IPAddress(bytes: [0, 0, 0, 0]) else { return nil }
        return switch await surveyor.verdicts(survey.domain, [nobody], with: record).first?.result {
        case .permerror: true
        case .temperror, nil: nil
        case .some(.none), .neutral, .pass, .fail, .softfail: false
        }
    }
}

/// A record under repair, as terms.
///
/// Pure.
struct SPFDraft: Equatable {
    private let records: [String]
    private let terms: [String]

    private static let version = "v=spf1"

    /// Begins with what is published; several records become one.
    init(records: [String], initial: String) {
        self.records = records
        let sources = records.isEmpty ? [initial] : records
        var terms: [String] = []
        for source in sources {
            for term in source.split(separator: " ").dropFirst().map(String.init) {
                let isSecond = Self.isLast(term) && terms.contains(where: Self.isLast)
                if !isSecond, !terms.contains(where: { $0.lowercased() == term.lowercased() }) { terms.append(term) }
            }
        }
        // A term behind `all` is never looked at: keep the end at the end.
        self.terms = terms.filter { !Self.isLast($0) } + terms.filter(Self.isLast)
    }

    /// The record as it is; nil when there is none, or more than one.
    var unchanged: String? { self.records.count == 1 ? self.records[0] : nil }

    /// Records that may do, the likeliest first: the mechanism before the end, the mechanism in front, the plain addresses.
    func candidates(mechanism: String?, addresses: [IPAddress]) -> [String] {
        let plain = addresses.map { "\($0.isIPv4 ? "ip4" : "ip6"):\($0)" }
        guard let mechanism else { return [self.record(plain, inFront: false), self.record(plain, inFront: true)] }
        return [
            self.record([mechanism], inFront: false), self.record([mechanism], inFront: true),
            self.record(plain, inFront: false, without: [mechanism]),
            self.record(plain, inFront: true, without: [mechanism]),
        ]
    }

    private func record(_ new: [String], inFront: Bool, without old: [String] = []) -> String {
        let gone = Set((new + old).map(Self.bare))
        let kept = self.terms.filter { !gone.contains(Self.bare($0)) }
        let end = kept.firstIndex(where: Self.isLast) ?? kept.endIndex
        let place = inFront ? kept.startIndex : end
        return ([Self.version] + kept[..<place] + new + kept[place...]).joined(separator: " ")
    }

    /// What is wrong, in a sentence or two.
    func advice(for survey: SPFSurvey) -> String {
        let finding =
            survey.authoritativeFinding.result == .temperror ? survey.resolverFinding : survey.authoritativeFinding
        return switch (self.records.count, finding.result) {
        case (0, _): "\(survey.domain) has no SPF record: publish the one given."
        case (1, .permerror):
            "The SPF record of \(survey.domain) is in error (\(finding.reason ?? "unknown")): replace it by the one given."
        case (1, _):
            "The SPF record of \(survey.domain) does not let the gateway send: replace it by the one given."
        case (let count, _):
            "\(survey.domain) has \(count) SPF records and may have one: replace all of them by the one given."
        }
    }

    /// A term without its qualifier, in lower case.
    private static func bare(_ term: String) -> String {
        let term = term.lowercased()
        return term.first.map { "+-~?".contains($0) } == true ? String(term.dropFirst()) : term
    }

    /// Whether nothing may follow a term: `all` in any form, or `redirect=`.
    private static func isLast(_ term: String) -> Bool {
        let bare = self.bare(term)
        return bare == "all" || bare.hasPrefix("redirect=")
    }
}
