package import Foundation

/// RFC 3339 in UTC with milliseconds, the one form of time in messages.
package enum Timestamp {
    private static let milliseconds = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
    private static let seconds = Date.ISO8601FormatStyle()

    /// Writes `2026-11-23T03:00:00.000Z`.
    package static func text(_ date: Date) -> String { date.formatted(self.milliseconds) }

    /// Reads RFC 3339 with or without fractions of a second; nil for anything else.
    package static func date(_ text: String) -> Date? {
        (try? self.milliseconds.parse(text)) ?? (try? self.seconds.parse(text))
    }
}

extension Duration {
    /// The duration in seconds, with fractions.
    package var inSeconds: Double {
        Double(self.components.seconds) + Double(self.components.attoseconds) / 1e18
    }
}
