/// The `data` of `jobs.disable-outbound-connector.v1`.
package struct DisableOutboundConnector: JobPayload, Codable, Equatable {
    /// How many people may be told.
    package static let notifyMax = NotificationRequested.recipientsMax

    /// The customer's name in the console, for people: 1 to 100 characters.
    package let customer: String
    /// Why, for the record; nil by default.
    package let reason: String?
    /// Who asked: an e-mail address.
    package let requestedBy: String
    /// Who is told once the job has succeeded; none by default.
    package let notify: [String]
    /// In which language; nil for the notifier's own.
    package let language: String?
    /// Whether only the plan is wanted; false by default.
    package let dryRun: Bool
    /// The hash of the plan that was agreed to; the job refuses if the tenant's plan is another by now.
    package let planHash: String?

    private enum CodingKeys: String, CodingKey {
        case customer, reason, requestedBy, notify, language, dryRun, planHash
    }

    /// Reads the schema's shape, defaults included.
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.customer = try values.decode(String.self, forKey: .customer)
        self.reason = values.contains(.reason) ? try values.decode(String.self, forKey: .reason) : nil
        self.requestedBy = try values.decode(String.self, forKey: .requestedBy)
        self.notify = values.contains(.notify) ? try values.decode([String].self, forKey: .notify) : []
        self.language = values.contains(.language) ? try values.decode(String.self, forKey: .language) : nil
        self.dryRun = values.contains(.dryRun) ? try values.decode(Bool.self, forKey: .dryRun) : false
        self.planHash = values.contains(.planHash) ? try values.decode(String.self, forKey: .planHash) : nil
    }

    /// The first rule of the schema that is broken.
    package func violation() -> String? {
        if let reason, !PayloadRule.isLine(reason, maximum: ForceReason.lengthMax) {
            return "`data.reason` is not a line of 1 to \(ForceReason.lengthMax) characters."
        }
        return PayloadRule.customerViolation(self.customer)
            ?? PayloadRule.requesterViolation(self.requestedBy)
            ?? PayloadRule.recipientsViolation(self.notify, maximum: Self.notifyMax)
            ?? PayloadRule.languageViolation(self.language)
            ?? PayloadRule.planHashViolation(self.planHash, dryRun: self.dryRun)
    }
}

/// The `output` of `results.disable-outbound-connector.v1`.
package struct DisableOutboundConnectorOutput: Codable, Sendable, Equatable {
    /// Whether nothing was changed, as the job asked.
    package var dryRun: Bool
    /// What was to be done, under its hash.
    package var plan: ChangePlan
    /// What was done by this job; empty when the connector was disabled already.
    package var changes: [PlannedChange]
    /// The connector as it was read back.
    package var connector: TenantObject
    /// What an administrator should know although the job succeeded.
    package var warnings: [String]

    /// Collects the parts.
    package init(
        dryRun: Bool,
        plan: ChangePlan,
        changes: [PlannedChange],
        connector: TenantObject,
        warnings: [String]
    ) {
        self.dryRun = dryRun
        self.plan = plan
        self.changes = changes
        self.connector = connector
        self.warnings = warnings
    }
}
