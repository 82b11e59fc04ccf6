package import Foundation

/// The id of a job: the UUID that its console chose.
///
/// Written in lower case everywhere. UUIDs of version 7 are recommended, as they keep the ledger's index narrow;
/// any version is accepted.
package struct JobID: Sendable, Hashable, CustomStringConvertible {
    /// The 16 bytes, as Foundation's value.
    package let uuid: UUID

    /// Wraps a UUID that is known already.
    package init(_ uuid: UUID) { self.uuid = uuid }

    /// Reads the 36 character form, in either case; nil for anything else.
    package init?(_ text: some StringProtocol) {
        guard let uuid = UUIDText.read(text) else { return nil }
        self.uuid = uuid
    }

    /// The 36 characters in lower case.
    package var description: String { UUIDText.write(self.uuid) }
}

/// The id of a Microsoft 365 tenant: its directory GUID.
package struct TenantID: Sendable, Hashable, CustomStringConvertible {
    /// The GUID as Foundation's value.
    package let uuid: UUID

    /// Wraps a GUID that is known already.
    package init(_ uuid: UUID) { self.uuid = uuid }

    /// Reads the 36 character form, in either case; nil for anything else.
    package init?(_ text: some StringProtocol) {
        guard let uuid = UUIDText.read(text) else { return nil }
        self.uuid = uuid
    }

    /// The 36 characters in lower case.
    package var description: String { UUIDText.write(self.uuid) }
}

/// The text of a UUID (RFC 9562 §4), read and written by hand.
///
/// Every job has its ids written a dozen times; Foundation's upper-case text and its lowering take fifty times as long.
private enum UUIDText {
    private static let length = 36
    private static let digits = Array("0123456789abcdef".utf8)

    static func write(_ uuid: UUID) -> String {
        withUnsafeBytes(of: uuid.uuid) { bytes in
            String(unsafeUninitializedCapacity: self.length) { text in
                var at = 0
                for (index, byte) in bytes.enumerated() {
                    if self.isAfterHyphen(index) {
                        text[at] = UInt8(ascii: "-")
                        at += 1
                    }
                    text[at] = self.digits[Int(byte >> 4)]
                    text[at + 1] = self.digits[Int(byte & 0x0F)]
                    at += 2
                }
                return at
            }
        }
    }

    static func read(_ text: some StringProtocol) -> UUID? {
        guard text.utf8.count == self.length else { return nil }
        var bytes: uuid_t = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
        var rest = text.utf8.makeIterator()
        let isWhole = withUnsafeMutableBytes(of: &bytes) { bytes in
            for index in bytes.indices {
                if self.isAfterHyphen(index), rest.next() != UInt8(ascii: "-") { return false }
                guard let high = self.value(of: rest.next()), let low = self.value(of: rest.next()) else {
                    return false
                }
                bytes[index] = high << 4 | low
            }
            return true
        }
        return isWhole ? UUID(uuid: bytes) : nil
    }

    private static func isAfterHyphen(_ index: Int) -> Bool { index == 4 || index == 6 || index == 8 || index == 10 }

    private static func value(of digit: UInt8?) -> UInt8? {
        switch digit {
        case .some(let digit) where (0x30...0x39).contains(digit): digit - 0x30
        case .some(let digit) where (0x61...0x66).contains(digit | 0x20): (digit | 0x20) - 0x61 + 10
        default: nil
        }
    }
}
