import JobModel

/// Which findings a job puts right, and what that changes.
///
/// Pure: the same findings lead to the same plan and the same hash.
struct RepairPlan {
    /// The findings to be put right.
    let chosen: [DriftFinding]
    /// What that changes.
    let plan: ChangePlan

    /// Chooses; refuses with `finding-not-repairable` an id that is not among the findings or not for us to repair.
    ///
    /// Without a repair the plan is that of repairing all, so that it can be looked at and agreed to.
    init(
        _ choice: RepairChoice,
        of findings: [DriftFinding],
        for tenant: TenantID,
        kinds: ExchangeKinds
    ) throws {
        let repairable = findings.filter(\.isRepairable)
        switch choice {
        case .none, .all: self.chosen = repairable
        case .findings(let ids):
            for id in ids where !repairable.contains(where: { $0.id == id }) {
                let isThere = findings.contains { $0.id == id }
                throw Problem(
                    .findingNotRepairable,
                    isThere ? "`\(id)` was found and is not for Sluice to repair." : "`\(id)` was not found."
                )
            }
            self.chosen = repairable.filter { ids.contains($0.id) }
        }
        self.plan = try ChangePlan(
            for: tenant,
            changes: Self.changes(self.chosen, kinds),
            unknown: Self.unknown(findings)
        )
    }

    private static func changes(_ chosen: [DriftFinding], _ kinds: ExchangeKinds) -> [PlannedChange] {
        var changes: [PlannedChange] = []
        if chosen.contains(where: { $0.subject == .appRoleAssignment }) { changes.append(.appRole) }
        if chosen.contains(where: { $0.subject == .directoryRoleAssignment }) { changes.append(.directoryRole) }
        return changes
            + [
                self.change(kinds.inbound, chosen), self.change(kinds.outbound, chosen),
                self.change(kinds.rule, chosen),
            ].compactMap { $0 }
    }

    private static func change(_ kind: some ExchangeKind, _ chosen: [DriftFinding]) -> PlannedChange? {
        let ours = chosen.filter { $0.subject == kind.subject }
        guard let first = ours.first else { return nil }
        guard first.field != nil else { return kind.creation }
        return PlannedChange(
            kind: kind.kind,
            name: first.name,
            action: .update,
            fields: ours.map { FieldChange(field: $0.field ?? "", before: $0.live.text, after: $0.wanted.text) }
        )
    }

    private static func unknown(_ findings: [DriftFinding]) -> [UnknownState] {
        findings.compactMap { finding in
            guard finding.field == nil, case .unknown(let reason) = finding.live,
                let kind = TenantObjectKind(rawValue: finding.subject.rawValue)
            else { return nil }
            return UnknownState(kind: kind, reason: reason)
        }
    }
}
