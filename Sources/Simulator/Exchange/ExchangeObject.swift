import Foundation

/// A connector or rule as it is kept.
struct ExchangeObject: Sendable, Equatable {
    let kind: ObjectKind
    let guid: String
    var name: String
    /// Every property of the kind's table.
    var values: [String: JSONValue]
    let createdAt: Date
    var changedAt: Date
    let createdBy: String
    var changedBy: String

    subscript(_ property: String) -> JSONValue { values[property] ?? .null }

    var isEnabled: Bool { self["Enabled"] == true }

    /// Whether an Identity parameter means this object: its name, or its GUID.
    func isIdentified(by identity: String) -> Bool {
        name.lowercased() == identity.lowercased() || guid == identity.lowercased()
    }

    /// Whether this rule or connector would be hidden by a Get- that does not ask for it.
    var isTestMode: Bool { self["TestMode"] == true }
    var isRuleScoped: Bool { self["IsTransportRuleScoped"] == true }
}

/// Rules that tie several properties together.
extension ExchangeObject {
    /// Refuses combinations the service refuses.
    func check() throws(ExchangeError) {
        switch kind {
        case .inboundConnector: try checkInbound()
        case .outboundConnector: try checkOutbound()
        case .transportRule: try checkRule()
        }
    }

    private func checkInbound() throws(ExchangeError) {
        guard self["SenderDomains"].array?.isEmpty == false else {
            throw .invalid("SenderDomains must name at least one domain.")
        }
        try checkOwnServers(["CloudServicesMailEnabled", "TreatMessagesAsInternal"])
        if self["CloudServicesMailEnabled"] == true, self["TreatMessagesAsInternal"] == true {
            throw .ambiguous("CloudServicesMailEnabled and TreatMessagesAsInternal can't be used together.")
        }
        guard self["RestrictDomainsToIPAddresses"] == true else { return }
        guard self["ConnectorType"] == "Partner" else {
            throw .invalid("RestrictDomainsToIPAddresses can only be used on connectors of type Partner.")
        }
        guard self["SenderIPAddresses"].array?.isEmpty == false else {
            throw .invalid("SenderIPAddresses must be specified when RestrictDomainsToIPAddresses is true.")
        }
    }

    private func checkOutbound() throws(ExchangeError) {
        let hasSmartHosts = self["SmartHosts"].array?.isEmpty == false
        if self["UseMXRecord"] == false, !hasSmartHosts {
            throw .invalid("SmartHosts must be specified when UseMXRecord is set to false.")
        }
        if self["UseMXRecord"] == true, hasSmartHosts {
            throw .ambiguous("SmartHosts cannot be used when UseMXRecord is set to true.")
        }
        if self["TlsSettings"] == "DomainValidation", self["TlsDomain"] == .null {
            throw .invalid("TlsDomain must be specified when TlsSettings is DomainValidation.")
        }
        try checkOwnServers(
            ["CloudServicesMailEnabled", "RouteAllMessagesViaOnPremises", "SenderRewritingEnabled"]
        )
        let hasDomains = self["RecipientDomains"].array?.isEmpty == false
        guard hasDomains || isRuleScoped || self["AllAcceptedDomains"] == true else {
            throw .invalid("RecipientDomains must be specified unless the connector is scoped by a transport rule.")
        }
    }

    /// Some settings are for connectors to an organisation's own servers; a partner's is refused them.
    private func checkOwnServers(_ names: [String]) throws(ExchangeError) {
        guard self["ConnectorType"] != "OnPremises" else { return }
        for name in names where self[name] == true {
            throw .invalid("\(name) can only be used on connectors of type OnPremises.")
        }
    }

    private func checkRule() throws(ExchangeError) {
        guard !ruleActions.isEmpty else {
            throw ExchangeError(type: "System.ArgumentException", message: "At least one action must be specified.")
        }
        guard (self["SetHeaderName"] == .null) == (self["SetHeaderValue"] == .null) else {
            throw .ambiguous("SetHeaderName and SetHeaderValue must be used together.")
        }
        let size = JSONValue.object(values).bytes.count
        guard size <= ExchangeObject.largestRule else {
            throw ExchangeError(
                type: "Microsoft.Exchange.MessagingPolicies.Rules.Tasks.TransportRuleTooLargeException",
                message: "The rule is too large: a single rule is limited to 8 KB."
            )
        }
    }

    private static let largestRule = 8 * 1024

    /// Class names of the rule's conditions, exceptions and actions.
    var rulePredicates: [String] {
        present(["SenderIpRanges": "SenderIpRanges", "FromScope": "FromScope"], "Predicate")
    }
    var ruleExceptions: [String] {
        present(["ExceptIfSenderIpRanges": "SenderIpRanges", "ExceptIfFromScope": "FromScope"], "Predicate")
    }
    var ruleActions: [String] {
        present(
            [
                "SetSCL": "SetScl", "SetHeaderName": "SetHeader", "RejectMessageReasonText": "RejectMessage",
                "RouteMessageOutboundConnector": "RouteMessageOutboundConnector",
                "SetAuditSeverity": "SetAuditSeverity",
            ],
            "Action"
        )
    }

    private func present(_ classes: [String: String], _ ending: String) -> [String] {
        classes.keys.sorted().filter { ![.null, .array([])].contains(self[$0]) }.map {
            "Microsoft.Exchange.MessagingPolicies.Rules.Tasks." + (classes[$0] ?? $0) + ending
        }
    }
}
