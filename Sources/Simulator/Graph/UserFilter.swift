/// A `$filter` on users: equalities joined by `or`, as a search for an address needs them.
///
/// `mail`, `userPrincipalName` and `id` by `eq`, `proxyAddresses` and `otherMails` by `any(x:x eq '…')`. More than
/// fifteen alternatives, and operators that only advanced queries know, are refused as the directory refuses them
/// (Graph documentation, advanced query capabilities).
struct UserFilter: Sendable, Equatable {
    struct Clause: Sendable, Equatable {
        let property: String
        let value: String
    }

    let clauses: [Clause]

    private static let largest = 15
    private static let plain: Set<String> = ["id", "mail", "userPrincipalName"]
    private static let lists: Set<String> = ["proxyAddresses", "otherMails"]

    init(_ text: String) throws(GraphError) {
        guard let tokens = ODataToken.parse(text) else { throw UserFilter.unsupported }
        var clauses: [Clause] = []
        var rest = tokens[...]
        while true {
            clauses.append(try UserFilter.clause(&rest))
            guard let next = rest.popFirst() else { break }
            guard next == .word("or") else { throw UserFilter.unsupported }
        }
        guard clauses.count <= UserFilter.largest else {
            throw .unsupportedQuery(
                "Too many child clauses specified in search filter expression containing 'OR' operators: "
                    + "\(clauses.count). Max allowed: \(UserFilter.largest)."
            )
        }
        self.clauses = clauses
    }

    /// Whether any clause is met; the directory compares without regard to case.
    func matches(_ user: [String: JSONValue]) -> Bool {
        clauses.contains { clause in
            let held = user[clause.property]
            let values = held?.texts ?? held?.text.map { [$0] } ?? []
            return values.contains { $0.lowercased() == clause.value.lowercased() }
        }
    }

    private static let unsupported = GraphError.unsupportedQuery(
        "Unsupported or invalid query filter clause specified."
    )

    private static func clause(_ rest: inout ArraySlice<ODataToken>) throws(GraphError) -> Clause {
        guard case .word(let name) = rest.popFirst() else { throw unsupported }
        if plain.contains(name) {
            guard rest.popFirst() == .word("eq"), case .text(let value) = rest.popFirst() else { throw unsupported }
            return Clause(property: name, value: value)
        }
        let property = name.hasSuffix("/any") ? String(name.dropLast("/any".count)) : ""
        let head = Array(rest.prefix(7))
        guard lists.contains(property), head.count == 7, head[0] == .mark("("), case .word(let variable) = head[1],
            head[2] == .mark(":"), head[3] == .word(variable), head[4] == .word("eq"), case .text(let value) = head[5],
            head[6] == .mark(")")
        else { throw unsupported }
        rest = rest.dropFirst(head.count)
        return Clause(property: property, value: value)
    }
}
