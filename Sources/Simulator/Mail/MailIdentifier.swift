import Foundation

/// The ids of a mailbox's folders and messages.
///
/// Folder ids never change. A message has two ids: the regular one changes with every move, the immutable one does not.
/// All are case-sensitive, URL-safe Base64 and say nothing to a client (Microsoft Graph, immutable identifiers).
enum MailIdentifier: Sendable, Equatable {
    case folder(UInt32)
    case regular(serial: UInt32, place: UInt32)
    case immutable(serial: UInt32)

    private static let folderMark: [UInt8] = [0x01, 0x03, 0x24]
    private static let regularMark: [UInt8] = [0x00, 0x03, 0x24]
    private static let immutableMark: [UInt8] = [0x00, 0x09, 0x00]
    /// Mark, owner, two numbers, check sum: one sign of padding, as the service's ids have.
    private static let length = 3 + 16 + 4 + 4 + 2

    /// The text of the id in the mailbox of that owner.
    func text(owner: UUID) -> String {
        let (mark, first, second): ([UInt8], UInt32, UInt32) =
            switch self {
            case .folder(let serial): (MailIdentifier.folderMark, serial, 0)
            case .regular(let serial, let place): (MailIdentifier.regularMark, serial, place)
            case .immutable(let serial): (MailIdentifier.immutableMark, serial, 0)
            }
        var bytes = mark + MailIdentifier.bytes(owner)
        for number in [first, second] { bytes += withUnsafeBytes(of: number.bigEndian) { Array($0) } }
        bytes += MailIdentifier.checkSum(bytes)
        return Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
    }

    /// Reads an id; nil when it is malformed or of another mailbox.
    init?(_ text: String, owner: UUID) {
        guard let bytes = MailIdentifier.decoded(text), Array(bytes[3..<19]) == MailIdentifier.bytes(owner) else {
            return nil
        }
        func number(_ start: Int) -> UInt32 { bytes[start..<start + 4].reduce(0) { $0 << 8 | UInt32($1) } }
        switch Array(bytes[0..<3]) {
        case MailIdentifier.folderMark: self = .folder(number(19))
        case MailIdentifier.regularMark: self = .regular(serial: number(19), place: number(23))
        case MailIdentifier.immutableMark: self = .immutable(serial: number(19))
        default: return nil
        }
    }

    /// Whether a text is an id, of whatever mailbox.
    static func isWellFormed(_ text: String) -> Bool { decoded(text) != nil }

    private static func decoded(_ text: String) -> [UInt8]? {
        let plain = text.replacing("-", with: "+").replacing("_", with: "/")
        guard let data = Data(base64Encoded: plain), data.count == length else { return nil }
        let bytes = [UInt8](data)
        return Array(bytes[27..<29]) == checkSum(Array(bytes[0..<27])) ? bytes : nil
    }

    private static func bytes(_ owner: UUID) -> [UInt8] { withUnsafeBytes(of: owner.uuid) { Array($0) } }

    private static func checkSum(_ bytes: [UInt8]) -> [UInt8] {
        let sum = bytes.reduce(UInt16(0x5A17)) { ($0 &* 31) &+ UInt16($1) }
        return [UInt8(sum >> 8), UInt8(truncatingIfNeeded: sum)]
    }
}
