/// The `data` of `jobs.connect-tenant.v1`.
package struct ConnectTenant: JobPayload, Codable, Equatable {
    /// How many domains may be claimed.
    package static let claimedDomainsMax = 100
    /// How many people may be told.
    package static let notifyMax = NotificationRequested.recipientsMax

    /// The customer's name in the console, for people: 1 to 100 characters.
    package let customer: String
    /// Domains that the customer says are theirs; at least one must be verified in the tenant.
    package let claimedDomains: [String]
    /// Who asked: an e-mail address.
    package let requestedBy: String
    /// Who is told once the job has succeeded; none by default.
    package let notify: [String]
    /// In which language they are told; the notifier's own by default.
    package let language: String?
    /// Whether only the plan is wanted; false by default.
    package let dryRun: Bool
    /// The hash of the plan that was agreed to; the job refuses if the tenant's plan is another by now.
    package let planHash: String?

    private enum CodingKeys: String, CodingKey {
        case customer, claimedDomains, requestedBy, notify, language, dryRun, planHash
    }

    /// Reads the schema's shape, defaults included.
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.customer = try values.decode(String.self, forKey: .customer)
        self.claimedDomains = try values.decode([String].self, forKey: .claimedDomains)
        self.requestedBy = try values.decode(String.self, forKey: .requestedBy)
        self.notify = values.contains(.notify) ? try values.decode([String].self, forKey: .notify) : []
        self.language = values.contains(.language) ? try values.decode(String.self, forKey: .language) : nil
        self.dryRun = values.contains(.dryRun) ? try values.decode(Bool.self, forKey: .dryRun) : false
        self.planHash = values.contains(.planHash) ? try values.decode(String.self, forKey: .planHash) : nil
    }

    /// The first rule of the schema that is broken.
    package func violation() -> String? {
        if let violation = PayloadRule.customerViolation(self.customer) { return violation }
        if !(1...Self.claimedDomainsMax).contains(self.claimedDomains.count) {
            return
                "`data.claimedDomains` has \(self.claimedDomains.count) entries; 1 to \(Self.claimedDomainsMax) are allowed."
        }
        if let index = self.claimedDomains.firstIndex(where: { !PayloadRule.isDomainName($0) }) {
            return "`data.claimedDomains[\(index)]` is not a domain name."
        }
        if Set(self.claimedDomains).count < self.claimedDomains.count {
            return "`data.claimedDomains` names a domain twice."
        }
        return PayloadRule.requesterViolation(self.requestedBy)
            ?? PayloadRule.recipientsViolation(self.notify, maximum: Self.notifyMax)
            ?? PayloadRule.languageViolation(self.language)
            ?? PayloadRule.planHashViolation(self.planHash, dryRun: self.dryRun)
    }
}

/// The `output` of `results.connect-tenant.v1`.
package struct ConnectTenantOutput: Codable, Sendable, Equatable {
    /// Whether nothing was changed, as the job asked.
    package var dryRun: Bool
    /// What was to be done, under its hash.
    package var plan: ChangePlan
    /// What was done by this job, in order; empty when the tenant was as wanted.
    package var changes: [PlannedChange]
    /// The tenant's domains.
    package var domains: [TenantDomain]
    /// The objects of ours in the tenant; empty for a dry run of a tenant that is not connected.
    package var objects: [TenantObject]
    /// What the directory probe found; nil for a dry run before the grants are there.
    package var directory: DirectoryAccess?
    /// What was applied to each object of ours, when and by which job; nil for a dry run.
    package var baseline: [AppliedBaseline]?
    /// What an administrator should know although the job succeeded.
    package var warnings: [String]

    /// Collects the parts.
    package init(
        dryRun: Bool,
        plan: ChangePlan,
        changes: [PlannedChange],
        domains: [TenantDomain],
        objects: [TenantObject],
        directory: DirectoryAccess?,
        baseline: [AppliedBaseline]?,
        warnings: [String]
    ) {
        self.dryRun = dryRun
        self.plan = plan
        self.changes = changes
        self.domains = domains
        self.objects = objects
        self.directory = directory
        self.baseline = baseline
        self.warnings = warnings
    }
}

