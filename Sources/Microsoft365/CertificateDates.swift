package import Foundation

/// From when until when a certificate is good, read from its PEM alone.
///
/// X.509 (RFC 5280, section 4.1): the certificate is a sequence whose first member holds, after an optional version, the
/// serial number, an algorithm, the issuer, and then the two times.
package struct CertificateDates: Sendable, Equatable {
    /// The first moment.
    package let begins: Date
    /// The last moment.
    package let ends: Date

    /// Reads the first certificate of a PEM text; nil where there is none that can be read.
    package init?(pem: String) {
        guard let begin = pem.range(of: "-----BEGIN CERTIFICATE-----"),
            let end = pem.range(of: "-----END CERTIFICATE-----", range: begin.upperBound..<pem.endIndex),
            let data = Data(
                base64Encoded: String(pem[begin.upperBound..<end.lowerBound]),
                options: .ignoreUnknownCharacters
            )
        else { return nil }
        var whole = DERReader(Array(data))
        guard var certificate = whole.enter(0x30), var body = certificate.enter(0x30) else {
            return nil
        }
        if body.nextTag == 0xA0 { _ = body.take() }
        for _ in 0..<3 { guard body.take() != nil else { return nil } }
        guard var times = body.enter(0x30), let begins = times.time(), let ends = times.time() else { return nil }
        self.begins = begins
        self.ends = ends
    }
}

/// Walks the values of DER (ITU-T X.690), as far as dates need it.
private struct DERReader {
    private let bytes: [UInt8]
    private var at = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var nextTag: UInt8? { self.at < self.bytes.count ? self.bytes[self.at] : nil }

    /// The content of the next value.
    mutating func take() -> [UInt8]? {
        guard self.at + 2 <= self.bytes.count else { return nil }
        var (length, start) = (Int(self.bytes[self.at + 1]), self.at + 2)
        if length >= 0x80 {
            let count = length & 0x7F
            guard (1...3).contains(count), start + count <= self.bytes.count else { return nil }
            length = self.bytes[start..<start + count].reduce(0) { $0 << 8 | Int($1) }
            start += count
        }
        guard start + length <= self.bytes.count else { return nil }
        self.at = start + length
        return Array(self.bytes[start..<self.at])
    }

    /// A reader of the next value's content, if it has the tag.
    mutating func enter(_ tag: UInt8) -> DERReader? {
        guard self.nextTag == tag else { return nil }
        return self.take().map { DERReader($0) }
    }

    /// The next value as a time: UTCTime has two digits of the year, 50 to 99 for the century before.
    mutating func time() -> Date? {
        guard let tag = self.nextTag, tag == 0x17 || tag == 0x18, let content = self.take() else { return nil }
        var text = String(decoding: content, as: UTF8.self)
        if tag == 0x17 { text = ((Int(text.prefix(2)) ?? 0) < 50 ? "20" : "19") + text }
        let digits = text.dropLast().compactMap(\.wholeNumberValue)
        guard text.last == "Z", text.count == 15, digits.count == 14 else { return nil }
        func number(_ range: Range<Int>) -> Int { digits[range].reduce(0) { $0 * 10 + $1 } }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        return calendar.date(
            from: DateComponents(
                year: number(0..<4),
                month: number(4..<6),
                day: number(6..<8),
                hour: number(8..<10),
                minute: number(10..<12),
                second: number(12..<14)
            )
        )
    }
}
