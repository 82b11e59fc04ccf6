/// A record as RFC 7208, section 12, spells it.
struct SPFRecord: Sendable, Hashable {
    /// The directives in their order.
    var directives: [SPFDirective] = []
    /// The target of `redirect=`.
    var redirect: MacroText?
    /// The target of `exp=`.
    var explanation: MacroText?
}

/// A qualifier with a mechanism.
struct SPFDirective: Sendable, Hashable {
    /// As it is written in the record.
    let text: String
    /// What a match means.
    let result: SPFResult
    let mechanism: SPFMechanism
}

/// The mechanisms of RFC 7208, section 5.
enum SPFMechanism: Sendable, Hashable {
    case all
    case include(MacroText)
    case a(MacroText?, PrefixLengths)
    case mx(MacroText?, PrefixLengths)
    case ptr(MacroText?)
    case address(IPAddress, bits: Int)
    case exists(MacroText)

    /// Whether it counts against the limit of ten (RFC 7208, 4.6.4).
    var asksDNS: Bool {
        switch self {
        case .include, .a, .mx, .ptr, .exists: true
        case .all, .address: false
        }
    }
}

/// How many bits of an address have to agree, for each family.
struct PrefixLengths: Sendable, Hashable {
    var ipv4 = 32
    var ipv6 = 128

    func bits(for address: IPAddress) -> Int { address.isIPv4 ? self.ipv4 : self.ipv6 }
}

/// Why a record is not one.
struct SPFSyntaxError: Error, Hashable {
    /// One clause that names the term.
    let reason: String
}
