package import JobModel
import Microsoft365

/// The e-mail security gateway that tenants are connected to, as its operator describes it.
///
/// A value of this type is valid: the initialiser refuses anything else and names the setting.
package struct GatewayProfile: Sendable, Equatable {
    /// The longest name, so that the longest object name stays within Exchange's 64 characters.
    package static let nameLengthMax = 38
    /// How many ranges, hosts or addresses a list may have.
    package static let entriesMax = 64
    /// How many blocks of /24 or narrower the ranges may come to, as one connector has to hold them all.
    package static let blocksMax = 512

    /// What people call it; it is part of the names of its objects in every tenant, so never change it afterwards.
    package let name: String
    /// Where its mail to tenants comes from: IPv4 blocks from /16 to /32.
    package let inboundRanges: [String]
    /// The hosts that take the tenants' outgoing mail.
    package let smartHosts: [String]
    /// The addresses it sends the tenants' outgoing mail from, for the SPF check; may be empty.
    package let egressAddresses: [String]
    /// What a tenant's SPF record has to hold, such as `include:spf.gateway.example`; nil when there is none.
    package let spfMechanism: String?
    /// The hosts that the tenants' MX records have to name; may be empty.
    package let mxHosts: [String]

    /// Checks the values; throws `configuration-rejected` with the name of the first setting that is wrong.
    package init(
        name: String,
        inboundRanges: [String],
        smartHosts: [String],
        egressAddresses: [String],
        spfMechanism: String?,
        mxHosts: [String]
    ) throws(Problem) {
        self.name = name
        self.inboundRanges = inboundRanges
        self.smartHosts = smartHosts
        self.egressAddresses = egressAddresses
        self.spfMechanism = spfMechanism
        self.mxHosts = mxHosts
        if let violation = self.violation() { throw Problem(.configurationRejected, violation) }
    }

    /// The name in the form that markers carry: lower-case letters and digits, everything else a hyphen.
    package var slug: String {
        let words = self.name.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
        return words.joined(separator: "-")
    }

    private func violation() -> String? {
        if !PayloadRule.isLine(self.name, maximum: Self.nameLengthMax) || self.slug.isEmpty {
            return "`gateway.name` is not a line of 1 to \(Self.nameLengthMax) characters with a letter or digit."
        }
        return self.rangeViolation() ?? Self.violation("gateway.smart-hosts", self.smartHosts, minimum: 1, Self.isHost)
            ?? Self.violation("gateway.egress-addresses", self.egressAddresses, minimum: 0, Self.isAddress)
            ?? self.mechanismViolation()
            ?? Self.violation("gateway.mx-hosts", self.mxHosts, minimum: 0, PayloadRule.isDomainName)
    }

    private func rangeViolation() -> String? {
        let key = "gateway.inbound-ranges"
        if let violation = Self.violation(key, self.inboundRanges, minimum: 1, { IPv4Range($0)?.cutToSlash24 != nil }) {
            return "\(violation) IPv4 blocks from /16 to /32 are allowed."
        }
        let blocks = self.inboundRanges.compactMap { IPv4Range($0)?.cutToSlash24?.count }.reduce(0, +)
        return blocks <= Self.blocksMax
            ? nil : "`\(key)` comes to \(blocks) blocks of /24 or narrower; \(Self.blocksMax) are allowed."
    }

    private func mechanismViolation() -> String? {
        guard let mechanism = self.spfMechanism else { return nil }
        let words = ["include:", "a:", "mx:", "ip4:", "ip6:", "exists:"]
        let isGood =
            words.contains { mechanism.hasPrefix($0) && mechanism.count > $0.count }
            && PayloadRule.isLine(mechanism, maximum: 200) && !mechanism.contains(" ")
        return isGood ? nil : "`gateway.spf-mechanism` is not one mechanism such as `include:spf.gateway.example`."
    }

    private static func violation(
        _ key: String,
        _ values: [String],
        minimum: Int,
        _ isGood: (String) -> Bool
    ) -> String? {
        if !(minimum...Self.entriesMax).contains(values.count) {
            return "`\(key)` has \(values.count) entries; \(minimum) to \(Self.entriesMax) are allowed."
        }
        if let index = values.firstIndex(where: { !isGood($0) }) {
            return "`\(key)` has a wrong entry at place \(index + 1): \(values[index].prefix(100))."
        }
        return Set(values).count == values.count ? nil : "`\(key)` names an entry twice."
    }

    private static func isHost(_ text: String) -> Bool { PayloadRule.isDomainName(text) || self.isAddress(text) }

    private static func isAddress(_ text: String) -> Bool {
        IPv4Range(text)?.description == text && !text.contains("/") || self.isIPv6Address(text)
    }

    /// RFC 4291 §2.2 without an embedded IPv4 address: eight groups, or fewer around one `::`.
    private static func isIPv6Address(_ text: String) -> Bool {
        let halves = text.split(separator: "::", omittingEmptySubsequences: false)
        let groups = halves.flatMap { $0.isEmpty ? [] : $0.split(separator: ":", omittingEmptySubsequences: false) }
        guard groups.allSatisfy({ (1...4).contains($0.utf8.count) && UInt16($0, radix: 16) != nil }) else {
            return false
        }
        return halves.count == 1 && groups.count == 8 || halves.count == 2 && groups.count < 8
    }
}
