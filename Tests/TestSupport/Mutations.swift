/// Hostile variants of good messages, the same in every run with the same seed.
///
/// It works on the text of JSON: a number or a string is put in another's place, a piece is cut out, doubled or moved, a byte
/// is turned over. So most variants keep the shape that a parser accepts, and differ where it has to look.
package struct Mutations: Sendable {
    /// Numbers at the bounds of every type that reads one.
    package static let numbers = [
        "9223372036854775807", "-9223372036854775808", "9223372036854775808", "18446744073709551615", "-1", "0", "1",
        "1e300", "-1e300", "1e999", "1.5", "0.1", "253402300800000", "4294967296", "1000000000001", "-0", "1E+2",
        "null",
        "true", "[]", "{}", "\"\"",
    ]
    /// Texts that are no name, date or id, or nearly one.
    package static let texts = [
        "", "\\u0000", "\\ud800", "x", "9999-12-31T23:59:59.999999999Z", "0000-01-01T00:00:00Z", "2026-02-30T00:00:00Z",
        "2026-11-23T03:00:00+99:99", "00000000-0000-0000-0000-000000000000", "%00%FF,,,;;,", "9223372036854775807",
        "-9223372036854775808", "AAAAAAAAAAE=", "😀",
    ]

    private var numbers: SeededNumbers

    /// Begins a row of variants.
    package init(seed: UInt64) { self.numbers = SeededNumbers(seed: seed) }

    /// A number below `bound`, which is 1 or more.
    package mutating func number(below bound: Int) -> Int { Int.random(in: 0..<bound, using: &self.numbers) }

    /// A variant with one to three changes.
    package mutating func variant(of text: [UInt8]) -> [UInt8] {
        (0...self.number(below: 3)).reduce(text) { text, _ in self.changed(text) }
    }

    private mutating func changed(_ text: [UInt8]) -> [UInt8] {
        guard !text.isEmpty else { return [self.byte()] }
        switch self.number(below: 10) {
        case 0...3: return self.replacing(self.numberRanges(text), Self.numbers, in: text)
        case 4...5: return self.replacing(self.stringRanges(text), Self.texts, in: text)
        case 6:
            let (start, end) = self.piece(of: text)
            return Array(text[..<start] + text[end...])
        case 7:
            let (start, end) = self.piece(of: text)
            return Array(text[..<end] + text[start...])
        case 8:
            let (start, end) = self.piece(of: text)
            let place = self.number(below: text.count)
            return Array(text[..<place] + text[start..<end] + text[place...])
        default:
            var text = text
            text[self.number(below: text.count)] = self.byte()
            return text
        }
    }

    private mutating func byte() -> UInt8 { UInt8(truncatingIfNeeded: self.number(below: 256)) }

    /// A piece of up to forty bytes.
    private mutating func piece(of text: [UInt8]) -> (start: Int, end: Int) {
        let start = self.number(below: text.count)
        return (start, min(text.count, start + self.number(below: 40)))
    }

    private mutating func replacing(_ ranges: [Range<Int>], _ values: [String], in text: [UInt8]) -> [UInt8] {
        guard !ranges.isEmpty else { return text }
        let range = ranges[self.number(below: ranges.count)]
        return Array(
            text[..<range.lowerBound] + values[self.number(below: values.count)].utf8 + text[range.upperBound...]
        )
    }

    private func numberRanges(_ text: [UInt8]) -> [Range<Int>] {
        self.ranges(text) { (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-") }
    }

    /// What stands between two quotation marks, or between a string's end and the next one's begin: also a place to look at.
    private func stringRanges(_ text: [UInt8]) -> [Range<Int>] { self.ranges(text) { $0 != UInt8(ascii: "\"") } }

    private func ranges(_ text: [UInt8], of isInside: (UInt8) -> Bool) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var start: Int?
        for (place, byte) in text.enumerated() {
            if isInside(byte) {
                start = start ?? place
            } else if let begun = start {
                ranges.append(begun..<place)
                start = nil
            }
        }
        if let start { ranges.append(start..<text.count) }
        return ranges
    }
}

extension Effort {
    /// How many variants a test of hostile input tries: `SLUICE_FUZZ_MUTATIONS`, a few thousand in every run.
    package static var mutations: Int { max(1, self.number("SLUICE_FUZZ_MUTATIONS", standard: 3_000)) }
}
