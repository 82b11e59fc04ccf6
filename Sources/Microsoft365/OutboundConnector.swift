/// A connector that hands mail to a partner's hosts.
package struct OutboundConnector: ExchangeObject {
    /// Everything Exchange sent about it.
    package let record: ExchangeRecord

    /// Reads it; nil when it lacks a name or a GUID.
    package init?(_ record: ExchangeRecord) {
        self.record = record
        guard self.guid != nil, !self.name.isEmpty else { return nil }
    }

    /// True when it is in force; nil when Exchange did not say, which is not the same as disabled.
    package var isEnabled: Bool? { self.record.bool("Enabled") }
    /// `Partner` or `OnPremises`.
    package var connectorType: String? { self.record.text("ConnectorType") }
    /// The free text in which our marker stands.
    package var comment: String? { self.record.text("Comment") }
    /// The recipient domains it is for, without Exchange's decoration: `*` for all.
    package var recipientDomains: [String]? { self.record.list("RecipientDomains").map(ExchangeSpelling.domains) }
    /// The hosts it delivers to, in canonical spelling.
    package var smartHosts: [String]? { self.record.list("SmartHosts").map(ExchangeSpelling.hosts) }
    /// True when it delivers by the recipients' MX records instead of to the smart hosts.
    package var usesMXRecord: Bool? { self.record.bool("UseMXRecord") }
    /// `EncryptionOnly`, `CertificateValidation`, `DomainValidation`, or nil.
    package var tlsSettings: String? { self.record.text("TlsSettings") }
    /// True when only a transport rule leads mail to it.
    package var isTransportRuleScoped: Bool? { self.record.bool("IsTransportRuleScoped") }
    /// True when it is in force for tests only.
    package var isInTestMode: Bool? { self.record.bool("TestMode") }
    /// True when it takes mail to every recipient domain without a rule, so that a second such connector is a conflict.
    package var isForAllDomains: Bool {
        self.isTransportRuleScoped != true && (self.recipientDomains?.contains("*") ?? false)
    }
}

/// What to set on an outbound connector; only what is given is sent.
///
/// Exchange enables a new connector unless it is told not to: always give ``isEnabled`` and read the connector back.
/// Source of names and bounds: Exchange PowerShell, New-OutboundConnector and Set-OutboundConnector.
package struct OutboundConnectorSettings: ExchangeSettings {
    /// The name, at most 64 characters; New- wants one.
    package var name: String?
    /// Partner or own servers.
    package var connectorType: ConnectorType?
    /// Whether it is in force; New- takes **true** when it is not given.
    package var isEnabled: Bool?
    /// The recipient domains it is for, `*` means all.
    package var recipientDomains: [String]?
    /// The hosts to deliver to; wanted when ``usesMXRecord`` is false.
    package var smartHosts: [String]?
    /// Whether to deliver by MX records; New- takes true when it is not given.
    package var usesMXRecord: Bool?
    /// How TLS is demanded.
    package var tlsSettings: OutboundTLS?
    /// Whether only a transport rule leads mail to it.
    package var isTransportRuleScoped: Bool?
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
        if !names.contains("RecipientDomains") { settings.recipientDomains = nil }
        if !names.contains("SmartHosts") { settings.smartHosts = nil }
        if !names.contains("UseMXRecord") { settings.usesMXRecord = nil }
        if !names.contains("TlsSettings") { settings.tlsSettings = nil }
        if !names.contains("IsTransportRuleScoped") { settings.isTransportRuleScoped = nil }
        if !names.contains("Comment") { settings.comment = nil }
        return settings
    }

    /// The given settings by Exchange's parameter names.
    package var parameters: [String: JSONValue] {
        [
            "Name": self.name.map(JSONValue.string),
            "ConnectorType": self.connectorType.map { .string($0.rawValue) },
            "Enabled": self.isEnabled.map(JSONValue.bool),
            "RecipientDomains": self.recipientDomains.map(JSONValue.strings),
            "SmartHosts": self.smartHosts.map(JSONValue.strings),
            "UseMXRecord": self.usesMXRecord.map(JSONValue.bool),
            "TlsSettings": self.tlsSettings.map { .string($0.rawValue) },
            "IsTransportRuleScoped": self.isTransportRuleScoped.map(JSONValue.bool),
            "Comment": self.comment.map(JSONValue.string),
        ].compactMapValues { $0 }
    }
}

/// How an outbound connector demands TLS.
package enum OutboundTLS: String, Sendable {
    /// Any certificate will do.
    case encryptionOnly = "EncryptionOnly"
    /// The certificate must be valid.
    case certificateValidation = "CertificateValidation"
    /// The certificate must be valid and for a named domain.
    case domainValidation = "DomainValidation"
}
