import Foundation

/// A `$filter` on messages: clauses joined by `and`.
///
/// What the calls in scope use is understood: equality of `internetMessageId`, `subject`, `isRead` and
/// `from/emailAddress/address`, comparisons of `receivedDateTime`, and `singleValueExtendedProperties/Any(…)` with id
/// and value. Anything else is refused, never ignored.
struct MessageFilter: Sendable, Equatable {
    enum Clause: Sendable, Equatable {
        case internetMessageID(String)
        case subject(String)
        case from(String)
        case isRead(Bool)
        case received(String, Date)
        case property(id: String, value: String)
    }

    let clauses: [Clause]

    init(_ text: String) throws(GraphError) {
        guard let tokens = ODataToken.parse(text) else { throw MessageFilter.malformed }
        var clauses: [Clause] = []
        var rest = tokens[...]
        while true {
            clauses.append(try MessageFilter.clause(&rest))
            guard let next = rest.popFirst() else { break }
            guard next == .word("and") else { throw MessageFilter.malformed }
        }
        self.clauses = clauses
    }

    func matches(_ item: MailItem, _ content: MailContent) -> Bool {
        clauses.allSatisfy { clause in
            switch clause {
            case .internetMessageID(let id): content.internetMessageID == id
            case .subject(let subject): content.subject == subject
            case .from(let address): content.from.lowercased() == address.lowercased()
            case .isRead(let isRead): item.isRead == isRead
            case .received(let comparison, let date): MessageFilter.compare(content.receivedAt, comparison, date)
            // A value is compared without regard to case (Graph reference, singleValueLegacyExtendedProperty).
            case .property(let id, let value): item.properties[id]?.lowercased() == value.lowercased()
            }
        }
    }

    private static let malformed = GraphError(
        status: 400,
        code: "BadRequest",
        message: "Invalid filter clause: the expression is not valid or a string literal in it has no end."
    )

    private static func compare(_ one: Date, _ comparison: String, _ other: Date) -> Bool {
        switch comparison {
        case "ge": one >= other
        case "gt": one > other
        case "le": one <= other
        case "lt": one < other
        default: one == other
        }
    }

    private static func clause(_ rest: inout ArraySlice<ODataToken>) throws(GraphError) -> Clause {
        guard case .word(let name) = rest.popFirst() else { throw malformed }
        if name.lowercased() == "singlevalueextendedproperties/any" { return try property(&rest) }
        guard case .word(let comparison) = rest.popFirst(), let value = rest.popFirst() else { throw malformed }
        switch (name, comparison, value) {
        case ("internetMessageId", "eq", .text(let text)): return .internetMessageID(text)
        case ("subject", "eq", .text(let text)): return .subject(text)
        case ("from/emailAddress/address", "eq", .text(let text)): return .from(text)
        case ("isRead", "eq", .word("true")): return .isRead(true)
        case ("isRead", "eq", .word("false")): return .isRead(false)
        case ("receivedDateTime", _, .word(let text)) where ["ge", "gt", "le", "lt", "eq"].contains(comparison):
            guard let date = try? Date(text, strategy: .iso8601) else { throw malformed }
            return .received(comparison, date)
        default:
            throw GraphError(
                status: 400,
                code: "ErrorInvalidUrlQueryFilter",
                message: "The query filter contains one or more invalid nodes."
            )
        }
    }

    /// `(ep: ep/id eq '…' and ep/value eq '…')`, whatever the range variable is called.
    private static func property(_ rest: inout ArraySlice<ODataToken>) throws(GraphError) -> Clause {
        let head = Array(rest.prefix(11))
        guard head.count == 11, head[0] == .mark("("), case .word(let name) = head[1], head[2] == .mark(":"),
            head[3] == .word(name + "/id"), head[4] == .word("eq"), case .text(let id) = head[5],
            head[6] == .word("and"), head[7] == .word(name + "/value"), head[8] == .word("eq"),
            case .text(let value) = head[9], head[10] == .mark(")"), let id = ExtendedProperty.identifier(id)
        else { throw malformed }
        rest = rest.dropFirst(head.count)
        return .property(id: id, value: value)
    }
}
