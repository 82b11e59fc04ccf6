import Crypto
import JobModel
import Microsoft365

/// Something of a tenant that was read, or why it could not be.
enum Observed<Value> {
    case known(Value)
    /// One sentence says why; it must not vary from run to run, as it is under the plan's hash.
    case unknown(reason: String)
}

/// What a plan is made from.
struct ObservedTenant {
    /// Whether we hold Exchange.ManageAsApp.
    let holdsAppRole: Bool
    /// Whether we hold Exchange Administrator.
    let holdsDirectoryRole: Bool
    /// What stands in Exchange.
    let exchange: Observed<ExchangeSurvey>
}

/// Works out what a job would change.
///
/// Pure: the same tenant leads to the same plan and the same hash.
enum ConnectionPlan {
    /// Every change in the order of the job's steps.
    static func plan(
        for tenant: TenantID,
        _ observed: ObservedTenant,
        kinds: ExchangeKinds
    ) throws -> ChangePlan {
        var changes: [PlannedChange] = []
        var unknown: [UnknownState] = []
        if !observed.holdsAppRole { changes.append(.appRole) }
        if !observed.holdsDirectoryRole { changes.append(.directoryRole) }
        switch observed.exchange {
        case .known(let survey):
            if survey.isDehydrated == true { changes.append(.customization) }
            changes += [
                try survey.inbound.map { try kinds.inbound.mending(of: $0) } ?? kinds.inbound.creation,
                try survey.outbound.map { try kinds.outbound.mending(of: $0) } ?? kinds.outbound.creation,
                try survey.rule.map { try kinds.rule.mending(of: $0) } ?? kinds.rule.creation,
            ].compactMap { $0 }
        case .unknown(let reason):
            unknown = [
                TenantObjectKind.organizationCustomization, .inboundConnector, .outboundConnector, .bypassRule,
            ].map { UnknownState(kind: $0, reason: reason) }
        }
        let hash = try Self.hash(tenant: tenant, changes: changes, unknown: unknown)
        return ChangePlan(hash: hash, changes: changes, unknown: unknown)
    }

    /// What the hash is taken over; the tenant is in it, so that no plan fits another tenant.
    private struct Hashed: Encodable {
        let tenant: String
        let changes: [PlannedChange]
        let unknown: [UnknownState]
    }

    private static func hash(
        tenant: TenantID,
        changes: [PlannedChange],
        unknown: [UnknownState]
    ) throws -> String {
        let hashed = Hashed(tenant: tenant.description, changes: changes, unknown: unknown)
        let digest = SHA256.hash(data: try CanonicalJSON.bytes(hashed))
        let hexadecimal = digest.map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0\(digits)" : digits
        }
        return "sha256:\(hexadecimal.joined())"
    }
}

extension PlannedChange {
    /// The grant of Exchange.ManageAsApp to ourselves.
    static let appRole = PlannedChange(
        kind: .appRoleAssignment,
        name: "Exchange.ManageAsApp",
        action: .create,
        fields: [JobModel.FieldChange(field: "appRoleId", before: nil, after: WellKnown.manageAsAppRoleID)]
    )

    /// Our role Exchange Administrator, over the whole directory.
    static let directoryRole = PlannedChange(
        kind: .directoryRoleAssignment,
        name: "Exchange Administrator",
        action: .create,
        fields: [
            JobModel.FieldChange(field: "directoryScopeId", before: nil, after: "/"),
            JobModel.FieldChange(field: "roleDefinitionId", before: nil, after: WellKnown.exchangeAdministratorRoleID),
        ]
    )

    /// The opening of the tenant for customisation.
    static let customization = PlannedChange(
        kind: .organizationCustomization,
        name: "Organization customization",
        action: .update,
        fields: [JobModel.FieldChange(field: "IsDehydrated", before: "true", after: "false")]
    )
}
