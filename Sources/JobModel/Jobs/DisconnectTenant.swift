/// The `data` of `jobs.disconnect-tenant.v1`.
package struct DisconnectTenant: JobPayload, Codable, Equatable {
    /// How many people may be told.
    package static let notifyMax = NotificationRequested.recipientsMax

    /// The customer's name in the console, for people: 1 to 100 characters.
    package let customer: String
    /// Who asked: an e-mail address.
    package let requestedBy: String
    /// Who is told once the job has succeeded; none by default.
    package let notify: [String]
    /// In which language they are told; the notifier's own by default.
    package let language: String?
    /// Why the tenant is disconnected although mail still goes to the gateway; nil, the default, refuses then.
    package let force: ForceReason?
    /// Whether only the plan is wanted; false by default.
    package let dryRun: Bool
    /// The hash of the plan that was agreed to; the job refuses if the tenant's plan is another by now.
    package let planHash: String?

    private enum CodingKeys: String, CodingKey {
        case customer, requestedBy, notify, language, force, dryRun, planHash
    }

    /// Reads the schema's shape, defaults included.
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.customer = try values.decode(String.self, forKey: .customer)
        self.requestedBy = try values.decode(String.self, forKey: .requestedBy)
        self.notify = values.contains(.notify) ? try values.decode([String].self, forKey: .notify) : []
        self.language = values.contains(.language) ? try values.decode(String.self, forKey: .language) : nil
        self.force = values.contains(.force) ? try values.decode(ForceReason.self, forKey: .force) : nil
        self.dryRun = values.contains(.dryRun) ? try values.decode(Bool.self, forKey: .dryRun) : false
        self.planHash = values.contains(.planHash) ? try values.decode(String.self, forKey: .planHash) : nil
    }

    /// The first rule of the schema that is broken.
    package func violation() -> String? {
        PayloadRule.customerViolation(self.customer)
            ?? PayloadRule.requesterViolation(self.requestedBy)
            ?? PayloadRule.recipientsViolation(self.notify, maximum: Self.notifyMax)
            ?? PayloadRule.languageViolation(self.language)
            ?? self.force?.violation()
            ?? PayloadRule.planHashViolation(self.planHash, dryRun: self.dryRun)
    }
}

/// That a person takes the risk which a job would refuse, and why.
package struct ForceReason: Codable, Sendable, Equatable {
    /// The longest reason, in characters.
    package static let lengthMax = 500

    /// Why, in one line of 1 to 500 characters; it stands in the event.
    package let reason: String

    /// Notes the reason.
    package init(reason: String) { self.reason = reason }

    /// The rule of the schema that it breaks.
    package func violation() -> String? {
        PayloadRule.isLine(self.reason, maximum: Self.lengthMax)
            ? nil : "`data.force.reason` is not a line of 1 to \(Self.lengthMax) characters."
    }
}

/// The `output` of `results.disconnect-tenant.v1`.
package struct DisconnectTenantOutput: Codable, Sendable, Equatable {
    /// Whether nothing was changed, as the job asked.
    package var dryRun: Bool
    /// Whether nothing of ours is left, and all of that was read.
    ///
    /// What stays for a good reason (`kept`) counts as not ours. False for a dry run.
    package var isComplete: Bool
    /// What was to be done, under its hash.
    package var plan: ChangePlan
    /// What was done by this job, in order.
    package var changes: [PlannedChange]
    /// What the last reads showed of everything that Sluice makes in a tenant; empty for a dry run.
    package var remains: [DisconnectRemains]
    /// What an administrator should know although the job succeeded.
    package var warnings: [String]

    /// Collects the parts.
    package init(
        dryRun: Bool,
        isComplete: Bool,
        plan: ChangePlan,
        changes: [PlannedChange],
        remains: [DisconnectRemains],
        warnings: [String]
    ) {
        self.dryRun = dryRun
        self.isComplete = isComplete
        self.plan = plan
        self.changes = changes
        self.remains = remains
        self.warnings = warnings
    }
}

/// What is left of one kind of object after disconnecting, as it was read.
package struct DisconnectRemains: Codable, Sendable, Equatable {
    /// How it stands.
    package enum State: String, Codable, Sendable, Hashable, CaseIterable {
        /// It is not there.
        case gone
        /// It stays: an administrator gave it, or another gateway of Sluice's in the tenant needs it.
        case kept
        /// It is still there, though it should not be.
        case left
    }

    /// What it is.
    package var kind: TenantObjectKind
    /// How it stands.
    package var state: State
    /// Its name in the tenant, when it is there.
    package var name: String?
    /// The id the service gave it, when it is there.
    package var id: String?
    /// Why it is still there; nil when it is gone.
    package var reason: String?

    /// Collects the parts.
    package init(
        kind: TenantObjectKind,
        state: State,
        name: String? = nil,
        id: String? = nil,
        reason: String? = nil
    ) {
        self.kind = kind
        self.state = state
        self.name = name
        self.id = id
        self.reason = reason
    }
}
