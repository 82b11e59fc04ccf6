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

/// The own members of `events.notification.requested.v1`.
package struct NotificationRequested: Sendable, Codable, Equatable {
    /// Which template renders it: `tenant-connected`.
    package let template: String
    /// Who is told: e-mail addresses, 1 to 20.
    package let recipients: [String]
    /// What the template may show.
    package let values: [String: String]

    /// Collects the parts.
    package init(template: String, recipients: [String], values: [String: String]) {
        self.template = template
        self.recipients = recipients
        self.values = values
    }
}
