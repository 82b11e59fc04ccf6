/// The `data` of `jobs.verify-tenant.v1`.
package struct VerifyTenant: JobPayload, Codable, Equatable {
    /// How many people may be told.
    package static let notifyMax = NotificationRequested.recipientsMax
    /// How many findings may be named for repair.
    package static let repairMax = 500
    /// The longest id of a finding, in characters.
    package static let findingIDLengthMax = 300

    /// The customer's name in the console, for people: 1 to 100 characters.
    package let customer: String
    /// Who asked: an e-mail address.
    package let requestedBy: String
    /// Who is told of drift and of a lost connection; none by default.
    package let notify: [String]
    /// In which language they are told; the notifier's own by default.
    package let language: String?
    /// Which findings are to be put right; none by default.
    package let repair: RepairChoice
    /// Whether only the plan of the repair is wanted; false by default.
    package let dryRun: Bool
    /// The hash of the repair that was agreed to; the job refuses if the tenant leads to another by now.
    package let planHash: String?

    private enum CodingKeys: String, CodingKey {
        case customer, requestedBy, notify, language, repair, dryRun, planHash
    }

    /// Reads the schema's shape, defaults included.
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.customer = try values.decode(String.self, forKey: .customer)
        self.requestedBy = try values.decode(String.self, forKey: .requestedBy)
        self.notify = values.contains(.notify) ? try values.decode([String].self, forKey: .notify) : []
        self.language = values.contains(.language) ? try values.decode(String.self, forKey: .language) : nil
        self.repair = values.contains(.repair) ? try values.decode(RepairChoice.self, forKey: .repair) : .none
        self.dryRun = values.contains(.dryRun) ? try values.decode(Bool.self, forKey: .dryRun) : false
        self.planHash = values.contains(.planHash) ? try values.decode(String.self, forKey: .planHash) : nil
    }

    /// The first rule of the schema that is broken.
    package func violation() -> String? {
        PayloadRule.customerViolation(self.customer)
            ?? PayloadRule.requesterViolation(self.requestedBy)
            ?? PayloadRule.recipientsViolation(self.notify, maximum: Self.notifyMax)
            ?? PayloadRule.languageViolation(self.language)
            ?? self.repairViolation()
            ?? PayloadRule.planHashViolation(self.planHash, dryRun: self.dryRun)
    }

    private func repairViolation() -> String? {
        switch self.repair {
        case .none: return self.planHash == nil ? nil : "`data.planHash` needs a repair in `data.repair`."
        case .all: return nil
        case .findings(let ids):
            if !(1...Self.repairMax).contains(ids.count) {
                return "`data.repair` has \(ids.count) entries; 1 to \(Self.repairMax) are allowed."
            }
            if let index = ids.firstIndex(where: { !PayloadRule.isLine($0, maximum: Self.findingIDLengthMax) }) {
                return "`data.repair[\(index)]` is not a line of 1 to \(Self.findingIDLengthMax) characters."
            }
            return Set(ids).count < ids.count ? "`data.repair` names a finding twice." : nil
        }
    }
}

/// Which findings a job is to put right: `"none"`, `"all"`, or an array of findings' ids.
package enum RepairChoice: Sendable, Equatable, Codable {
    /// Nothing is changed.
    case none
    /// Everything that Sluice may put right.
    case all
    /// These, and nothing else.
    case findings([String])

    /// Reads a word or an array of ids.
    package init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        guard let word = try? value.decode(String.self) else {
            self = .findings(try value.decode([String].self))
            return
        }
        switch word {
        case "none": self = .none
        case "all": self = .all
        default: throw DecodingError.dataCorruptedError(in: value, debugDescription: "neither `none` nor `all`")
        }
    }

    /// Writes the word or the array.
    package func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        switch self {
        case .none: try value.encode("none")
        case .all: try value.encode("all")
        case .findings(let ids): try value.encode(ids)
        }
    }
}

/// The `output` of `results.verify-tenant.v1`.
package struct VerifyTenantOutput: Codable, Sendable, Equatable {
    /// Whether nothing was changed, as the job asked.
    package var dryRun: Bool
    /// Whether the tenant still lets us in.
    package var connection: ConnectionState
    /// What is not as it was left, or as it is wanted: drift.
    ///
    /// As it was found, also when it has been repaired since: then its id is in `repaired`.
    package var findings: [DriftFinding]
    /// What was never in place and is not yet: DNS records that the customer has to publish.
    package var pending: [DriftFinding]
    /// What repairing would change or has changed, under its hash: of the findings that the job named, or of all.
    package var plan: ChangePlan
    /// What this job changed, in order.
    package var changes: [PlannedChange]
    /// The ids of findings that this job put right and read back.
    package var repaired: [String]
    /// What Sluice applied last to each of its objects, as the tenant itself remembers it.
    package var baseline: [AppliedBaseline]
    /// Every permission of the product, and every other that was granted.
    package var permissions: [PermissionStanding]
    /// The tenant's domains; empty when they could not be read.
    package var domains: [TenantDomain]
    /// The objects of ours in the tenant.
    package var objects: [TenantObject]
    /// What an administrator should know although the job succeeded.
    package var warnings: [String]

    /// Collects the parts.
    package init(
        dryRun: Bool,
        connection: ConnectionState,
        findings: [DriftFinding],
        pending: [DriftFinding],
        plan: ChangePlan,
        changes: [PlannedChange],
        repaired: [String],
        baseline: [AppliedBaseline],
        permissions: [PermissionStanding],
        domains: [TenantDomain],
        objects: [TenantObject],
        warnings: [String]
    ) {
        self.dryRun = dryRun
        self.connection = connection
        self.findings = findings
        self.pending = pending
        self.plan = plan
        self.changes = changes
        self.repaired = repaired
        self.baseline = baseline
        self.permissions = permissions
        self.domains = domains
        self.objects = objects
        self.warnings = warnings
    }
}

/// Whether a tenant lets us in.
package enum ConnectionState: String, Codable, Sendable, Hashable, CaseIterable {
    /// Sign-in works and our service principal is there and enabled.
    case intact
    /// The service principal is gone or disabled, or a policy shuts it out: only the customer can mend it.
    case lost
}

/// One permission, as a tenant has granted it or not.
package struct PermissionStanding: Codable, Sendable, Equatable {
    /// The permission's value, such as `Domain.Read.All`.
    package var permission: String
    /// The service whose it is: `graph` or `exchange`.
    package var resource: String
    /// Whether the tokens hold it.
    package var isGranted: Bool
    /// The job types that cannot do their work without it; empty for one that no job needs.
    package var neededBy: [String]

    /// Collects the parts.
    package init(permission: String, resource: String, isGranted: Bool, neededBy: [String]) {
        self.permission = permission
        self.resource = resource
        self.isGranted = isGranted
        self.neededBy = neededBy
    }
}
