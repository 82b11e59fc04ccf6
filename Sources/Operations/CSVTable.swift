/// The records of a table in text form, each with the number of the line it begins on.
///
/// Read as RFC 4180 says, and as programs write all the same: with or without a byte order mark, with any of the three ends
/// of line, with comma, semicolon or tab between fields (whichever the first record has outside quotes), with or without an
/// end of line at the end. Empty lines are passed over. Fields are taken exactly: blanks count.
package struct CSVTable: Sendable, Equatable {
    /// One record.
    package struct Record: Sendable, Equatable {
        /// The number of its first line, from 1.
        package let line: Int
        /// Its fields, without quotes.
        package let fields: [String]
    }

    /// In their order.
    package let records: [Record]

    /// Reads a table; fails with the line that is wrong.
    package init(_ bytes: [UInt8]) throws(CampaignError) {
        var reader = CSVReader(bytes)
        var records: [Record] = []
        while let record = try reader.next() { records.append(record) }
        self.records = records
    }

    /// Writes one record with commas and CRLF; what needs quotes has them.
    package static func line(_ fields: [String]) -> String {
        fields.map(self.quoted).joined(separator: ",") + "\r\n"
    }

    private static func quoted(_ field: String) -> String {
        let isPlain = field.utf8.allSatisfy { ![0x0A, 0x0D, UInt8(ascii: "\""), UInt8(ascii: ",")].contains($0) }
        // A spreadsheet takes what begins so for a formula.
        let isFormula = field.utf8.first.map { "=+-@\t".utf8.contains($0) } ?? false
        if isPlain && !isFormula { return field }
        return "\"" + (isFormula ? "'" : "") + field.replacing("\"", with: "\"\"") + "\""
    }
}

/// Reads records one after the other.
private struct CSVReader {
    private let bytes: [UInt8]
    private let separator: UInt8
    private var at: Int
    private var line = 1

    private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    private static let quote = UInt8(ascii: "\"")
    private static let lineFeed: UInt8 = 0x0A
    private static let carriageReturn: UInt8 = 0x0D

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        self.at = bytes.starts(with: Self.mark) ? Self.mark.count : 0
        self.separator = Self.separator(of: bytes[self.at...])
    }

    mutating func next() throws(CampaignError) -> CSVTable.Record? {
        while self.at < self.bytes.count, Self.isEnd(self.bytes[self.at]) { self.passEnd() }
        guard self.at < self.bytes.count else { return nil }
        let first = self.line
        var fields = [try self.field()]
        while self.at < self.bytes.count, self.bytes[self.at] == self.separator {
            self.at += 1
            fields.append(try self.field())
        }
        return CSVTable.Record(line: first, fields: fields)
    }

    private mutating func field() throws(CampaignError) -> String {
        guard self.at < self.bytes.count, self.bytes[self.at] == Self.quote else { return try self.plainField() }
        let first = self.line
        var content: [UInt8] = []
        self.at += 1
        while self.at < self.bytes.count {
            let byte = self.bytes[self.at]
            if byte == Self.quote {
                self.at += 1
                guard self.at < self.bytes.count, self.bytes[self.at] == Self.quote else {
                    return try self.checked(content, endingAt: self.at)
                }
            } else if byte == Self.lineFeed {
                self.line += 1
            }
            content.append(byte)
            self.at += 1
        }
        throw CampaignError(.list, "line \(first): a quoted field has no closing quote")
    }

    private mutating func plainField() throws(CampaignError) -> String {
        let start = self.at
        while self.at < self.bytes.count, self.bytes[self.at] != self.separator, !Self.isEnd(self.bytes[self.at]) {
            guard self.bytes[self.at] != Self.quote else {
                throw CampaignError(.list, "line \(self.line): a quote stands inside a field that is not quoted")
            }
            self.at += 1
        }
        return try self.text(Array(self.bytes[start..<self.at]))
    }

    /// Behind a closing quote the field is over.
    private func checked(_ content: [UInt8], endingAt end: Int) throws(CampaignError) -> String {
        guard end == self.bytes.count || self.bytes[end] == self.separator || Self.isEnd(self.bytes[end]) else {
            throw CampaignError(.list, "line \(self.line): text stands behind a closing quote")
        }
        return try self.text(content)
    }

    private func text(_ content: [UInt8]) throws(CampaignError) -> String {
        guard let text = String(validating: content, as: UTF8.self) else {
            throw CampaignError(.list, "line \(self.line): the text is not UTF-8")
        }
        return text
    }

    private mutating func passEnd() {
        let isPair =
            self.bytes[self.at] == Self.carriageReturn && self.at + 1 < self.bytes.count
            && self.bytes[self.at + 1] == Self.lineFeed
        self.at += isPair ? 2 : 1
        self.line += 1
    }

    private static func isEnd(_ byte: UInt8) -> Bool { byte == self.lineFeed || byte == self.carriageReturn }

    private static func separator(of bytes: ArraySlice<UInt8>) -> UInt8 {
        var isQuoted = false
        for byte in bytes {
            if byte == self.quote { isQuoted.toggle() }
            if isQuoted { continue }
            if ",;\t".utf8.contains(byte) { return byte }
            if self.isEnd(byte) { break }
        }
        return UInt8(ascii: ",")
    }
}
