import JobModel
import Microsoft365

/// What a gateway needs in a tenant: two connectors and a rule.
///
/// Pure. Source of the settings: Microsoft Learn, "Manage mail flow using a third-party cloud service with Exchange Online".
struct WantedObjects {
    /// Recognises mail from the gateway's addresses, and refuses nobody else.
    ///
    /// With `RestrictDomainsToIPAddresses` Exchange would at once refuse every other host, and so all internet mail of a tenant
    /// whose MX still leads to Microsoft. That restriction is the last step of Microsoft's guide, after MX has moved.
    let inbound: InboundConnectorSettings
    /// Hands all outgoing mail to the gateway.
    ///
    /// Made disabled: until SPF names the gateway, receivers would refuse the mail.
    let outbound: OutboundConnectorSettings
    /// Spares the gateway's mail a second spam filter.
    let rule: TransportRuleSettings

    /// Derives them; throws only if the gateway's ranges cannot be spelled for Exchange, which `GatewayProfile` excludes.
    init(gateway: GatewayProfile) throws {
        self.inbound = try Self.inbound(gateway)
        self.outbound = Self.outbound(gateway)
        self.rule = Self.rule(gateway)
    }

    private static func inbound(_ gateway: GatewayProfile) throws -> InboundConnectorSettings {
        var settings = InboundConnectorSettings()
        settings.name = "Inbound Connector for \(gateway.name)"
        settings.connectorType = .partner
        settings.isEnabled = true
        settings.senderDomains = ["*"]
        settings.senderIPAddresses = try IPv4Range.senderIPAddresses(for: gateway.inboundRanges)
        settings.requiresTLS = true
        settings.restrictsDomainsToIPAddresses = false
        settings.comment = ObjectMarker(gateway: gateway, kind: .inboundConnector).comment
        return settings
    }

    private static func outbound(_ gateway: GatewayProfile) -> OutboundConnectorSettings {
        var settings = OutboundConnectorSettings()
        settings.name = "Outbound Connector for \(gateway.name)"
        settings.connectorType = .partner
        settings.isEnabled = false
        settings.recipientDomains = ["*"]
        settings.smartHosts = gateway.smartHosts
        settings.usesMXRecord = false
        settings.tlsSettings = .encryptionOnly
        settings.comment = ObjectMarker(gateway: gateway, kind: .outboundConnector).comment
        return settings
    }

    private static func rule(_ gateway: GatewayProfile) -> TransportRuleSettings {
        var settings = TransportRuleSettings()
        settings.name = "Bypass Spam Filtering for \(gateway.name)"
        settings.senderIPRanges = gateway.inboundRanges
        settings.setsSCL = -1
        settings.mode = .enforce
        settings.comments = ObjectMarker(gateway: gateway, kind: .bypassRule).comment
        return settings
    }
}
