/// The seven results of a check (RFC 7208, 2.6).
package enum SPFResult: String, Sendable, Hashable, CaseIterable, Codable {
    /// There is no record, or no domain that could have one.
    case none
    /// The domain says nothing about this address.
    case neutral
    /// The address may send for the domain.
    case pass
    /// The address may not.
    case fail
    /// The address probably may not.
    case softfail
    /// DNS gave no answer; the same check may end differently later.
    case temperror
    /// What is published cannot be understood.
    case permerror
}

/// What a check asks: who sends, from where.
package struct SPFQuestion: Sendable, Hashable {
    /// The address of the sending server; IPv4 inside IPv6 counts as IPv4.
    package let address: IPAddress
    /// The domain whose record is asked.
    package let domain: String
    /// The sender's address; `postmaster` stands where it has no local part (RFC 7208, 4.3).
    package let sender: String
    /// The name that the server gave in HELO.
    package let helo: String
    /// The name of the checking host, for the `r` macro of explanations.
    package let receiver: String

    /// The longest sender and HELO name; more is cut off, as no mail system takes it (RFC 5321, 4.5.3.1).
    package static let lengthMax = 320

    /// A question; the sender is `postmaster@` the domain and HELO is the domain where nothing is said.
    package init(
        address: IPAddress,
        domain: String,
        sender: String? = nil,
        helo: String? = nil,
        receiver: String = "unknown"
    ) {
        self.address = address.unmapped
        self.domain = domain
        // Mail without a sender is checked as postmaster's at HELO (RFC 7208, 2.4).
        let isNull = sender == "" || sender == "<>"
        let (local, host) = Self.parts(of: isNull ? helo ?? domain : sender ?? domain)
        self.sender = "\(local)@\(host)"
        self.helo = String((helo ?? domain).prefix(Self.lengthMax))
        self.receiver = receiver
    }

    /// The part of the sender before its last `@`.
    var localPart: String { Self.parts(of: self.sender).local }
    /// The part behind it.
    var senderDomain: String { Self.parts(of: self.sender).domain }

    private static func parts(of sender: String) -> (local: String, domain: String) {
        let sender = sender.prefix(Self.lengthMax)
        guard let at = sender.lastIndex(of: "@") else { return ("postmaster", String(sender)) }
        let local = sender[..<at]
        return (local.isEmpty ? "postmaster" : String(local), String(sender[sender.index(after: at)...]))
    }
}

/// One term that was tried, or one record that was fetched.
package struct SPFStep: Sendable, Hashable, Codable {
    /// How many `include` and `redirect` lie above: 0 for the domain's own record.
    package let depth: Int
    /// The domain whose record it is.
    package let domain: String
    /// The term as it is written, or `record`.
    package let term: String
    /// What was asked of DNS and what it said, a line each.
    package var lookups: [String] = []
    /// What came of it: `match`, `no match`, or the reason of an error.
    package var outcome = ""
}

/// The end of a check, and how it came about.
package struct SPFVerdict: Sendable, Hashable {
    /// The result.
    package var result: SPFResult
    /// The directive that decided, as written; nil when none matched.
    package var mechanism: String?
    /// The domain whose record holds it; after a `redirect` not the one that was asked for.
    package var domain: String
    /// The record of the domain that was asked for, when there is exactly one.
    package var record: String?
    /// What the domain tells the sender of a refused message (`exp=`), cut to ``explanationMax`` characters.
    ///
    /// It comes from a stranger: show it as theirs.
    package var explanation: String?
    /// Why it is `none`, `temperror` or `permerror`; nil otherwise.
    package var reason: String?
    /// How many terms asked DNS, of ten that may.
    package var lookups = 0
    /// How many lookups found nothing, of two that may.
    package var voids = 0
    /// Every term that was tried, in order.
    package var trace: [SPFStep] = []

    /// The longest explanation.
    package static let explanationMax = 1_000
}
