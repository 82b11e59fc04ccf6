/// The `traceparent` header of W3C Trace Context, version 00.
package struct TraceParent: Sendable, Equatable {
    /// The trace: 16 bytes, not all zero.
    package let trace: TraceID
    /// The span that is the parent of what is done next: 8 bytes, not all zero.
    package let span: SpanID
    /// Whether the caller records this trace.
    package let isSampled: Bool

    /// Collects the parts.
    package init(trace: TraceID, span: SpanID, isSampled: Bool) {
        self.trace = trace
        self.span = span
        self.isSampled = isSampled
    }

    /// Reads a header; nil when it breaks the rules, and then it counts as not sent.
    ///
    /// A later version is read by its first four fields, as the recommendation asks.
    package init?(_ text: String) {
        let fields = text.split(separator: "-", omittingEmptySubsequences: false)
        guard fields.count >= 4, let version = Self.byte(fields[0]), version != 0xFF, version > 0 || fields.count == 4,
            let trace = TraceID(fields[1]), let span = SpanID(fields[2]), let flags = Self.byte(fields[3])
        else { return nil }
        self.init(trace: trace, span: span, isSampled: flags & 1 == 1)
    }

    /// The header.
    package var text: String { "00-\(self.trace)-\(self.span)-\(self.isSampled ? "01" : "00")" }

    private static func byte(_ text: Substring) -> UInt8? {
        guard text.utf8.count == 2, text.isLowercaseHexadecimal else { return nil }
        return UInt8(text, radix: 16)
    }
}

/// The id of a trace.
package struct TraceID: Sendable, Hashable, CustomStringConvertible {
    private let high: UInt64
    private let low: UInt64

    /// An id by chance.
    package init(using generator: inout some RandomNumberGenerator) {
        self.high = generator.next()
        self.low = UInt64.random(in: 1...UInt64.max, using: &generator)
    }

    init?(_ text: some StringProtocol) {
        guard text.utf8.count == 32, text.isLowercaseHexadecimal, let high = UInt64(text.prefix(16), radix: 16),
            let low = UInt64(text.suffix(16), radix: 16), high | low != 0
        else { return nil }
        self.high = high
        self.low = low
    }

    /// 32 hexadecimal digits.
    package var description: String { self.high.hexadecimal + self.low.hexadecimal }

    /// A number that is the same wherever this trace is seen, to sample by: 0 to 99.
    var percentile: Int { Int(self.low % 100) }
}

/// The id of a span.
package struct SpanID: Sendable, Hashable, CustomStringConvertible {
    private let number: UInt64

    /// An id by chance.
    package init(using generator: inout some RandomNumberGenerator) {
        self.number = UInt64.random(in: 1...UInt64.max, using: &generator)
    }

    init?(_ text: some StringProtocol) {
        guard text.utf8.count == 16, text.isLowercaseHexadecimal, let number = UInt64(text, radix: 16), number != 0
        else { return nil }
        self.number = number
    }

    /// 16 hexadecimal digits.
    package var description: String { self.number.hexadecimal }
}

extension UInt64 {
    fileprivate var hexadecimal: String {
        let digits = String(self, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

extension StringProtocol {
    fileprivate var isLowercaseHexadecimal: Bool {
        self.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}
