import Foundation

/// What a cmdlet's parameter accepts, and how Exchange keeps it.
enum ParameterType: Sendable, Equatable {
    /// Text of at most so many characters.
    case text(Int)
    case flag
    case number(ClosedRange<Int>)
    /// One of these words, matched without case and by any unambiguous beginning.
    case choice([String])
    case texts
    /// Sender domains of an inbound connector, kept as `smtp:<domain>;1`.
    case senderDomains
    /// `*`, `*.domain` or a domain.
    case domains
    /// Host names or IPv4 addresses.
    case hosts
    /// IPv4 addresses or networks from /24 to /32.
    case connectorAddresses
    /// IPv4 or IPv6 addresses, ranges or networks of any size.
    case ruleAddresses
    case identity
    /// A count or `Unlimited`.
    case resultSize

    /// Checks a value and brings it into the form in which it is kept.
    func accept(_ value: JSONValue, for name: String) throws(ExchangeError) -> JSONValue {
        if value == .null { throw .nullArgument(name) }
        switch self {
        case .text(let limit): return .text(try text(value, name, limit))
        case .identity: return .text(try text(value, name, 1024))
        case .flag:
            guard value.flag != nil else { throw .badValue(name, value, "a truth value is wanted") }
            return value
        case .number(let range): return .integer(try number(value, name, range))
        case .choice(let words): return .text(try choice(value, name, words))
        case .texts: return .texts(try texts(value, name))
        case .senderDomains: return .texts(try each(value, name, ParameterType.senderDomain))
        case .domains: return .texts(try each(value, name, ParameterType.domain))
        case .hosts: return .texts(try each(value, name, ParameterType.host))
        case .connectorAddresses: return .texts(try each(value, name, IPAddresses.forConnector))
        case .ruleAddresses: return .texts(try each(value, name, IPAddresses.forRule))
        case .resultSize:
            if value.text?.lowercased() == "unlimited" { return "Unlimited" }
            return .integer(try number(value, name, 1...Int(Int32.max)))
        }
    }

    private func text(_ value: JSONValue, _ name: String, _ limit: Int) throws(ExchangeError) -> String {
        guard let text = value.text else { throw .badValue(name, value, "a text is wanted") }
        guard text.count <= limit else { throw .tooLong(name, limit) }
        return text
    }

    private func number(_ value: JSONValue, _ name: String, _ range: ClosedRange<Int>) throws(ExchangeError) -> Int {
        guard let number = value.integer ?? value.text.flatMap({ Int($0) }), range.contains(number) else {
            throw .badValue(name, value, "a number from \(range.lowerBound) to \(range.upperBound) is wanted")
        }
        return number
    }

    private func choice(_ value: JSONValue, _ name: String, _ words: [String]) throws(ExchangeError) -> String {
        let wanted = value.text?.lowercased() ?? ""
        if let word = words.first(where: { $0.lowercased() == wanted }) { return word }
        let begun = wanted.isEmpty ? [] : words.filter { $0.lowercased().hasPrefix(wanted) }
        guard let word = begun.first, begun.count == 1 else {
            throw .badValue(name, value, "the possible enumeration values are \"\(words.joined(separator: ", "))\"")
        }
        return word
    }

    private func texts(_ value: JSONValue, _ name: String) throws(ExchangeError) -> [String] {
        guard let texts = value.texts else { throw .badValue(name, value, "a list of texts is wanted") }
        return texts
    }

    private func each(
        _ value: JSONValue,
        _ name: String,
        _ form: (String) -> String?
    ) throws(ExchangeError) -> [String] {
        var kept: [String] = []
        for text in try texts(value, name) {
            guard let form = form(text) else { throw .badValue(name, .text(text), "the value has the wrong form") }
            kept.append(form)
        }
        return kept
    }

    private static func senderDomain(_ text: String) -> String? {
        var name = Substring(text)
        if name.lowercased().hasPrefix("smtp:") { name = name.dropFirst("smtp:".count) }
        let parts = name.split(separator: ";", omittingEmptySubsequences: false)
        guard let domain = parts.first.flatMap({ domain(String($0)) }), parts.count <= 2 else { return nil }
        let cost = parts.count == 2 ? Int(parts[1]) : 1
        guard let cost, (1...100).contains(cost) else { return nil }
        return "smtp:\(domain);\(cost)"
    }

    private static func domain(_ text: String) -> String? {
        if text == "*" { return text }
        let name = text.hasPrefix("*.") ? String(text.dropFirst(2)) : text
        return isHostName(name) ? text : nil
    }

    private static func host(_ text: String) -> String? {
        let bare = text.hasPrefix("[") && text.hasSuffix("]") ? String(text.dropFirst().dropLast()) : text
        if IPAddresses.ipv4(bare) != nil { return "[\(bare)]" }
        return isHostName(bare) && !text.hasPrefix("[") ? text : nil
    }

    private static func isHostName(_ text: String) -> Bool {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count >= 2, text.count <= 253, Int(labels[labels.count - 1]) == nil else { return false }
        return labels.allSatisfy { label in
            !label.isEmpty && label.count <= 63 && label.first != "-" && label.last != "-"
                && label.utf8.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
        }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
