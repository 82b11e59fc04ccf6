import Foundation

/// Where the members of a JSON object lie in its bytes.
///
/// The worker copies `data`, `output` and memos through without decoding them, so it has to know that the bytes are
/// JSON before it pastes them into a message of its own. The scan checks the whole text against RFC 8259: UTF-8, grammar,
/// nothing after the end. Beyond the RFC it refuses a name used twice in the outermost object, as readers would then
/// disagree about the value, and nesting deeper than `depthMax`.
package struct JSONScan: Sendable {
    /// How deep values may be nested.
    package static let depthMax = 64

    /// One member of the outermost object.
    package struct Member: Sendable {
        /// The name as written, escapes included.
        package let name: String
        /// Where the value lies.
        package let value: Range<Int>
    }

    /// Why bytes are not a JSON object.
    package struct Failure: Error, Sendable, Equatable {
        /// The offset of the offending byte.
        package let offset: Int
        /// What is wrong there, as a clause.
        package let reason: String
    }

    /// The bytes that were scanned.
    package let bytes: [UInt8]
    /// The members in their order.
    package let members: [Member]

    /// Scans a whole text; fails with the offset when it is not exactly one JSON object.
    package init(_ bytes: [UInt8]) throws(Failure) {
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw Failure(offset: 0, reason: "the text is not UTF-8")
        }
        self.members = try bytes.withUnsafeBufferPointer { (bytes) throws(Failure) in
            var cursor = JSONCursor(bytes: bytes)
            return try cursor.outermostObject()
        }
        self.bytes = bytes
    }

    /// The raw bytes of a member's value; nil when there is no such member.
    package func raw(_ name: String) -> ArraySlice<UInt8>? {
        self.members.first { $0.name == name }.map { self.bytes[$0.value] }
    }

    /// The text of a string member; nil when absent, not a string, or with half a surrogate pair in it.
    package func text(_ name: String) -> String? {
        self.plainText(name)
            ?? self.raw(name).flatMap { try? JSONDecoder().decode(String.self, from: Data($0)) }
    }

    /// The text of a string member without escapes; nil when absent, not a string, or escaped.
    package func plainText(_ name: String) -> String? {
        guard let raw = self.raw(name), raw.count >= 2, raw.first == UInt8(ascii: "\"") else { return nil }
        let inner = raw.dropFirst().dropLast()
        guard !inner.contains(UInt8(ascii: "\\")) else { return nil }
        return String(decoding: inner, as: UTF8.self)
    }
}

/// Walks JSON text by the grammar of RFC 8259.
///
/// Over the bare buffer, as every byte of every job and frame passes here; `peek` is the one place that reads it.
private struct JSONCursor {
    let bytes: UnsafeBufferPointer<UInt8>
    var at = 0

    mutating func outermostObject() throws(JSONScan.Failure) -> [JSONScan.Member] {
        self.skipSpace()
        guard self.peek == UInt8(ascii: "{") else { throw self.failure("a JSON object is expected") }
        let members = try self.object(depth: 1)
        self.skipSpace()
        guard self.at == self.bytes.count else { throw self.failure("there is text after the object") }
        if let double = Self.double(in: members) {
            throw JSONScan.Failure(offset: double.value.lowerBound, reason: "a member is named twice")
        }
        return members
    }

    /// The first member whose name came before; a few are compared faster than hashed.
    private static func double(in members: [JSONScan.Member]) -> JSONScan.Member? {
        guard members.count > 16 else {
            return members.indices.first { index in members[..<index].contains { $0.name == members[index].name } }
                .map { members[$0] }
        }
        var seen = Set<String>()
        return members.first { !seen.insert($0.name).inserted }
    }

    private var peek: UInt8? { self.at < self.bytes.count ? self.bytes[self.at] : nil }

    private func failure(_ reason: String) -> JSONScan.Failure { .init(offset: self.at, reason: reason) }

    private mutating func skipSpace() {
        while let byte = self.peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { self.at += 1 }
    }

