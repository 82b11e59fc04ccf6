/// The `data` of `jobs.enable-outbound-connector.v1`.
package struct EnableOutboundConnector: JobPayload, Codable, Equatable {
    /// How many relay domains may be named.
    package static let relayDomainsMax = 100
    /// How many people may be told.
    package static let notifyMax = NotificationRequested.recipientsMax

    /// The customer's name in the console, for people: 1 to 100 characters.
    package let customer: String
    /// The domains whose mail is to leave through the gateway; nil means every domain imported for mail flow.
    package let relayDomains: [String]?
    /// Whether the job waits until DNS is right instead of being refused; false by default.
    package let waitForDns: Bool
    /// Enables although DNS is not right, or not known; nil by default.
    package let force: ForceReason?
    /// Who asked: an e-mail address.
    package let requestedBy: String
    /// Who is told once the job has succeeded; none by default.
    package let notify: [String]
    /// In which language; nil for the notifier's own.
    package let language: String?
    /// Whether only the plan and the verdicts are wanted; false by default.
    package let dryRun: Bool
    /// The hash of the plan that was agreed to; the job refuses if the tenant's plan is another by now.
    package let planHash: String?

    private enum CodingKeys: String, CodingKey {
        case customer, relayDomains, waitForDns, force, requestedBy, notify, language, dryRun, planHash
    }

    /// Reads the schema's shape, defaults included.
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.customer = try values.decode(String.self, forKey: .customer)
        self.relayDomains =
            values.contains(.relayDomains) ? try values.decode([String].self, forKey: .relayDomains) : nil
        self.waitForDns = values.contains(.waitForDns) ? try values.decode(Bool.self, forKey: .waitForDns) : false
        self.force = values.contains(.force) ? try values.decode(ForceReason.self, forKey: .force) : nil
        self.requestedBy = try values.decode(String.self, forKey: .requestedBy)
        self.notify = values.contains(.notify) ? try values.decode([String].self, forKey: .notify) : []
        self.language = values.contains(.language) ? try values.decode(String.self, forKey: .language) : nil
        self.dryRun = values.contains(.dryRun) ? try values.decode(Bool.self, forKey: .dryRun) : false
        self.planHash = values.contains(.planHash) ? try values.decode(String.self, forKey: .planHash) : nil
    }

    /// The first rule of the schema that is broken.
    package func violation() -> String? {
        PayloadRule.customerViolation(self.customer) ?? self.domainsViolation() ?? self.force?.violation()
            ?? (self.force != nil && self.waitForDns ? "`data.force` cannot go with `data.waitForDns`." : nil)
            ?? PayloadRule.requesterViolation(self.requestedBy)
            ?? PayloadRule.recipientsViolation(self.notify, maximum: Self.notifyMax)
            ?? PayloadRule.languageViolation(self.language)
            ?? PayloadRule.planHashViolation(self.planHash, dryRun: self.dryRun)
    }

    private func domainsViolation() -> String? {
        guard let domains = self.relayDomains else { return nil }
        if !(1...Self.relayDomainsMax).contains(domains.count) {
            return "`data.relayDomains` has \(domains.count) entries; 1 to \(Self.relayDomainsMax) are allowed."
        }
        if let index = domains.firstIndex(where: { !PayloadRule.isDomainName($0) }) {
            return "`data.relayDomains[\(index)]` is not a domain name."
        }
        return Set(domains).count < domains.count ? "`data.relayDomains` names a domain twice." : nil
    }
}

/// The `output` of `results.enable-outbound-connector.v1`.
package struct EnableOutboundConnectorOutput: Codable, Sendable, Equatable {
    /// Whether nothing was changed, as the job asked.
    package var dryRun: Bool
    /// What was to be done, under its hash.
    package var plan: ChangePlan
    /// What was done by this job; empty when the connector was enabled already.
    package var changes: [PlannedChange]
    /// Whether DNS was right for every relay domain.
    package var gate: OutboundGateState
    /// Why the gate was passed over; nil when it was not.
    package var forcedBecause: String?
    /// The connector as it was read back.
    package var connector: TenantObject
    /// What DNS says about each relay domain.
    package var domains: [RelayDomain]
    /// What an administrator should know although the job succeeded.
    package var warnings: [String]

    /// Collects the parts.
    package init(
        dryRun: Bool,
        plan: ChangePlan,
        changes: [PlannedChange],
        gate: OutboundGateState,
        forcedBecause: String?,
        connector: TenantObject,
        domains: [RelayDomain],
        warnings: [String]
    ) {
        self.dryRun = dryRun
        self.plan = plan
        self.changes = changes
        self.gate = gate
        self.forcedBecause = forcedBecause
        self.connector = connector
        self.domains = domains
        self.warnings = warnings
    }
}
