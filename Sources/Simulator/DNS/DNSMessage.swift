import Foundation

/// The types of record that the simulator serves.
enum DNSType: String, Sendable, CaseIterable {
    case a = "A"
    case aaaa = "AAAA"
    case cname = "CNAME"
    case mx = "MX"
    case ns = "NS"
    case ptr = "PTR"
    case soa = "SOA"
    case txt = "TXT"

    var code: UInt16 {
        switch self {
        case .a: 1
        case .ns: 2
        case .cname: 5
        case .soa: 6
        case .ptr: 12
        case .mx: 15
        case .txt: 16
        case .aaaa: 28
        }
    }

    init?(code: UInt16) {
        guard let type = DNSType.allCases.first(where: { $0.code == code }) else { return nil }
        self = type
    }
}

/// A question, and answers to it, as bytes (RFC 1035, section 4).
struct DNSMessage {
    /// What a server says about a question.
    enum Code: UInt8 {
        case noError = 0
        case formatError = 1
        case serverFailure = 2
        case nameError = 3
        case refused = 5

        var name: String {
            switch self {
            case .noError: "NOERROR"
            case .formatError: "FORMERR"
            case .serverFailure: "SERVFAIL"
            case .nameError: "NXDOMAIN"
            case .refused: "REFUSED"
            }
        }
    }

    /// A record of an answer.
    struct Record: Equatable {
        let name: String
        let type: DNSType
        let data: [UInt8]
    }

    /// The longest piece of a text.
    static let pieceMax = 255
    private static let headerBytes = 12
    private static let plainDatagram = 512
    private static let timeToLive: [UInt8] = [0, 0, 0, 60]

    let id: [UInt8]
    let isRecursionWanted: Bool
    /// Lower case.
    let name: String
    let typeCode: UInt16
    /// The longest answer that the asker takes over UDP.
    let datagramMax: Int
    private let question: [UInt8]

    /// Reads a question; nil when it is none.
    init?(_ bytes: [UInt8]) {
        guard bytes.count > Self.headerBytes, bytes[2] & 0x80 == 0, bytes[4] == 0, bytes[5] == 1 else { return nil }
        var labels: [String] = []
        var index = Self.headerBytes
        while index < bytes.count, bytes[index] != 0 {
            let length = Int(bytes[index])
            guard length < 64, index + length < bytes.count else { return nil }
            let characters = bytes[(index + 1)...(index + length)].map { Character(Unicode.Scalar($0)) }
            labels.append(String(characters))
            index += length + 1
        }
        guard index + 4 < bytes.count else { return nil }
        id = Array(bytes[0..<2])
        isRecursionWanted = bytes[2] & 1 != 0
        name = labels.joined(separator: ".").lowercased()
        typeCode = UInt16(bytes[index + 1]) << 8 | UInt16(bytes[index + 2])
        question = Array(bytes[Self.headerBytes...(index + 4)])
        // An OPT record directly behind the question tells the size (RFC 6891, 6.1.2).
        let rest = bytes[(index + 5)...]
        let isExtended = rest.count >= 11 && bytes[11] > 0 && rest.starts(with: [0, 0, 41])
        let size = isExtended ? Int(rest[rest.startIndex + 3]) << 8 | Int(rest[rest.startIndex + 4]) : 0
        datagramMax = max(Self.plainDatagram, size)
    }

    /// The bytes of an answer; longer than `limit`, and nothing but the sign that it was cut.
    func answer(_ code: Code, _ records: [Record], view: DNSView, limit: Int, isCut: Bool = false) -> [UInt8] {
        let sections = records.flatMap(Self.bytes)
        let isCut = isCut || Self.headerBytes + question.count + sections.count > limit
        var flags: UInt8 = 0x80 | (isRecursionWanted ? 1 : 0)
        if view == .authoritative { flags |= 4 }
        if isCut { flags |= 2 }
        let available: UInt8 = view == .resolver ? 0x80 : 0
        var bytes: [UInt8] = id
        bytes += [flags, available | code.rawValue, 0, 1]
        bytes += Self.bytes(isCut ? 0 : UInt16(clamping: records.count))
        bytes += [0, 0, 0, 0]
        bytes += question
        return isCut ? bytes : bytes + sections
    }

    /// A name as labels with their lengths; nil when it cannot be one.
    static func encoded(_ name: String) -> [UInt8]? {
        let name = name.hasSuffix(".") ? String(name.dropLast()) : name
        guard !name.isEmpty else { return [0] }
        var bytes: [UInt8] = []
        for label in name.split(separator: ".", omittingEmptySubsequences: false) {
            // Names of questions are kept one character a byte.
            let content = label.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
            guard (1...63).contains(content.count) else { return nil }
            bytes += [UInt8(content.count)] + content
        }
        return bytes.count < 255 ? bytes + [0] : nil
    }

    private static func bytes(_ record: Record) -> [UInt8] {
        var bytes: [UInt8] = Self.encoded(record.name) ?? [0]
        bytes += Self.bytes(record.type.code)
        bytes += [0, 1]
        bytes += Self.timeToLive
        bytes += Self.bytes(UInt16(clamping: record.data.count))
        return bytes + record.data
    }

    static func bytes(_ number: UInt16) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 0xFF)] }

    /// The preference and the host of a scenario's `10 mail.example`.
    static func exchange(_ text: String) -> (preference: UInt16, host: String)? {
        let parts = text.split(separator: " ")
        guard parts.count == 2, let preference = UInt16(parts[0]) else { return nil }
        return (preference, String(parts[1]))
    }

    /// An address of 4 or 16 bytes; nil when it is none of that length.
    static func address(_ text: String, bytes count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        return inet_pton(count == 4 ? AF_INET : AF_INET6, text, &bytes) == 1 ? bytes : nil
    }
}
