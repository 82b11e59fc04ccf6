package import Foundation

/// RFC 3339, the one form of time in messages: written in UTC with milliseconds, read with any zone.
package enum Timestamp {
    private static let milliseconds = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    /// Writes `2026-11-23T03:00:00.000Z`.
    package static func text(_ date: Date) -> String { date.formatted(self.milliseconds) }

    /// Reads RFC 3339 with a zone, capital letters and up to 9 digits of a second's fraction; nil for anything else.
    ///
    /// Foundation alone would take text after the end, 25 o'clock and the 30th of February.
    package static func date(_ text: String) -> Date? {
        let bytes = Array(text.utf8)
        guard self.hasShape(bytes), self.isInCalendar(bytes) else { return nil }
        return try? self.milliseconds.parse(text)
    }

    private static func hasShape(_ bytes: [UInt8]) -> Bool {
        guard self.matches(bytes.prefix(19), "0000-00-00T00:00:00") else { return false }
        var rest = bytes.dropFirst(19)
        if rest.first == UInt8(ascii: ".") {
            let digits = rest.dropFirst().prefix { self.isDigit($0) }
            guard (1...9).contains(digits.count) else { return false }
            rest = rest.dropFirst(1 + digits.count)
        }
        return self.matches(rest, "Z") || self.matches(rest, "+00:00") || self.matches(rest, "-00:00")
    }

    private static func isInCalendar(_ bytes: [UInt8]) -> Bool {
        func number(_ start: Int, _ count: Int) -> Int {
            bytes[start..<start + count].reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        }
        let (year, month, day) = (number(0, 4), number(5, 2), number(8, 2))
        guard (1...12).contains(month), (1...self.days(in: month, of: year)).contains(day) else { return false }
        guard number(11, 2) < 24, number(14, 2) < 60, number(17, 2) < 60 else { return false }
        guard bytes.last != UInt8(ascii: "Z") else { return true }
        return number(bytes.count - 5, 2) < 24 && number(bytes.count - 2, 2) < 60
    }

    private static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400)) ? 29 : 28
        default: 31
        }
    }

    /// Whether the text is the pattern, in which `0` stands for any digit.
    private static func matches(_ text: ArraySlice<UInt8>, _ pattern: String) -> Bool {
        text.count == pattern.utf8.count
            && zip(text, pattern.utf8).allSatisfy { $1 == UInt8(ascii: "0") ? self.isDigit($0) : $0 == $1 }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}

extension Duration {
    /// The duration in seconds, with fractions.
    package var inSeconds: Double {
        Double(self.components.seconds) + Double(self.components.attoseconds) / 1e18
    }
}
