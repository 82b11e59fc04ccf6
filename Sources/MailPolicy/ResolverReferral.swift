import CAres

/// Tells an empty answer from a referral: "there is no such record" from "others decide about this name".
enum ResolverReferral {
    private static let headerBytes = 12
    private static let nameServerType = 2

    /// Whether a message without answers names the servers of a zone below (RFC 1034, 4.3.2, step 3b).
    ///
    /// A server that decides itself says so in the header, and puts the zone's start where a referral has name servers.
    static func isReferral(_ message: UnsafeBufferPointer<UInt8>) -> Bool {
        guard message.count > self.headerBytes, message[2] & 4 == 0, ResolverAliases.number(message, at: 6) == 0,
            ResolverAliases.number(message, at: 8) > 0,
            let question = ResolverAliases.name(message, at: self.headerBytes),
            let owner = ResolverAliases.name(message, at: question.end + 4), owner.end + 2 <= message.count
        else { return false }
        return ResolverAliases.number(message, at: owner.end) == self.nameServerType
    }
}
