/// Settings of an object of Exchange; only what is given is sent.
package protocol ExchangeSettings: Equatable, Sendable {
    /// The given settings by Exchange's parameter names.
    var parameters: [String: JSONValue] { get }
    /// The same without what has another name than these.
    func only(_ names: Set<String>) -> Self
}

/// One field whose value is not the wanted one.
package struct FieldChange: Equatable, Sendable {
    /// Exchange's name of the field.
    package let field: String
    /// The value now, in canonical spelling: `-` when Exchange did not send the field, lists with commas.
    package let before: String
    /// The wanted value, in canonical spelling.
    package let after: String

    /// Makes a change.
    package init(field: String, before: String, after: String) {
        self.field = field
        self.before = before
        self.after = after
    }
}

extension ExchangeSettings {
    /// What would change if these settings were set on an object: given fields whose value differs in more than spelling.
    ///
    /// Pure; sorted by field. Spelling is what Exchange changes on its own: order, case of hosts, CIDR notation,
    /// `smtp:*;1` for `*`, null for empty, numbers as strings. See ``ExchangeSpelling``.
    package func changes(to object: some ExchangeObject) -> [FieldChange] {
        self.parameters.sorted { $0.key < $1.key }.compactMap { field, wanted in
            let before = ExchangeSpelling.canonical(field: field, value: object.record.fields[field])
            let after = ExchangeSpelling.canonical(field: field, value: wanted)
            return before == after ? nil : FieldChange(field: field, before: before, after: after)
        }
    }
}

extension JSONValue {
    /// An array of strings.
    static func strings(_ values: [String]) -> JSONValue { .array(values.map(JSONValue.string)) }
}
