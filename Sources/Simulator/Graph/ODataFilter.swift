/// A `$filter` of equalities joined by `and`, the only kind the calls in scope use.
struct ODataFilter: Sendable, Equatable {
    struct Clause: Sendable, Equatable {
        let property: String
        let value: String
    }

    let clauses: [Clause]

    /// Parses strictly; what is not understood is an unsupported query, never an empty filter.
    init(_ text: String) throws(GraphError) {
        var clauses: [Clause] = []
        var rest = Substring(text)
        while true {
            let (clause, tail) = try ODataFilter.clause(rest)
            clauses.append(clause)
            if tail.isEmpty { break }
            guard tail.hasPrefix(" and ") else { throw ODataFilter.unsupported }
            rest = tail.dropFirst(" and ".count)
        }
        self.clauses = clauses
    }

    /// The value a property must equal.
    subscript(property: String) -> String? { clauses.first { $0.property == property }?.value }

    /// Refuses properties a list cannot be filtered by.
    func allow(_ properties: Set<String>) throws(GraphError) {
        guard clauses.allSatisfy({ properties.contains($0.property) }) else { throw ODataFilter.unsupported }
    }

    private static let unsupported = GraphError.unsupportedQuery(
        "Unsupported or invalid query filter clause specified."
    )

    private static func clause(_ text: Substring) throws(GraphError) -> (Clause, Substring) {
        let parts = text.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[1] == "eq", !parts[0].isEmpty, parts[2].first == "'" else { throw unsupported }
        var value = ""
        var rest = parts[2].dropFirst()
        while let character = rest.popFirst() {
            if character != "'" {
                value.append(character)
            } else if rest.first == "'" {
                value.append("'")
                rest = rest.dropFirst()
            } else {
                return (Clause(property: String(parts[0]), value: value), rest)
            }
        }
        throw unsupported
    }
}
