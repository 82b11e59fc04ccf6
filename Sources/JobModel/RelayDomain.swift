/// Whether DNS lets a tenant's mail leave through the gateway.
package enum OutboundGateState: String, Codable, Sendable, Hashable, CaseIterable {
    /// Every relay domain allows every address of the gateway.
    case open
    /// At least one does not.
    case shut
    /// None is wrong, and DNS did not tell about all.
    case unknown
}

/// What DNS says about one domain whose mail is to leave through the gateway.
package struct RelayDomain: Codable, Sendable, Equatable {
    /// Its name in lower case.
    package var name: String
    /// Whether its SPF record lets every address of the gateway send.
    package var gate: OutboundGateState
    /// What was seen, each way of asking once: the configured resolvers, and the domain's own servers.
    package var views: [SPFView]
    /// The TXT record to publish at the domain, instead of the SPF record it has; nil when its own is right or unknown.
    package var publish: String?
    /// What is wrong and how to mend it, in one or two sentences; nil when nothing is.
    package var advice: String?

    /// Collects the parts.
    package init(name: String, gate: OutboundGateState, views: [SPFView], publish: String?, advice: String?) {
        self.name = name
        self.gate = gate
        self.views = views
        self.publish = publish
        self.advice = advice
    }
}

/// What one way of asking DNS showed of a domain's SPF record.
package struct SPFView: Codable, Sendable, Equatable {
    /// Whom DNS was asked through.
    package enum Source: String, Codable, Sendable, Hashable, CaseIterable {
        /// The configured resolvers, which may hold yesterday's record.
        case resolvers
        /// The servers of the domain's own zone.
        case authoritative
    }

    /// A result of a check (RFC 7208, 2.6).
    package enum Result: String, Codable, Sendable, Hashable, CaseIterable {
        /// There is no record.
        case none
        /// The domain says nothing about the address.
        case neutral
        /// The address may send for the domain.
        case pass
        /// The address may not.
        case fail
        /// The address probably may not.
        case softfail
        /// DNS gave no answer.
        case temperror
        /// What is published cannot be understood.
        case permerror
    }

    /// Whom DNS was asked through.
    package var source: Source
    /// The result: `pass` only when every address of the gateway passes, else that of the first that does not.
    package var result: Result
    /// The addresses of the gateway that do not pass, in the profile's order.
    package var addresses: [String]
    /// The SPF record, when there is exactly one; visible ASCII and spaces, cut to 1,000 characters.
    package var record: String?
    /// Why it is not a pass, in the check's words; nil when it is.
    package var reason: String?

    /// The longest record and the longest reason that a message carries.
    package static let textLengthMax = 1_000

    /// Collects the parts; cuts the texts.
    package init(source: Source, result: Result, addresses: [String], record: String?, reason: String?) {
        self.source = source
        self.result = result
        self.addresses = addresses
        self.record = record.map { String($0.prefix(Self.textLengthMax)) }
        self.reason = reason.map { String($0.prefix(Self.textLengthMax)) }
    }
}
