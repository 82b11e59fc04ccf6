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

/// The own members of `events.tenant.connection-lost.v1`.
package struct TenantConnectionLost: Sendable, Codable, Equatable {
    /// The customer's name in the console.
    package let customer: String
    /// Why the tenant does not let us in, and how the customer mends it.
    package let problem: Problem

    /// Collects the parts.
    package init(customer: String, problem: Problem) {
        self.customer = customer
        self.problem = problem
    }
}

/// The own members of `events.tenant.disconnected.v1`.
package struct TenantDisconnected: Sendable, Codable, Equatable {
    /// The customer's name in the console.
    package let customer: String
    /// Whether nothing of ours is left.
    package let isComplete: Bool
    /// What the last reads showed.
    package let remains: [DisconnectRemains]
    /// Why it was done although mail still went to the gateway; nil when it did not.
    package let forcedBecause: String?

    /// Collects the parts.
    package init(customer: String, isComplete: Bool, remains: [DisconnectRemains], forcedBecause: String?) {
        self.customer = customer
        self.isComplete = isComplete
        self.remains = remains
        self.forcedBecause = forcedBecause
    }
}

/// The own members of `events.drift.found.v1`.
package struct DriftFound: Sendable, Codable, Equatable {
    /// How many findings one event carries at most; a job with more sends several events.
    package static let findingsMax = 25

    /// The customer's name in the console.
    package let customer: String
    /// What was found.
    package let findings: [DriftFinding]

    /// Collects the parts.
    package init(customer: String, findings: [DriftFinding]) {
        self.customer = customer
        self.findings = findings
    }
}

/// The own members of `events.tenant.changed.v1`.
package struct TenantChanged: Sendable, Codable, Equatable {
    /// What was made or changed, field by field.
    package let change: PlannedChange

    /// Collects the parts.
    package init(change: PlannedChange) { self.change = change }
}
