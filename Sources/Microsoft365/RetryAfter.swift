import Foundation

/// Reads the `Retry-After` header.
///
/// RFC 9110, section 10.2.3: seconds or a date. Microsoft Graph also sends seconds with a fraction.
enum RetryAfter {
    /// The pause asked for, 0 to a day; nil when the text says nothing usable.
    static func duration(_ text: String, now: Date) -> Duration? {
        let text = text.trimmingCharacters(in: .whitespaces)
        guard let seconds = Self.seconds(text) ?? Self.date(text)?.timeIntervalSince(now) else { return nil }
        return .milliseconds(Int64((min(max(seconds, 0), Self.secondsMax) * 1_000).rounded()))
    }

    /// A longer pause than this is a mistake or an attack on our patience.
    private static let secondsMax = 86_400.0

    private static func seconds(_ text: String) -> Double? {
        let isPlain = !text.isEmpty && text.utf8.allSatisfy { (48...57).contains($0) || $0 == UInt8(ascii: ".") }
        return isPlain ? Double(text) : nil
    }

    /// The one form senders may use, such as `Sun, 06 Nov 1994 08:49:37 GMT`; the two obsolete ones are not read.
    private static func date(_ text: String) -> Date? {
        let parts = text.split(separator: " ").map(String.init)
        guard parts.count == 6, parts[5] == "GMT", let month = Self.months.firstIndex(of: parts[2]) else { return nil }
        let clock = parts[4].split(separator: ":").map { Int($0) }
        guard
            let day = Int(parts[1]), let year = Int(parts[3]), clock.count == 3,
            let hour = clock[0], let minute = clock[1], let second = clock[2],
            (1...31).contains(day), (1970...9999).contains(year), (0..<24).contains(hour),
            (0..<60).contains(minute), (0...60).contains(second)
        else { return nil }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let moment = DateComponents(
            year: year,
            month: month + 1,
            day: day,
            hour: hour,
            minute: minute,
            second: second
        )
        return calendar.date(from: moment)
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}
