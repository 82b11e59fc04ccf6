import Foundation

/// Single-value extended properties (Graph reference, singleValueLegacyExtendedProperty).
///
/// They are never returned unless `$expand` asks for each by its id, and the whole set cannot be listed.
enum ExtendedProperty {
    /// The id as the store keeps it: `String {guid in lower case} Name Exact-Name`; nil when it is malformed.
    static func identifier(_ text: String) -> String? {
        let parts = text.split(separator: " ", maxSplits: 3).map(String.init)
        guard parts.count == 4, parts[0] == "String", parts[2] == "Name", !parts[3].isEmpty,
            parts[1].hasPrefix("{"), parts[1].hasSuffix("}"),
            UUID(uuidString: String(parts[1].dropFirst().dropLast())) != nil
        else { return nil }
        return "String \(parts[1].lowercased()) Name \(parts[3])"
    }

    /// The properties that a `PATCH` or `POST` sets.
    static func values(_ value: JSONValue) throws(GraphError) -> [String: String] {
        guard let list = value.array else { throw malformed }
        var values: [String: String] = [:]
        for entry in list {
            guard let members = entry.object, Set(members.keys) == ["id", "value"],
                let id = members["id"]?.text.flatMap(identifier), let text = members["value"]?.text
            else { throw malformed }
            values[id] = text
        }
        return values
    }

    /// The properties that an `$expand` asks for; nil, as the member is missing, when none of them is set.
    static func json(_ properties: [String: String], _ expansion: String?) throws(GraphError) -> JSONValue? {
        guard let expansion else { return nil }
        let found = try expanded(expansion).compactMap { id -> JSONValue? in
            properties[id].map { ["id": .text(id), "value": .text($0)] }
        }
        return found.isEmpty ? nil : .array(found)
    }

    /// The ids that an `$expand=singleValueExtendedProperties($filter=id eq '…' or id eq '…')` asks for.
    static func expanded(_ text: String) throws(GraphError) -> [String] {
        let head: [ODataToken] = [
            .word("singleValueExtendedProperties"), .mark("("), .mark("$"), .word("filter"), .mark("="),
        ]
        guard let tokens = ODataToken.parse(text), tokens.starts(with: head), tokens.last == .mark(")") else {
            throw malformed
        }
        var ids: [String] = []
        var rest = tokens.dropFirst(head.count).dropLast()
        while true {
            guard rest.popFirst() == .word("id"), rest.popFirst() == .word("eq"), case .text(let id) = rest.popFirst(),
                let id = identifier(id)
            else { throw malformed }
            ids.append(id)
            guard let next = rest.popFirst() else { return ids }
            guard next == .word("or") else { throw malformed }
        }
    }

    private static let malformed = GraphError(
        status: 400,
        code: "ErrorInvalidProperty",
        message: "The extended property or the query for it is not valid."
    )
}
