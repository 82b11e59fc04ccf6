/// A record under repair, as terms: what today's records mean, without what has no meaning.
///
/// Pure. A term behind `all` is never tried, and `redirect=` is ignored where `all` stands anywhere (RFC 7208, 5.1 and 6.1): both
/// are left out, as another term before them could bring them to life.
struct SPFDraft: Equatable {
    /// That no record says what today's say.
    struct Refusal: Error, Equatable {
        /// One clause that names the term at fault.
        let reason: String
    }

    private let records: [String]
    private let terms: [String]

    private static let version = "v=spf1"

    /// Begins with what is published; several records become one, whatever the order in which DNS gives them.
    init(records: [String], initial: String) throws(Refusal) {
        self.records = records
        let sources = records.isEmpty ? [initial] : records.sorted()
        for source in sources {
            do throws(SPFSyntaxError) { _ = try SPFSyntax.parse(Array(source.utf8)) } catch {
                throw Refusal(reason: error.reason)
            }
        }
        let meanings = sources.map { Self.meaning($0.split(separator: " ").dropFirst().map(String.init)) }
        self.terms = meanings.count == 1 ? meanings[0] : try Self.merged(meanings)
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
        let end = kept.firstIndex { Self.isAll($0) || Self.isRedirect($0) } ?? kept.endIndex
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

    // MARK: Several records

    /// One record for several, none of which counts today: everybody whom one of them lets send, and the strictest end.
    ///
    /// Refused where a merger would lose senders or let in those whom a record shuts out.
    private static func merged(_ records: [[String]]) throws(Refusal) -> [String] {
        var terms: [String] = []
        for term in records.joined() where !self.isAll(term) {
            if self.isRedirect(term) {
                throw Refusal(reason: "there are \(records.count) records, and one ends with \(term.printable)")
            }
            if self.qualifier(term) != "+", !self.isModifier(term) {
                throw Refusal(
                    reason: "there are \(records.count) records, and one shuts senders out with \(term.printable)"
                )
            }
            let isSecond = terms.contains { self.bare($0) == self.bare(term) || self.isExplanation($0, term) }
            if !isSecond { terms.append(term) }
        }
        return terms + [self.strictest(records.map { $0.first(where: self.isAll) })].compactMap { $0 }
    }

    /// The end that lets the fewest send; a record without `all` is neutral at its end.
    private static func strictest(_ ends: [String?]) -> String? {
        let order: [Character] = ["-", "~", "?", "+"]
        func rank(_ end: String?) -> Int { order.firstIndex(of: end.map(self.qualifier) ?? "?") ?? order.count }
        return ends.min { rank($0) < rank($1) } ?? nil
    }

    private static func isExplanation(_ first: String, _ second: String) -> Bool {
        first.lowercased().hasPrefix("exp=") && second.lowercased().hasPrefix("exp=")
    }

    // MARK: Terms

    /// The terms that mean something.
    private static func meaning(_ terms: [String]) -> [String] {
        guard let all = terms.firstIndex(where: self.isAll) else { return terms }
        let rest = terms[all...].dropFirst().filter(self.isModifier)
        // Modifiers may stand anywhere; the end is easier to see at the end.
        return (terms[..<all] + rest).filter { !self.isRedirect($0) } + [terms[all]]
    }

    /// A term without its qualifier, in lower case.
    private static func bare(_ term: String) -> String {
        let term = term.lowercased()
        return term.first.map { "+-~?".contains($0) } == true ? String(term.dropFirst()) : term
    }

    private static func qualifier(_ term: String) -> Character {
        term.first.flatMap { "+-~?".contains($0) ? $0 : nil } ?? "+"
    }

    private static func isAll(_ term: String) -> Bool { self.bare(term) == "all" }

    private static func isRedirect(_ term: String) -> Bool { term.lowercased().hasPrefix("redirect=") }

    private static func isModifier(_ term: String) -> Bool { SPFSyntax.modifier(term[...]) != nil }

    /// Whether a term counts against the limit of ten look-ups.
    static func asksDNS(_ term: String) -> Bool {
        if self.isRedirect(term) { return true }
        let record = try? SPFSyntax.parse(Array("\(self.version) \(term)".utf8))
        return record?.directives.first?.mechanism.asksDNS ?? false
    }
}
