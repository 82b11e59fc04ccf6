import Foundation

/// Times as Graph writes them: UTC with none to seven digits behind the second.
enum GraphTime {
    /// Reads `2026-11-23T09:30:00Z` or `2026-11-23T09:30:00.1234567Z`; nil for anything else.
    static func date(_ text: String?) -> Date? {
        guard let text, text.hasSuffix("Z"), let whole = try? Date("\(text.prefix(19))Z", strategy: .iso8601) else {
            return nil
        }
        let fraction = text.dropFirst(19).dropLast()
        guard !fraction.isEmpty else { return whole }
        return Double("0\(fraction)").map { whole.addingTimeInterval($0) }
    }
}
