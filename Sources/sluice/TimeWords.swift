import ArgumentParser
import Foundation
import JobModel

/// Times and spans as people write and read them.
enum TimeWords {
    private static let units: [(letter: Character, seconds: Int)] = [("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)]

    /// Reads `90s`, `30m`, `2h` or `3d`.
    static func span(_ text: String) throws -> Duration {
        guard let unit = text.last, let seconds = self.units.first(where: { $0.letter == unit })?.seconds,
            let count = Int(text.dropLast()), (1...100_000).contains(count)
        else { throw CommandFailure.misuse("\(text) is no span of time; write 90s, 30m, 2h or 3d") }
        return .seconds(count * seconds)
    }

    /// Reads a moment: RFC 3339, or a span that is counted back from now.
    static func moment(_ text: String, now: Date) throws -> Date {
        if let date = Timestamp.date(text) { return date }
        return now.addingTimeInterval(-(try self.span(text)).inSeconds)
    }

    /// How long ago, in the largest unit that fits: `3 d`, `5 h`, `12 min`, `40 s`.
    static func age(_ date: Date, now: Date) -> String {
        let seconds = Int(max(0, now.timeIntervalSince(date)))
        return switch seconds {
        case 172_800...: "\(seconds / 86_400) d"
        case 7_200...: "\(seconds / 3_600) h"
        case 120...: "\(seconds / 60) min"
        default: "\(seconds) s"
        }
    }
}
