/// The own members of `events.tenant.connected.v1`.
package struct TenantConnected: Sendable, Codable, Equatable {
    /// The customer's name in the console.
    package let customer: String
    /// The domains imported for mail flow.
    package let importedDomains: [String]
    /// The objects of ours in the tenant.
    package let objects: [TenantObject]

    /// Collects the parts.
    package init(customer: String, importedDomains: [String], objects: [TenantObject]) {
        self.customer = customer
        self.importedDomains = importedDomains
        self.objects = objects
    }
}

/// The own members of `events.tenant.changed.v1`.
package struct TenantChanged: Sendable, Codable, Equatable {
    /// What was made or changed, field by field.
    package let change: PlannedChange

    /// Collects the parts.
    package init(change: PlannedChange) { self.change = change }
}
