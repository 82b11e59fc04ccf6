package import Foundation
import GRDB

/// Which letters are meant.
package struct LetterFilter: Sendable, Equatable {
    /// Only of this job type.
    package var type: String?
    /// Only of this tenant.
    package var tenant: String?
    /// Only with this problem code.
    package var code: String?
    /// Only what died at this time or later.
    package var since: Date?
    /// Only what has this text in its detail, job id or body.
    package var text: String?
    /// Only these numbers; empty for any.
    package var numbers: [Int64]
    /// Only in these states; empty for any.
    package var states: [LetterState]

    /// Matches everything unless told otherwise.
    package init(
        type: String? = nil,
        tenant: String? = nil,
        code: String? = nil,
        since: Date? = nil,
        text: String? = nil,
        numbers: [Int64] = [],
        states: [LetterState] = []
    ) {
        self.type = type
        self.tenant = tenant
        self.code = code
        self.since = since
        self.text = text
        self.numbers = numbers
        self.states = states
    }

    /// Whether it says anything beside states, so that not simply every letter is meant.
    package var isNarrow: Bool {
        self.type != nil || self.tenant != nil || self.code != nil || self.since != nil || self.text != nil
            || !self.numbers.isEmpty
    }

    /// The filter in words, for the audit log: `type=connect-tenant code=internal-error`.
    package var words: String {
        let parts = [
            self.numbers.isEmpty ? nil : "letters=" + self.numbers.prefix(20).map(String.init).joined(separator: ","),
            self.type.map { "type=\($0)" }, self.tenant.map { "tenant=\($0)" }, self.code.map { "code=\($0)" },
            self.since.map { "since=\($0.ISO8601Format())" }, self.text.map { "text=\($0)" },
        ]
        let said = parts.compactMap { $0 }
        return said.isEmpty ? "all" : said.joined(separator: " ")
    }

    /// The condition in SQL.
    ///
    /// States come first, as the index over groups begins with them; an empty list of states means all of them.
    var condition: (sql: String, arguments: StatementArguments) {
        let states = self.states.isEmpty ? LetterState.allCases : self.states
        var parts = ["state IN (\(Self.places(states.count)))"]
        var arguments = StatementArguments(states.map(\.rawValue))
        func add(_ part: String, _ values: [(any DatabaseValueConvertible)?]) {
            parts.append(part)
            arguments += StatementArguments(values)
        }
        if let type { add("type = ?", [type]) }
        if let code { add("code = ?", [code]) }
        if let tenant { add("tenant = ?", [tenant.lowercased()]) }
        if let since { add("died >= ?", [since.milliseconds]) }
        if let text {
            add(
                "(instr(detail, ?) OR instr(coalesce(job, ''), ?) OR instr(CAST(body AS TEXT), ?))",
                [text, text, text]
            )
        }
        if !self.numbers.isEmpty { add("number IN (\(Self.places(self.numbers.count)))", self.numbers) }
        return (parts.joined(separator: " AND "), arguments)
    }

    private static func places(_ count: Int) -> String { Array(repeating: "?", count: count).joined(separator: ", ") }
}
