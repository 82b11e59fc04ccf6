/// Writes one JSON object from parts that are partly JSON already.
///
/// The four messages made for every job are assembled with it; everything rarer is `Codable`.
package struct JSONObjectWriter: Sendable {
    private var bytes: [UInt8] = [UInt8(ascii: "{")]

    /// Starts an empty object.
    package init() { self.bytes.reserveCapacity(512) }

    /// Adds a member whose value is JSON already.
    ///
    /// The name is written as it is: constants and names that a scan has read.
    package mutating func member(rawName name: String, raw value: some Collection<UInt8>) {
        self.begin(rawName: name)
        self.bytes.append(contentsOf: value)
    }

    /// Adds a string, escaped as RFC 8259 asks.
    package mutating func member(_ name: StaticString, text: String) {
        self.begin(name)
        self.append(quoted: text)
    }

    /// Adds a string under a name that is written as it is.
    package mutating func member(rawName name: String, text: String) {
        self.begin(rawName: name)
        self.append(quoted: text)
    }

    private mutating func append(quoted text: String) {
        self.bytes.append(UInt8(ascii: "\""))
        if text.utf8.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }) {
            self.appendEscaped(text)
        } else {
            self.bytes.append(contentsOf: text.utf8)
        }
        self.bytes.append(UInt8(ascii: "\""))
    }

    private mutating func begin(rawName name: String) {
        if self.bytes.count > 1 { self.bytes.append(UInt8(ascii: ",")) }
        self.bytes.append(UInt8(ascii: "\""))
        self.bytes.append(contentsOf: name.utf8)
        self.bytes.append(contentsOf: "\":".utf8)
    }

    private mutating func begin(_ name: StaticString) {
        if self.bytes.count > 1 { self.bytes.append(UInt8(ascii: ",")) }
        self.bytes.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { self.bytes.append(contentsOf: $0) }
        self.bytes.append(contentsOf: "\":".utf8)
    }

    /// Adds a whole number.
    package mutating func member(_ name: StaticString, number: Int) {
        self.begin(name)
        self.bytes.append(contentsOf: String(number).utf8)
    }

    /// Adds true or false.
    package mutating func member(_ name: StaticString, truth: Bool) {
        self.begin(name)
        self.bytes.append(contentsOf: (truth ? "true" : "false").utf8)
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

    /// Adds the members of an object that was scanned, each byte for byte, but for some names.
    package mutating func members(of scan: JSONScan, without names: Set<String> = []) {
        for member in scan.members where !names.contains(member.name) {
            self.member(rawName: member.name, raw: scan.bytes[member.value])
        }
    }

    /// Closes the object and gives its bytes.
    package consuming func finish() -> [UInt8] {
        self.bytes.append(UInt8(ascii: "}"))
        return self.bytes
    }

    /// Closes the object and gives its bytes with one more after them.
    package consuming func finish(ending: UInt8) -> [UInt8] {
        self.bytes.append(UInt8(ascii: "}"))
        self.bytes.append(ending)
        return self.bytes
    }

    private mutating func appendEscaped(_ text: String) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): self.bytes += [UInt8(ascii: "\\"), byte]
            case 0..<0x20:
                let digits = String(byte, radix: 16)
                self.bytes += Array("\\u".utf8) + Array(repeating: UInt8(ascii: "0"), count: 4 - digits.count)
                self.bytes += Array(digits.utf8)
            default: self.bytes.append(byte)
            }
        }
    }
}
