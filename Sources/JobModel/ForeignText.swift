/// Text from outside (messages, headers, tenants, DNS), as people may be shown it.
///
/// A terminal obeys escape sequences, C1 controls too, and bidirectional marks turn a line around: such characters are shown by
/// their numbers instead. Source of the classes: Unicode Standard Annex 44, General_Category Cc, Cf, Zl and Zp.
package enum ForeignText {
    /// One line: every character that steers a terminal or breaks the line as `\u{1B}`.
    package static func line(_ text: String) -> String { self.replaced(text, keepsLineFeeds: false, self.swiftEscape) }

    /// Text of our own making with such characters in it, line by line.
    package static func page(_ text: String) -> String { self.replaced(text, keepsLineFeeds: true, self.swiftEscape) }

    /// JSON with such characters in its strings, which stays the same value: `\u001b`.
    package static func json(_ text: String) -> String { self.replaced(text, keepsLineFeeds: true, self.jsonEscape) }

    private static func replaced(
        _ text: String,
        keepsLineFeeds: Bool,
        _ escape: (Unicode.Scalar) -> String
    ) -> String {
        let isKept = { (scalar: Unicode.Scalar) in keepsLineFeeds && scalar == "\n" || !self.steers(scalar) }
        guard !text.unicodeScalars.allSatisfy(isKept) else { return text }
        return text.unicodeScalars.reduce(into: "") { result, scalar in
            if isKept(scalar) { result.unicodeScalars.append(scalar) } else { result += escape(scalar) }
        }
    }

    private static func steers(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return scalar.value < 0x20 || scalar.value == 0x7F }
        return switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        // Joiners are part of the spelling of several scripts.
        case .format: scalar != "\u{200C}" && scalar != "\u{200D}"
        default: false
        }
    }

    private static func swiftEscape(_ scalar: Unicode.Scalar) -> String {
        "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
    }

    private static func jsonEscape(_ scalar: Unicode.Scalar) -> String {
        String(scalar).utf16.map { unit in
            let digits = String(unit, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }.joined()
    }
}
