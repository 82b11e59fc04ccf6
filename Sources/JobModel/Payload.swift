import Foundation

/// The `data` of a job, read by its executor.
///
/// Decoding checks the shape; `violation` checks what a shape cannot say. Members a reader does not know are passed over,
/// so that workers may be upgraded after or before consoles.
package protocol JobPayload: Decodable, Sendable {
    /// The first rule of the schema that the value breaks, as a sentence that names the field; nil when it keeps them all.
    func violation() -> String?
}

extension JobPayload {
    /// Decodes and checks a payload; every failure names the field.
    package init(data: some Collection<UInt8>) throws(Problem) {
        let value: Self
        do {
            value = try JSONDecoder().decode(Self.self, from: Data(data))
        } catch let error as DecodingError {
            throw Problem(.invalidPayload, Self.sentence(for: error))
        } catch {
            throw Problem(.invalidPayload, "`data` cannot be read.")
        }
        if let violation = value.violation() { throw Problem(.invalidPayload, violation) }
        self = value
    }

    private static func sentence(for error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, let context): "`\(self.path(context.codingPath + [key]))` is missing."
        case .typeMismatch(let type, let context):
            "`\(self.path(context.codingPath))` has the wrong type: \(self.word(for: type)) is expected."
        case .valueNotFound(let type, let context):
            "`\(self.path(context.codingPath))` is null: \(self.word(for: type)) is expected."
        case .dataCorrupted(let context):
            "`\(self.path(context.codingPath))` holds a value that is out of bounds or cannot be read."
        @unknown default: "`data` cannot be read."
        }
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        keys.reduce(into: "data") { path, key in
            path += key.intValue.map { "[\($0)]" } ?? ".\(key.stringValue)"
        }
    }

    private static func word(for type: any Any.Type) -> String {
        switch type {
        case is String.Type: "a string"
        case is Bool.Type: "true or false"
        case is Int.Type, is Double.Type: "a number"
        case is [String].Type, is [Any].Type: "an array"
        default: "another type of value"
        }
    }
}

/// Rules for single values that several payloads share, as the schemas' `$defs` state them.
package enum PayloadRule {
    /// Whether the text is a domain name in its ASCII form: 2 to 127 labels of RFC 1035, 253 characters at most.
    package static func isDomainName(_ text: String) -> Bool {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count >= 2, text.utf8.count <= 253 else { return false }
        return labels.allSatisfy { label in
            (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                && label.utf8.allSatisfy {
                    (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) || $0 == UInt8(ascii: "-")
                }
        }
    }

    /// Whether the text is an e-mail address in the plain form `local@domain`.
    ///
    /// RFC 5321 §4.1.2, a dot-string of at most 64 characters before the sign: ASCII without spaces and control
    /// characters, so no line can be smuggled into a mail's head.
    package static func isEmailAddress(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].utf8.count <= 64 else { return false }
        let atoms = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        return atoms.allSatisfy { self.isAtom($0) } && self.isDomainName(String(parts[1]))
    }

    private static func isAtom(_ text: Substring) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
                    || "!#$%&'*+-/=?^_`{|}~".utf8.contains($0)
            }
    }

    /// Whether the text is a language tag of BCP 47 in its short form: `de`, or `pt-BR` with a region.
    package static func isLanguage(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), (2...3).contains(parts[0].count) else { return false }
        return parts[0].allSatisfy { (0x61...0x7A).contains($0) }
            && parts.dropFirst().allSatisfy { $0.count == 2 && $0.allSatisfy { (0x41...0x5A).contains($0) } }
    }

    /// Whether the text is words of lower-case letters joined by hyphens, such as `tenant-connected`.
    package static func isName(_ text: String, maximum: Int) -> Bool {
        text.utf8.count <= maximum
            && text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
                .allSatisfy { !$0.isEmpty && $0.allSatisfy { (0x61...0x7A).contains($0) } }
    }

    /// Whether the text is a plan's hash: `sha256:` and 64 hexadecimal digits in lower case.
    package static func isPlanHash(_ text: String) -> Bool {
        guard text.hasPrefix("sha256:") else { return false }
        let digits = text.utf8.dropFirst(7)
        return digits.count == 64
            && digits.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    /// Whether the text has 1 to `maximum` characters, none of which controls or ends a line.
    package static func isLine(_ text: String, maximum: Int) -> Bool {
        (1...maximum).contains(text.unicodeScalars.count)
            && text.unicodeScalars.allSatisfy {
                switch $0.properties.generalCategory {
                case .control, .lineSeparator, .paragraphSeparator: false
                default: true
                }
            }
    }

    /// Whether the text has 1 to `maximum` characters of visible ASCII: no space, no control character.
    package static func isVisible(_ text: String, maximum: Int) -> Bool {
        (1...maximum).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}

/// Members that most payloads have, checked with the sentence that names what is wrong.
extension PayloadRule {
    /// The rule that `data.customer` breaks.
    package static func customerViolation(_ customer: String) -> String? {
        self.isLine(customer, maximum: 100) ? nil : "`data.customer` is not a line of 1 to 100 characters."
    }

    /// The rule that `data.requestedBy` breaks.
    package static func requesterViolation(_ requester: String) -> String? {
        self.isEmailAddress(requester) ? nil : "`data.requestedBy` is not an e-mail address."
    }

    /// The rule that `data.notify` breaks.
    package static func recipientsViolation(_ recipients: [String], maximum: Int) -> String? {
        if recipients.count > maximum {
            return "`data.notify` has \(recipients.count) entries; \(maximum) are allowed."
        }
        if let index = recipients.firstIndex(where: { !self.isEmailAddress($0) }) {
            return "`data.notify[\(index)]` is not an e-mail address."
        }
        return Set(recipients).count < recipients.count ? "`data.notify` names an address twice." : nil
    }

    /// The rule that `data.language` breaks.
    package static func languageViolation(_ language: String?) -> String? {
        guard let language, !self.isLanguage(language) else { return nil }
        return "`data.language` is not a language such as `pt-BR`."
    }

    /// The rule that `data.planHash` breaks.
    package static func planHashViolation(_ planHash: String?, dryRun: Bool) -> String? {
        guard let planHash else { return nil }
        if !self.isPlanHash(planHash) { return "`data.planHash` is not `sha256:` and 64 hexadecimal digits." }
        return dryRun ? "`data.planHash` cannot go with `data.dryRun`." : nil
    }
}
