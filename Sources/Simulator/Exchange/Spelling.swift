extension Switches.Spelling {
    /// A value as a Get- shows it: the same meaning, however it is spelled.
    func spelled(_ value: JSONValue, _ type: ParameterType) -> JSONValue {
        guard self == .odd else { return value }
        switch type {
        case .flag: return value.flag.map { $0 ? "True" : "False" } ?? value
        case .text: return value.text.map { .text("\($0) ") } ?? ""
        case .choice: return value == .null ? "" : value
        case .number, .identity, .resultSize: return value
        case .texts: return Self.list(value) { $0 }
        case .senderDomains: return Self.list(value) { $0.replacing("smtp:", with: "SMTP:") }
        case .domains: return Self.list(value) { $0.uppercased() }
        case .hosts: return Self.list(value, Self.host)
        case .connectorAddresses, .ruleAddresses: return Self.list(value, Self.address)
        }
    }

    /// Backwards, and null for nothing.
    private static func list(_ value: JSONValue, _ spelled: (String) -> String) -> JSONValue {
        guard let texts = value.texts else { return value }
        return texts.isEmpty ? .null : .texts(texts.reversed().map(spelled))
    }

    private static func host(_ text: String) -> String {
        text.hasPrefix("[") ? String(text.dropFirst().dropLast()) : text.uppercased() + "."
    }

    /// A single IPv4 address as a network of one.
    private static func address(_ text: String) -> String {
        IPAddresses.ipv4(text) == nil ? text : "\(text)/32"
    }
}
