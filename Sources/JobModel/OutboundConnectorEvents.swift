/// The own members of `events.outbound-connector.enabled.v1`.
package struct OutboundConnectorEnabled: Sendable, Codable, Equatable {
    /// The connector as it was read back.
    package let connector: TenantObject
    /// What DNS said about each relay domain.
    package let domains: [RelayDomain]
    /// Why the gate was passed over; nil when DNS was right.
    package let forcedBecause: String?
    /// Who asked.
    package let requestedBy: String

    /// Collects the parts.
    package init(connector: TenantObject, domains: [RelayDomain], forcedBecause: String?, requestedBy: String) {
        self.connector = connector
        self.domains = domains
        self.forcedBecause = forcedBecause
        self.requestedBy = requestedBy
    }
}

/// The own members of `events.outbound-connector.disabled.v1`.
package struct OutboundConnectorDisabled: Sendable, Codable, Equatable {
    /// The connector as it was read back.
    package let connector: TenantObject
    /// Why; nil when nothing was said.
    package let reason: String?
    /// Who asked.
    package let requestedBy: String

    /// Collects the parts.
    package init(connector: TenantObject, reason: String?, requestedBy: String) {
        self.connector = connector
        self.reason = reason
        self.requestedBy = requestedBy
    }
}
