import CAres

/// The aliases in an answer, for which the library has no reader of its own.
enum ResolverAliases {
    private static let headerBytes = 12
    private static let aliasType = 5
    /// Type, class, time to live and length, behind the name of a record (RFC 1035, 3.2.1).
    private static let fixedBytes = 10
    private static let recordsMax = 32

    /// The end of the chain of aliases that begins at a name; nil when there is none.
    static func target(of name: String, in message: UnsafeBufferPointer<UInt8>) -> String? {
        let aliases = self.aliases(message)
        var target = name.lowercased()
        for _ in aliases.indices {
            guard let next = aliases.first(where: { $0.name == target })?.target else { break }
            target = next
        }
        return target == name.lowercased() ? nil : target
    }

    /// Every CNAME record of the answer, in lower case.
    private static func aliases(_ message: UnsafeBufferPointer<UInt8>) -> [(name: String, target: String)] {
        guard message.count > self.headerBytes, let question = self.name(message, at: self.headerBytes) else {
            return []
        }
        var offset = question.end + 4
        var found: [(name: String, target: String)] = []
        for _ in 0..<min(self.number(message, at: 6), self.recordsMax) {
            guard let owner = self.name(message, at: offset), owner.end + self.fixedBytes <= message.count else {
                break
            }
            let data = owner.end + self.fixedBytes
            if self.number(message, at: owner.end) == self.aliasType, let target = self.name(message, at: data) {
                found.append((owner.text, target.text))
            }
            offset = data + self.number(message, at: data - 2)
        }
        return found
    }

    /// Two bytes in network order.
    static func number(_ message: UnsafeBufferPointer<UInt8>, at offset: Int) -> Int {
        Int(message[offset]) << 8 | Int(message[offset + 1])
    }

    /// A name, which may point elsewhere into the message, and where it ends; nil when it is none.
    static func name(_ message: UnsafeBufferPointer<UInt8>, at offset: Int) -> (text: String, end: Int)? {
        guard offset < message.count, let start = message.baseAddress else { return nil }
        var text: UnsafeMutablePointer<CChar>?
        var length = 0
        let status = ares_expand_name(start + offset, start, Int32(message.count), &text, &length)
        guard status == ARES_SUCCESS, let text else { return nil }
        defer { ares_free_string(text) }
        return (DomainName.withoutFinalDot(String(cString: text)).lowercased(), offset + length)
    }
}
