package import Foundation

/// RFC 3339, the one form of time in messages: written in UTC with milliseconds, read with any zone.
package enum Timestamp {
    /// Writes `2026-11-23T03:00:00.000Z`, for the years 1 to 9999; what lies outside becomes the nearest within.
    ///
    /// By hand, as each job has five: Foundation's style takes five times as long.
    package static func text(_ date: Date) -> String {
        let bounds = Self.earliest...Self.latest
        let wanted = (date.timeIntervalSince1970 * 1_000).rounded()
        let milliseconds = Int(min(max(wanted, Double(bounds.lowerBound)), Double(bounds.upperBound)))
        let (days, rest) = self.divide(milliseconds, by: 86_400_000)
        let (year, month, day) = self.date(ofDay: days)
        let parts =
            [
                (year, 4, "-"), (month, 2, "-"), (day, 2, "T"), (rest / 3_600_000, 2, ":"),
                (rest / 60_000 % 60, 2, ":"),
                (rest / 1_000 % 60, 2, "."), (rest % 1_000, 3, "Z"),
            ] as [(Int, Int, Unicode.Scalar)]
        return String(unsafeUninitializedCapacity: 24) { text in
            var at = 0
            for (number, width, end) in parts {
                var number = number
                for index in stride(from: at + width - 1, through: at, by: -1) {
                    text[index] = UInt8(ascii: "0") + UInt8(number % 10)
                    number /= 10
                }
                text[at + width] = UInt8(ascii: end)
                at += width + 1
            }
            return at
        }
    }

    /// Reads RFC 3339 with a zone, capital letters and up to 9 digits of a second's fraction; nil for anything else.
    ///
    /// Foundation alone would take text after the end, 25 o'clock and the 30th of February. The fraction counts to the
    /// millisecond.
    package static func date(_ text: String) -> Date? {
        let bytes = Array(text.utf8)
        guard self.hasShape(bytes), self.isInCalendar(bytes) else { return nil }
        func number(_ start: Int, _ count: Int) -> Int { self.number(bytes, start, count) }
        let day = self.day(of: number(0, 4), number(5, 2), number(8, 2))
        var seconds = day * 86_400 + number(11, 2) * 3_600 + number(14, 2) * 60 + number(17, 2)
        let fraction = bytes[19...].first == UInt8(ascii: ".") ? bytes[20...].prefix { self.isDigit($0) } : []
        let milliseconds = (fraction + [0x30, 0x30, 0x30]).prefix(3).reduce(0) { $0 * 10 + Int($1) - 0x30 }
        if bytes.last != UInt8(ascii: "Z") {
            let offset = number(bytes.count - 5, 2) * 3_600 + number(bytes.count - 2, 2) * 60
            seconds += bytes[bytes.count - 6] == UInt8(ascii: "-") ? offset : -offset
        }
        return Date(timeIntervalSince1970: Double(seconds * 1_000 + milliseconds) / 1_000)
    }

    /// Whether a message can hold the date: the years 1 to 9999.
    ///
    /// Arithmetic with any two such dates fits every integer here.
    package static func canHold(_ date: Date) -> Bool {
        let milliseconds = date.timeIntervalSince1970 * 1_000
        return milliseconds >= Double(self.earliest) && milliseconds <= Double(self.latest)
    }

    /// The first and the last moment that four digits of a year can name, in milliseconds since 1970.
    private static let earliest = -62_135_596_800_000
    private static let latest = 253_402_300_799_999

    private static func divide(_ number: Int, by divisor: Int) -> (quotient: Int, remainder: Int) {
        let quotient = number >= 0 ? number / divisor : (number - divisor + 1) / divisor
        return (quotient, number - quotient * divisor)
    }

    /// The day's number, 0 for 1 January 1970, in the Gregorian calendar.
    ///
    /// Years are counted from 1 March, so that the leap day is a year's last.
    private static func day(of year: Int, _ month: Int, _ day: Int) -> Int {
        let year = month <= 2 ? year - 1 : year
        let monthFromMarch = (month + 9) % 12
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
        let leapDays =
            self.divide(year, by: 4).quotient - self.divide(year, by: 100).quotient
            + self.divide(year, by: 400).quotient
        return year * 365 + leapDays + dayOfYear - 719_468
    }

    /// The reverse of `day(of:)`.
    private static func date(ofDay number: Int) -> (year: Int, month: Int, day: Int) {
        let (era, dayOfEra) = self.divide(number + 719_468, by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (
            era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        )
    }

    private static func number(_ bytes: [UInt8], _ start: Int, _ count: Int) -> Int {
        bytes[start..<start + count].reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
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
        func number(_ start: Int, _ count: Int) -> Int { self.number(bytes, start, count) }
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

    /// The duration in milliseconds, cut to whole ones.
    package var wholeMilliseconds: Int {
        Int(self.components.seconds) * 1_000 + Int(self.components.attoseconds / 1_000_000_000_000_000)
    }
}
