import Foundation

/// A header field of a mail: ASCII alone, folded, and always one field whatever its text is (RFC 5322 §2.2, RFC 2047).
enum MailHeader {
    /// Where a line is folded; the hard limit of RFC 5322 is 998.
    private static let lineLengthMax = 78
    /// The bytes of UTF-8 in one encoded word: 75 characters (RFC 2047 §2) less `=?UTF-8?B?` and `?=`, in base64.
    private static let wordBytesMax = 45

    /// A field whose value is known to be a safe, short line: ids, dates, addresses, types.
    static func plain(_ name: String, _ value: String) -> String { "\(name): \(Self.oneLine(value))" }

    /// A field with text for people, such as a subject.
    ///
    /// ASCII is folded and stays as it is, so that people can search a mail log for it; a word that fits no line is encoded.
    static func text(_ name: String, _ value: String) -> String {
        let line = self.oneLine(value)
        let isShort = line.split(separator: " ").allSatisfy { $0.utf8.count < self.lineLengthMax }
        guard isShort, self.isPrintableASCII(line), !line.contains("=?") else {
            return "\(name): " + self.encodedWords(line).joined(separator: "\n ")
        }
        return self.folded("\(name): \(line)")
    }

    /// Line ends before spaces, each line with more than spaces in it (RFC 5322 §2.2.3): whoever unfolds it has the same text.
    private static func folded(_ field: String) -> String {
        var (lines, current) = ([String](), "")
        for word in field.split(separator: " ", omittingEmptySubsequences: false) {
            let isFull = current.utf8.count + 1 + word.utf8.count > self.lineLengthMax
            // Never after the name alone, nor in the middle of spaces, which would leave a line of nothing else.
            if isFull, !word.isEmpty, !current.hasSuffix(":"), !current.hasSuffix(" ") {
                lines.append(current)
                current = " \(word)"
            } else {
                current += lines.isEmpty && current.isEmpty ? "\(word)" : " \(word)"
            }
        }
        return (lines + [current]).joined(separator: "\n")
    }

    /// An address with a name for people: `"Example Gateway" <mail@gateway.example>`.
    static func mailbox(_ field: String, name: String, address: String) -> String {
        let line = self.oneLine(name)
        guard !line.isEmpty else { return "\(field): \(address)" }
        let isShort = line.utf8.count + field.utf8.count <= self.lineLengthMax - 6
        guard isShort, self.isPrintableASCII(line), !line.contains("=?") else {
            return "\(field): " + self.encodedWords(line).joined(separator: "\n ") + "\n <\(address)>"
        }
        let quoted = line.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return "\(field): \"\(quoted)\"\n <\(address)>"
    }

    /// The text without anything that could end the line: every control character and line separator is a space.
    static func oneLine(_ text: String) -> String {
        let scalars = text.unicodeScalars.map { scalar in
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: UnicodeScalar(UInt8(ascii: " "))
            default: scalar
            }
        }
        return String(String.UnicodeScalarView(scalars)).trimmingCharacters(in: .whitespaces)
    }

    private static func isPrintableASCII(_ text: String) -> Bool {
        text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    }

    /// Encoded words of whole Unicode scalars each, as RFC 2047 §5 asks.
    private static func encodedWords(_ text: String) -> [String] {
        var words: [[UInt8]] = [[]]
        for scalar in text.unicodeScalars {
            let bytes = Array(String(scalar).utf8)
            if words[words.count - 1].count + bytes.count > self.wordBytesMax { words.append([]) }
            words[words.count - 1] += bytes
        }
        return words.map { "=?UTF-8?B?\(Data($0).base64EncodedString())?=" }
    }
}
