import Foundation
import JobModel
import Microsoft365

/// What stands in a tenant's Exchange before a job writes there: our objects, told apart from everyone else's.
///
/// Made by a pure check that refuses with `connector-conflict` whatever a person has to decide first.
struct ExchangeSurvey {
    /// Whether the tenant has to be opened for customisation; nil when Exchange did not say.
    let isDehydrated: Bool?
    /// Our inbound connector, if there is one.
    let inbound: InboundConnector?
    /// Our outbound connector, if there is one.
    let outbound: OutboundConnector?
    /// Our rule, if there is one.
    let rule: TransportRule?
    /// What an administrator should know.
    let warnings: [String]

    /// Sorts the lists.
    ///
    /// `known` are the GUIDs that the job itself remembers, by kind.
    init(
        isDehydrated: Bool?,
        inbound: [InboundConnector],
        outbound: [OutboundConnector],
        rules: [TransportRule],
        kinds: ExchangeKinds,
        gateway: GatewayProfile,
        known: [String: String]
    ) throws(Problem) {
        let inbound = Ownership(kinds.inbound, inbound, gateway: gateway, known: known)
        let outbound = Ownership(kinds.outbound, outbound, gateway: gateway, known: known)
        let rules = Ownership(kinds.rule, rules, gateway: gateway, known: known)
        self.inbound = try inbound.settled()
        self.outbound = try outbound.settled()
        self.rule = try rules.settled()
        var warnings: [String] = []
        for connector in inbound.rivals {
            if let warning = try ForeignConnector(connector).warning() { warnings.append(warning) }
        }
        for connector in outbound.rivals { if let warning = try connector.rivalry() { warnings.append(warning) } }
        warnings += inbound.doubts.map(inbound.sentence) + outbound.doubts.map(outbound.sentence)
        warnings += rules.doubts.map(rules.sentence)
        try self.inbound?.refuseEnhancedFiltering()
        if let warning = self.inbound?.lockDownWarning { warnings.append(warning) }
        self.warnings = warnings
        self.isDehydrated = isDehydrated
    }
}

/// A connector of someone else, as far as conflicts go.
struct ForeignConnector {
    let name: String
    let identity: String
    let words: String
    let isEnabled: Bool?
    let domains: [String]?
    let isForAllDomains: Bool

    init(_ connector: InboundConnector) {
        self.name = connector.name
        self.identity = connector.identity
        self.words = "inbound connector \(connector.quotedName)"
        self.isEnabled = connector.isEnabled
        self.domains = connector.senderDomains
        self.isForAllDomains = connector.isForAllDomains
    }

    init(_ connector: OutboundConnector) {
        self.name = connector.name
        self.identity = connector.identity
        self.words = "outbound connector \(connector.quotedName)"
        self.isEnabled = connector.isEnabled
        self.domains = connector.recipientDomains
        self.isForAllDomains = connector.isForAllDomains
    }

    /// What to say about it; refuses one that is in force for all domains, or may be.
    func warning() throws(Problem) -> String? {
        if self.domains == nil, self.isEnabled != false {
            throw Problem(.unexpectedAnswer, "Exchange showed the \(self.words) without its domains.")
        }
        guard self.isForAllDomains else { return nil }
        guard self.isEnabled == false else {
            throw Problem(.connectorConflict, "The \(self.words) is enabled for all domains and is not ours.")
        }
        return "The \(self.words) is not ours and is for all domains; it must stay disabled."
    }
}

extension OutboundConnector {
    /// What to say about a connector of someone else; refuses one that is in force for all domains, or may be.
    func rivalry() throws(Problem) -> String? { try ForeignConnector(self).warning() }
}

/// The three kinds of a gateway.
struct ExchangeKinds {
    let inbound: InboundKind
    let outbound: OutboundKind
    let rule: BypassRuleKind

    init(exchange: ExchangeAdministration, wanted: WantedObjects) {
        self.inbound = InboundKind(exchange: exchange, made: wanted.inbound)
        self.outbound = OutboundKind(exchange: exchange, made: wanted.outbound)
        self.rule = BypassRuleKind(exchange: exchange, made: wanted.rule)
    }
}

extension ExchangeObject {
    /// The name in quotation marks, cut to what a sentence bears.
    var quotedName: String { "\"\(self.name.prefix(100))\"" }
}

extension InboundConnector {
    /// What to say about a connector of ours that refuses everyone but the gateway.
    fileprivate var lockDownWarning: String? {
        guard self.restrictsDomainsToIPAddresses == true else { return nil }
        return """
            The inbound connector \(self.quotedName) is locked down without proof: Exchange refuses all mail that does not come \
            from the gateway. Unless every MX record leads there, open it with verify-tenant and \
            `repair: ["inbound-connector.RestrictDomainsToIPAddresses"]`.
            """
    }

    /// Refuses enhanced filtering on our connector: Microsoft says to have either it or a rule that bypasses spam filtering.
    ///
    /// It is on when EFSkipLastIP is true or EFSkipIPs are given. Source: Exchange PowerShell, New-InboundConnector.
    fileprivate func refuseEnhancedFiltering() throws(Problem) {
        guard self.record.bool("EFSkipLastIP") == true || !(self.record.list("EFSkipIPs") ?? []).isEmpty else { return }
        throw Problem(
            .connectorConflict,
            """
            The inbound connector \(self.quotedName) has enhanced filtering switched on, which must not be combined \
            with the bypass rule; switch it off (EFSkipLastIP, EFSkipIPs).
            """
        )
    }
}
