/// Reads records by the grammar of RFC 7208, section 12.
enum SPFSyntax {
    private static let version = "v=spf1"

    /// Whether a TXT record is an SPF record: the version alone or with a space behind it (RFC 7208, 4.5).
    static func isRecord(_ text: [UInt8]) -> Bool {
        let start = text.prefix(self.version.utf8.count)
        guard String(decoding: start, as: UTF8.self).lowercased() == self.version else { return false }
        return text.count == start.count || text[start.count] == UInt8(ascii: " ")
    }

    /// Reads a whole record; the first wrong term makes all of it wrong (RFC 7208, 4.6).
    static func parse(_ text: [UInt8]) throws(SPFSyntaxError) -> SPFRecord {
        // One character a byte, so that "\r\n" cannot become a single one.
        guard text.allSatisfy({ $0 == 0x20 || (0x21...0x7E).contains($0) }) else {
            throw SPFSyntaxError(reason: "the record has a character that is not visible ASCII")
        }
        let terms = String(decoding: text, as: UTF8.self).dropFirst(self.version.count).split(separator: " ")
        var record = SPFRecord()
        for term in terms {
            if let (name, value) = self.modifier(term) {
                try self.add(name, value, to: &record)
            } else {
                record.directives.append(try self.directive(term))
            }
        }
        return record
    }

    /// The parts of `name=value`; nil when the term is a directive.
    static func modifier(_ term: Substring) -> (name: String, value: String)? {
        let name = term.prefix { $0.isASCIIAlphanumeric || "-_.".contains($0) }
        let rest = term.dropFirst(name.count)
        guard name.first?.isASCIIAlpha == true, rest.first == "=" else { return nil }
        return (name.lowercased(), String(rest.dropFirst()))
    }

    private static func add(_ name: String, _ value: String, to record: inout SPFRecord) throws(SPFSyntaxError) {
        switch name {
        case "redirect":
            guard record.redirect == nil else { throw SPFSyntaxError(reason: "redirect= stands twice") }
            record.redirect = try MacroText(domain: value)
        case "exp":
            guard record.explanation == nil else { throw SPFSyntaxError(reason: "exp= stands twice") }
            record.explanation = try MacroText(domain: value)
        default: _ = try MacroText(value, isExplanation: true)
        }
    }

    private static func directive(_ term: Substring) throws(SPFSyntaxError) -> SPFDirective {
        let (result, body) = self.qualifier(term)
        let name = body.prefix { $0 != ":" && $0 != "/" }
        let rest = body.dropFirst(name.count)
        return SPFDirective(
            text: String(term),
            result: result,
            mechanism: try self.mechanism(name.lowercased(), rest, term)
        )
    }

    private static func qualifier(_ term: Substring) -> (SPFResult, Substring) {
        switch term.first {
        case "+": (.pass, term.dropFirst())
        case "-": (.fail, term.dropFirst())
        case "~": (.softfail, term.dropFirst())
        case "?": (.neutral, term.dropFirst())
        default: (.pass, term)
        }
    }

    private static func mechanism(
        _ name: String,
        _ rest: Substring,
        _ term: Substring
    ) throws(SPFSyntaxError) -> SPFMechanism {
        switch name {
        case "all" where rest.isEmpty: return .all
        case "include" where rest.first == ":": return .include(try self.domain(rest))
        case "exists" where rest.first == ":": return .exists(try self.domain(rest))
        case "ptr": return .ptr(rest.isEmpty ? nil : try self.domain(rest))
        case "a":
            let (target, lengths) = try self.target(rest)
            return .a(target, lengths)
        case "mx":
            let (target, lengths) = try self.target(rest)
            return .mx(target, lengths)
        case "ip4": return try self.address(rest, isIPv4: true, term)
        case "ip6": return try self.address(rest, isIPv4: false, term)
        default:
            throw SPFSyntaxError(reason: "'\(String(term).printable)' is no mechanism")
        }
    }

    /// Reads `:domain-spec`.
    private static func domain(_ text: Substring) throws(SPFSyntaxError) -> MacroText {
        guard text.first == ":" else {
            throw SPFSyntaxError(reason: "'\(String(text).printable)' stands where a domain should")
        }
        return try MacroText(domain: String(text.dropFirst()))
    }

    /// Reads `[:domain-spec][/n][//n]`; a slash elsewhere belongs to the domain.
    private static func target(_ text: Substring) throws(SPFSyntaxError) -> (MacroText?, PrefixLengths) {
        var rest = text
        var lengths = PrefixLengths()
        if let slash = rest.lastIndex(of: "/"), slash > rest.startIndex, rest[rest.index(before: slash)] == "/",
            let bits = self.length(rest[rest.index(after: slash)...], 128)
        {
            lengths.ipv6 = bits
            rest = rest[..<rest.index(before: slash)]
        }
        if let slash = rest.lastIndex(of: "/"), let bits = self.length(rest[rest.index(after: slash)...], 32) {
            lengths.ipv4 = bits
            rest = rest[..<slash]
        }
        return (rest.isEmpty ? nil : try self.domain(rest), lengths)
    }

    /// A number without leading zeros, up to a maximum.
    private static func length(_ text: Substring, _ maximum: Int) -> Int? {
        guard (1...3).contains(text.count), text.allSatisfy(\.isASCIIDigit), text == "0" || text.first != "0",
            let bits = Int(text), bits <= maximum
        else { return nil }
        return bits
    }

    private static func address(
        _ text: Substring,
        isIPv4: Bool,
        _ term: Substring
    ) throws(SPFSyntaxError) -> SPFMechanism {
        let wrong = SPFSyntaxError(reason: "'\(String(term).printable)' has no valid address")
        guard text.first == ":" else { throw wrong }
        let parts = text.dropFirst().split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let address = IPAddress(String(first)), address.isIPv4 == isIPv4 else {
            throw wrong
        }
        let longest = isIPv4 ? 32 : 128
        let bits = parts.count == 2 ? self.length(parts[1], longest) : longest
        guard let bits else { throw wrong }
        return .address(address, bits: bits)
    }
}