/// A domain of a tenant, as the two services show it.
package struct TenantDomain: Codable, Sendable, Equatable {
    /// Its name in lower case.
    package var name: String
    /// Whether Entra has verified it.
    package var isVerified: Bool
    /// Whether it is the tenant's `onmicrosoft.com` domain.
    package var isInitial: Bool
    /// Whether it is the tenant's default domain.
    package var isDefault: Bool
    /// Its type in Exchange (`Authoritative`, `InternalRelay`, …); nil when Exchange does not accept it, or was not asked.
    package var acceptedType: String?
    /// The host the gateway must relay to, as Microsoft states it; nil when it states none.
    package var mailExchange: String?
    /// The hosts of its MX records as DNS has them now, the preferred one first; empty when it has none.
    ///
    /// Nil when it is no domain for mail flow, or when DNS could not tell: unknown is never taken as none.
    package var currentMailExchanges: [String]?
    /// Whether it is imported for mail flow: verified, for e-mail, accepted by Exchange, not an `onmicrosoft.com` one.
    package var isImported: Bool
    /// Whether the gateway relays for it; connecting a tenant never turns it on.
    package var isRelayEnabled: Bool

    /// Collects the parts.
    package init(
        name: String,
        isVerified: Bool,
        isInitial: Bool,
        isDefault: Bool,
        acceptedType: String?,
        mailExchange: String?,
        currentMailExchanges: [String]?,
        isImported: Bool,
        isRelayEnabled: Bool
    ) {
        self.name = name
        self.isVerified = isVerified
        self.isInitial = isInitial
        self.isDefault = isDefault
        self.acceptedType = acceptedType
        self.mailExchange = mailExchange
        self.currentMailExchanges = currentMailExchanges
        self.isImported = isImported
        self.isRelayEnabled = isRelayEnabled
    }
}

/// An object of ours in a tenant, as it was read back.
package struct TenantObject: Codable, Sendable, Equatable {
    /// What it is.
    package var kind: TenantObjectKind
    /// Its name in the tenant.
    package var name: String
    /// The id the service gave it.
    package var id: String
    /// Whether it is in force.
    package var isEnabled: Bool

    /// Collects the parts.
    package init(kind: TenantObjectKind, name: String, id: String, isEnabled: Bool) {
        self.kind = kind
        self.name = name
        self.id = id
        self.isEnabled = isEnabled
    }
}

/// What Sluice reads, makes or changes in a tenant.
package enum TenantObjectKind: String, Codable, Sendable, Hashable, CaseIterable {
    /// The grant of Exchange.ManageAsApp to our service principal.
    case appRoleAssignment = "app-role-assignment"
    /// Our service principal's role Exchange Administrator.
    case directoryRoleAssignment = "directory-role-assignment"
    /// The organisation's customisation, once per tenant.
    case organizationCustomization = "organization-customization"
    /// The connector that recognises mail from the gateway.
    case inboundConnector = "inbound-connector"
    /// The connector that sends mail out through the gateway.
    case outboundConnector = "outbound-connector"
    /// The rule that spares the gateway's mail a second spam filter.
    case bypassRule = "bypass-rule"
}

/// What the directory probe found.
package struct DirectoryAccess: Codable, Sendable, Equatable {
    /// Whether users can be read.
    package var users: Bool
    /// Whether groups can be read.
    package var groups: Bool
    /// What of it is to be imported: what a console gives its sync-directory jobs as `filters`.
    package var filters: DirectoryFilters?

    /// Collects the parts.
    package init(users: Bool, groups: Bool, filters: DirectoryFilters? = nil) {
        self.users = users
        self.groups = groups
        self.filters = filters
    }
}
