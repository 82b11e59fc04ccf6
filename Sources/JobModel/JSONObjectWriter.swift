/// Writes one JSON object from parts that are partly JSON already.
///
/// The four messages made for every job are assembled with it; everything rarer is `Codable`.
package struct JSONObjectWriter: Sendable {
    private var bytes: [UInt8] = [UInt8(ascii: "{")]

    /// Starts an empty object.
    package init() {}

    /// Adds a member whose value is JSON already.
    ///
    /// The name is written as it is: constants and names that a scan has read.
    package mutating func member(rawName name: String, raw value: some Collection<UInt8>) {
        if self.bytes.count > 1 { self.bytes.append(UInt8(ascii: ",")) }
        self.bytes.append(UInt8(ascii: "\""))
        self.bytes.append(contentsOf: name.utf8)
        self.bytes.append(contentsOf: "\":".utf8)
        self.bytes.append(contentsOf: value)
    }

    /// Adds a string, escaped as RFC 8259 asks.
    package mutating func member(_ name: StaticString, text: String) {
        self.member(rawName: name.description, raw: Self.quoted(text))
    }

    /// Adds a whole number.
    package mutating func member(_ name: StaticString, number: Int) {
        self.member(rawName: name.description, raw: Array(String(number).utf8))
    }

    /// Adds true or false.
    package mutating func member(_ name: StaticString, truth: Bool) {
        self.member(rawName: name.description, raw: Array((truth ? "true" : "false").utf8))
    }

    /// Adds the members of an object that is JSON already.
    package mutating func members(of object: some Collection<UInt8>) {
        let inner = object.drop { $0 != UInt8(ascii: "{") }.dropFirst()
        guard let end = inner.indices.reversed().first(where: { inner[$0] == UInt8(ascii: "}") }) else { return }
        let content = inner[..<end]
        guard content.contains(where: { $0 > 0x20 }) else { return }
        if self.bytes.count > 1 { self.bytes.append(UInt8(ascii: ",")) }
        self.bytes.append(contentsOf: content)
    }

    /// Closes the object and gives its bytes.
    package consuming func finish() -> [UInt8] {
        self.bytes.append(UInt8(ascii: "}"))
        return self.bytes
    }

    private static func quoted(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = [UInt8(ascii: "\"")]
        bytes.reserveCapacity(text.utf8.count + 2)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case 0..<0x20:
                let digits = String(byte, radix: 16)
                bytes += Array("\\u".utf8) + Array(repeating: UInt8(ascii: "0"), count: 4 - digits.count)
                bytes += Array(digits.utf8)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
        return bytes
    }
}
