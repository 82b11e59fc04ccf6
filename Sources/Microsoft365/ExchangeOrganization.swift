/// A domain that Exchange Online accepts mail for.
package struct AcceptedDomain: Equatable, Sendable {
    /// The full name in lower case.
    package let domainName: String
    /// `Authoritative` or `InternalRelay`.
    package let domainType: String?
    /// True for the domain new mailboxes get.
    package let isDefault: Bool?
    /// True for the tenant's first `…onmicrosoft.com` domain.
    package let isInitial: Bool?

    /// Reads it; nil when it lacks its name.
    package init?(_ record: ExchangeRecord) {
        guard let name = record.text("DomainName") else { return nil }
        self.domainName = name.lowercased()
        self.domainType = record.text("DomainType")
        self.isDefault = record.bool("Default")
        self.isInitial = record.bool("InitialDomain")
    }
}

/// The settings of the whole tenant, as far as we use them.
package struct OrganizationConfig: Equatable, Sendable {
    /// True when the tenant must be opened for customisation before some objects can be made; nil when Exchange did not say.
    package let isDehydrated: Bool?
    /// The tenant's name in Exchange, for the log.
    package let name: String?

    /// Reads it.
    package init(_ record: ExchangeRecord) {
        self.isDehydrated = record.bool("IsDehydrated")
        self.name = record.text("Name")
    }
}
