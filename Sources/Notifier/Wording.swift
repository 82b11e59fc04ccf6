import JobModel

/// What the notifier says for our codes, in one language: the only place where they become words.
///
/// A language without a table of its own has the English one, in templates of an operator's folder too.
struct Wording: Sendable {
    /// A phrase for one and for any other number; `#` stands for the number.
    struct Count: Sendable {
        let one: String
        let other: String

        func words(_ number: Int) -> String {
            number == 1 ? self.one : self.other.replacing("#", with: "\(number)")
        }
    }

    /// What became of copies, or of mailboxes without one, in pulls and restores: in the order in which it is told.
    let dispositions: [(code: String, words: Count)]
    /// What a finding is about.
    let subjects: [DriftSubject: String]
    /// What became of it.
    let drifts: [DriftKind: String]
    /// What is left of ours.
    let kinds: [TenantObjectKind: String]
    /// What happened and what to do, for problems that customers are told of; nil for the texts of `ProblemCode`.
    let problems: [ProblemCode: (title: String, advice: String)]
    /// Our own reasons, where an event holds them as a sentence.
    let sentences: [String: String]
    /// `NAME was A, is B`, with the name, what it was and what it is.
    let change: @Sendable (String, String, String) -> String
    /// A value that nobody knows, or that is not there.
    let nothing: String
    /// Who changed something last.
    let changedBy: @Sendable (String) -> String
    /// How many more there are.
    let more: @Sendable (String) -> String
    /// The quotation marks around a name.
    let quotes: (open: String, close: String)
    /// A tenant without a name, by its id.
    let tenant: @Sendable (String) -> String

    /// The wording of a language such as `de` or `de-AT`.
    static func of(_ language: String) -> Wording {
        language.prefix { $0 != "-" } == "de" ? self.german : self.english
    }

    /// The lines `code: number` of a request in words; a line of another form, or with a code of a later version, stays.
    func dispositions(_ lines: [String]) -> [String] {
        let read = lines.map { (line: $0, entry: Self.entry($0)) }
        let known = self.dispositions.compactMap { code, words in
            read.lazy.compactMap { $0.entry }.first { $0.code == code && $0.count > 0 }.map { words.words($0.count) }
        }
        let codes = Set(self.dispositions.map(\.code))
        return known + read.filter { line in line.entry.map { !codes.contains($0.code) } ?? true }.map(\.line)
    }

    /// The count of each code in lines `code: number`.
    static func counts(_ lines: [String]) -> [String: Int] {
        Dictionary(lines.compactMap { self.entry($0).map { ($0.code, $0.count) } }) { $0 + $1 }
    }

    /// A row of a request as a line: a finding, something that is left, or how many more there are.
    func line(_ row: [String: String]) -> String {
        if let more = row["more"] { return self.more(more) }
        if let kind = row["kind"] { return self.remains(kind, row) }
        let subject = row["subject"] ?? ""
        let head = DriftSubject(rawValue: subject).flatMap { self.subjects[$0] } ?? subject
        let who = row["changedBy"].map { " (\(self.changedBy($0)))" } ?? ""
        return "\(head)\(self.quoted(row["name"])): \(self.finding(row))\(who)"
    }

    private func finding(_ row: [String: String]) -> String {
        if let field = row["field"] { return self.change(field, row["was"] ?? self.nothing, row["is"] ?? self.nothing) }
        let drift = row["drift"] ?? ""
        return DriftKind(rawValue: drift).flatMap { self.drifts[$0] } ?? drift
    }

    private func remains(_ kind: String, _ row: [String: String]) -> String {
        let head = TenantObjectKind(rawValue: kind).flatMap { self.kinds[$0] } ?? kind
        let reason = row["reason"].map { ": \(self.sentences[$0] ?? $0)" } ?? ""
        return "\(head)\(self.quoted(row["name"]))\(reason)"
    }

    private func quoted(_ name: String?) -> String {
        name.map { " \(self.quotes.open)\($0)\(self.quotes.close)" } ?? ""
    }

    private static func entry(_ line: String) -> (code: String, count: Int)? {
        guard let match = line.wholeMatch(of: /([a-z-]+): ([0-9]{1,9})/), let count = Int(match.2) else { return nil }
        return (String(match.1), count)
    }
}
