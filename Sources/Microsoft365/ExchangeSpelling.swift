/// Takes out of Exchange's values what it changes on its own, so that only real differences remain.
///
/// Pure. What came is never sent back in this spelling; it is for comparing and for showing.
package enum ExchangeSpelling {
    /// Domain patterns: `smtp:*;1` is `*`; lower case, sorted, none twice.
    package static func domains(_ values: [String]) -> [String] { Self.tidied(values, by: Self.domain) }

    /// Hosts: lower case, no final dot, no brackets around an address; sorted, none twice.
    package static func hosts(_ values: [String]) -> [String] { Self.tidied(values, by: Self.host) }

    /// Addresses and ranges: canonical CIDR, wide IPv4 blocks cut to /24, anything else in lower case; sorted, none twice.
    package static func addresses(_ values: [String]) -> [String] {
        Self.tidied(values.flatMap(Self.address)) { $0 }
    }

    /// The state of a rule: `Enabled` is true, `Disabled` false, anything else nil.
    package static func state(_ value: String?) -> Bool? {
        switch value?.lowercased() {
        case "enabled": true
        case "disabled": false
        default: nil
        }
    }

    /// A value of a field as text that is equal for equal meanings: `-` for a field that did not come.
    package static func canonical(field: String, value: JSONValue?) -> String {
        guard let value else { return "-" }
        switch field {
        case "SenderDomains", "RecipientDomains", "AssociatedAcceptedDomains":
            return Self.list(value, Self.domains)
        case "SmartHosts":
            return Self.list(value, Self.hosts)
        case "SenderIPAddresses", "SenderIpRanges", "EFSkipIPs":
            return Self.list(value, Self.addresses)
        case "ConnectorSource" where value == "AdminUI":
            return "Default"
        default:
            return Self.plain(value)
        }
    }

    private static func list(_ value: JSONValue, _ normal: ([String]) -> [String]) -> String {
        let values = value.strings ?? value.string.map { [$0] } ?? []
        return normal(values.filter { !$0.isEmpty }).joined(separator: ", ")
    }

    private static func plain(_ value: JSONValue) -> String {
        switch value {
        case .null: ""
        case .bool(let truth): truth ? "true" : "false"
        case .integer(let number): String(number)
        case .number(let number): Int(exactly: number).map(String.init) ?? String(number)
        case .string(let text): value.bool.map { $0 ? "true" : "false" } ?? text
        case .array(let elements): elements.map(Self.plain).sorted().joined(separator: ", ")
        case .object: String(decoding: value.bytes, as: UTF8.self)
        }
    }

    private static func tidied(_ values: [String], by spell: (String) -> String) -> [String] {
        Set(values.map(spell)).sorted()
    }

    private static func domain(_ value: String) -> String {
        var text = value.lowercased()[...]
        if text.hasPrefix("smtp:") { text = text.dropFirst(5) }
        if let semicolon = text.firstIndex(of: ";") { text = text[..<semicolon] }
        return String(text)
    }

    private static func host(_ value: String) -> String {
        var text = value.lowercased()[...]
        if text.hasPrefix("["), text.hasSuffix("]") { text = text.dropFirst().dropLast() }
        if text.hasSuffix(".") { text = text.dropLast() }
        return String(text)
    }

    private static func address(_ value: String) -> [String] {
        guard let range = IPv4Range(value) else { return [value.lowercased()] }
        return (range.cutToSlash24 ?? [range]).map(\.description)
    }
}