    private mutating func take(_ byte: Unicode.Scalar) -> Bool {
        guard self.peek == UInt8(ascii: byte) else { return false }
        self.at += 1
        return true
    }

    private mutating func object(depth: Int) throws(JSONScan.Failure) -> [JSONScan.Member] {
        var members: [JSONScan.Member] = []
        self.at += 1
        self.skipSpace()
        if self.take("}") { return members }
        repeat {
            self.skipSpace()
            let name = try self.string()
            self.skipSpace()
            guard self.take(":") else { throw self.failure("a colon is expected") }
            let value = try self.value(depth: depth)
            if depth == 1 {
                let text = String(decoding: self.bytes[name.dropFirst().dropLast()], as: UTF8.self)
                members.append(.init(name: text, value: value))
            }
            self.skipSpace()
        } while self.take(",")
        guard self.take("}") else { throw self.failure("a comma or a closing brace is expected") }
        return members
    }

    private mutating func array(depth: Int) throws(JSONScan.Failure) {
        self.at += 1
        self.skipSpace()
        if self.take("]") { return }
        repeat {
            _ = try self.value(depth: depth)
            self.skipSpace()
        } while self.take(",")
        guard self.take("]") else { throw self.failure("a comma or a closing bracket is expected") }
    }

    private mutating func value(depth: Int) throws(JSONScan.Failure) -> Range<Int> {
        self.skipSpace()
        let start = self.at
        switch self.peek {
        case UInt8(ascii: "{"):
            guard depth < JSONScan.depthMax else { throw self.failure("the values are nested too deep") }
            _ = try self.object(depth: depth + 1)
        case UInt8(ascii: "["):
            guard depth < JSONScan.depthMax else { throw self.failure("the values are nested too deep") }
            try self.array(depth: depth + 1)
        case UInt8(ascii: "\""): _ = try self.string()
        case UInt8(ascii: "t"): try self.word("true")
        case UInt8(ascii: "f"): try self.word("false")
        case UInt8(ascii: "n"): try self.word("null")
        default: try self.number()
        }
        return start..<self.at
    }

    private mutating func word(_ word: StaticString) throws(JSONScan.Failure) {
        let length = word.utf8CodeUnitCount
        let matches = word.withUTF8Buffer { self.bytes[self.at...].prefix(length).elementsEqual($0) }
        guard matches else { throw self.failure("a JSON value is expected") }
        self.at += length
    }

    private mutating func string() throws(JSONScan.Failure) -> Range<Int> {
        guard self.peek == UInt8(ascii: "\"") else { throw self.failure("a string is expected") }
        let start = self.at
        self.at += 1
        while let byte = self.peek {
            self.at += 1
            switch byte {
            case UInt8(ascii: "\""): return start..<self.at
            case UInt8(ascii: "\\"): try self.escape()
            case 0..<0x20: throw self.failure("a control character stands in a string")
            default: continue
            }
        }
        throw self.failure("a string has no end")
    }

    private mutating func escape() throws(JSONScan.Failure) {
        guard let byte = self.peek else { throw self.failure("a string has no end") }
        self.at += 1
        if byte == UInt8(ascii: "u") {
            for _ in 0..<4 {
                guard let digit = self.peek, Self.isHexDigit(digit) else {
                    throw self.failure("four hexadecimal digits are expected")
                }
                self.at += 1
            }
        } else if !"\"\\/bfnrt".utf8.contains(byte) {
            throw self.failure("the escape is unknown")
        }
    }

    private mutating func number() throws(JSONScan.Failure) {
        _ = self.take("-")
        if !self.take("0") { try self.digits() }
        if self.take(".") { try self.digits() }
        if self.take("e") || self.take("E") {
            if !self.take("+") { _ = self.take("-") }
            try self.digits()
        }
    }

    private mutating func digits() throws(JSONScan.Failure) {
        guard let first = self.peek, Self.isDigit(first) else { throw self.failure("a JSON value is expected") }
        while let byte = self.peek, Self.isDigit(byte) { self.at += 1 }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        Self.isDigit(byte) || (0x61...0x66).contains(byte | 0x20)
    }
}
