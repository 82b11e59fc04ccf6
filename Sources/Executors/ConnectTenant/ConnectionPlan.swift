import JobModel

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
        return try ChangePlan(for: tenant, changes: changes, unknown: unknown)
    }
}
