/// The quoted-printable encoding of RFC 2045 §6.7, for text with `\n` between its lines.
enum QuotedPrintable {
    /// The longest line, its `=` at the end included.
    static let lineLengthMax = 76

    /// Encodes a text; no line is longer than ``lineLengthMax``, and all of it is ASCII.
    ///
    /// A dot at the start of a line and a line that starts with `From ` are encoded too: the first ends a mail for some
    /// programs, the second begins one in an mbox.
    static func encode(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { self.encode(line: Array($0.utf8)) }
            .joined(separator: "\n")
    }

    private static func encode(line: [UInt8]) -> String {
        var (done, current) = ("", "")
        for (index, byte) in line.enumerated() {
            let isLast = index == line.count - 1
            let token = self.token(byte, isFirst: index == 0, isLast: isLast, line: line)
            // Unless it is the very end, a soft line break must still fit behind it.
            if current.utf8.count + token.utf8.count > self.lineLengthMax - (isLast ? 0 : 1) {
                done += current + "=\n"
                current = ""
            }
            current += token
        }
        return done + current
    }

    private static func token(_ byte: UInt8, isFirst: Bool, isLast: Bool, line: [UInt8]) -> String {
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "\t"): return isLast ? self.hex(byte) : self.plain(byte)
        case UInt8(ascii: "."): return isFirst ? self.hex(byte) : "."
        case UInt8(ascii: "F"): return isFirst && line.starts(with: "From ".utf8) ? self.hex(byte) : "F"
        case UInt8(ascii: "="): return self.hex(byte)
        case 0x21...0x7E: return self.plain(byte)
        default: return self.hex(byte)
        }
    }

    private static func plain(_ byte: UInt8) -> String { String(UnicodeScalar(byte)) }

    /// `=` and two upper-case hexadecimal digits.
    static func hex(_ byte: UInt8) -> String {
        let digits = Array("0123456789ABCDEF")
        return "=\(digits[Int(byte >> 4)])\(digits[Int(byte & 0x0F)])"
    }
}
