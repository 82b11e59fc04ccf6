/// A connector that admits mail from a partner's hosts.
package struct InboundConnector: ExchangeObject {
    /// Everything Exchange sent about it.
    package let record: ExchangeRecord

    /// Reads it; nil when it lacks a name or a GUID.
    package init?(_ record: ExchangeRecord) {
        self.record = record
        guard self.guid != nil, !self.name.isEmpty else { return nil }
    }

    /// True when it is in force; nil when Exchange did not say.
    package var isEnabled: Bool? { self.record.bool("Enabled") }
    /// `Partner` or `OnPremises`.
    package var connectorType: String? { self.record.text("ConnectorType") }
    /// The free text in which our marker stands.
    package var comment: String? { self.record.text("Comment") }
    /// The sender domains it is for, without Exchange's decoration: `*` for all.
    package var senderDomains: [String]? { self.record.list("SenderDomains").map(ExchangeSpelling.domains) }
    /// The addresses it admits, in canonical spelling.
    package var senderIPAddresses: [String]? { self.record.list("SenderIPAddresses").map(ExchangeSpelling.addresses) }
    /// True when TLS is demanded.
    package var requiresTLS: Bool? { self.record.bool("RequireTls") }
    /// True when other addresses are refused for the sender domains.
    package var restrictsDomainsToIPAddresses: Bool? { self.record.bool("RestrictDomainsToIPAddresses") }
    /// True when it is for mail of every sender domain, so that a second such connector is a conflict.
    package var isForAllDomains: Bool { self.senderDomains?.contains("*") ?? false }
}

/// What to set on an inbound connector; only what is given is sent.
///
/// Source of names and bounds: Exchange PowerShell, New-InboundConnector and Set-InboundConnector.
package struct InboundConnectorSettings: ExchangeSettings {
    /// The name; New- wants one.
    package var name: String?
    /// Partner or own servers; Exchange documents no default, so say it.
    package var connectorType: ConnectorType?
    /// Whether it is in force; New- takes true when it is not given.
    package var isEnabled: Bool?
    /// The sender domains it is for; New- wants them, `*` means all.
    package var senderDomains: [String]?
    /// The addresses it admits: IPv4, single or CIDR of /24 to /32.
    ///
    /// Use ``IPv4Range/senderIPAddresses(for:)`` to cut wider ranges.
    package var senderIPAddresses: [String]?
    /// Whether TLS is demanded; New- takes true when it is not given.
    package var requiresTLS: Bool?
    /// Whether other addresses are refused for the sender domains.
    package var restrictsDomainsToIPAddresses: Bool?
    /// Free text, the place of our marker.
    package var comment: String?

    /// Starts with nothing given.
    package init() {}

    /// The settings of these names, and no others.
    package func only(_ names: Set<String>) -> Self {
        var settings = self
        if !names.contains("Name") { settings.name = nil }
        if !names.contains("ConnectorType") { settings.connectorType = nil }
        if !names.contains("Enabled") { settings.isEnabled = nil }
        if !names.contains("SenderDomains") { settings.senderDomains = nil }
        if !names.contains("SenderIPAddresses") { settings.senderIPAddresses = nil }
        if !names.contains("RequireTls") { settings.requiresTLS = nil }
        if !names.contains("RestrictDomainsToIPAddresses") { settings.restrictsDomainsToIPAddresses = nil }
        if !names.contains("Comment") { settings.comment = nil }
        return settings
    }

    /// The given settings by Exchange's parameter names.
    package var parameters: [String: JSONValue] {
        [
            "Name": self.name.map(JSONValue.string),
            "ConnectorType": self.connectorType.map { .string($0.rawValue) },
            "Enabled": self.isEnabled.map(JSONValue.bool),
            "SenderDomains": self.senderDomains.map(JSONValue.strings),
            "SenderIPAddresses": self.senderIPAddresses.map(JSONValue.strings),
            "RequireTls": self.requiresTLS.map(JSONValue.bool),
            "RestrictDomainsToIPAddresses": self.restrictsDomainsToIPAddresses.map(JSONValue.bool),
            "Comment": self.comment.map(JSONValue.string),
        ].compactMapValues { $0 }
    }
}

/// Who is at the other end of a connector.
package enum ConnectorType: String, Sendable {
    /// Another organisation, such as the gateway.
    case partner = "Partner"
    /// The organisation's own servers.
    case onPremises = "OnPremises"
}
