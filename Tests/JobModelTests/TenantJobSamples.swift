import Foundation

@testable import JobModel

/// What verify-tenant and disconnect-tenant say, with every kind of value once.
enum TenantJobSamples {
    /// A finding of every kind, about every subject, with every state of a value.
    static let findings: [DriftFinding] = {
        let values: [ObservedValue] = [.known("a, \"b\""), .known(""), .absent, .unknown("Exchange refused to say.")]
        let bare = DriftKind.allCases.map { kind in
            DriftFinding(
                id: "bypass-rule.\(kind.rawValue)",
                subject: .bypassRule,
                name: "Gateway",
                drift: kind,
                lastApplied: .absent,
                wanted: .absent,
                live: .absent,
                isRepairable: false,
                advice: "Nothing."
            )
        }
        return bare
            + DriftSubject.allCases.enumerated().map { index, subject in
                DriftFinding(
                    id: "\(subject.rawValue).Field",
                    subject: subject,
                    name: "Gateway",
                    objectID: "17",
                    field: "Field",
                    drift: .changed,
                    lastApplied: values[index % values.count],
                    wanted: values[(index + 1) % values.count],
                    live: values[(index + 2) % values.count],
                    changedAt: "2026-11-23T03:00:00.000Z",
                    changedBy: "Megan Bowen",
                    blockedJobs: ["sync-directory"],
                    isRepairable: true,
                    advice: "Repair it."
                )
            }
    }()

    /// What was applied, with a value and without one.
    static let baseline = AppliedBaseline(
        kind: .inboundConnector,
        id: "17",
        job: "0193574e-2b00-7c3a-9d1e-5a4b3c2d1e0f",
        appliedAt: "2026-11-23T03:00:00.000Z",
        fields: [AppliedField(field: "Enabled", value: "true"), AppliedField(field: "Comment", value: nil)],
        before: BeforeState(appRoleAssignment: true, directoryRoleAssignment: false, organizationCustomization: nil)
    )

    /// What is left, in every state.
    static let remains = DisconnectRemains.State.allCases.map { state in
        state == .gone
            ? DisconnectRemains(kind: .bypassRule, state: state)
            : DisconnectRemains(kind: .bypassRule, state: state, name: "n", id: "i", reason: "Somebody needs it.")
    }

    /// The outputs of both jobs, full and bare.
    static func outputs(changes: [PlannedChange]) throws -> [(JobType, [UInt8])] {
        let removal = PlannedChange(
            kind: .outboundConnector,
            name: "Gateway",
            action: .remove,
            fields: [FieldChange(field: "Enabled", before: "false", after: nil)]
        )
        let plan = ChangePlan(
            hash: "sha256:" + String(repeating: "0f", count: 32),
            changes: changes + [removal],
            unknown: []
        )
        let encoder = JSONEncoder()
        let verified = VerifyTenantOutput(
            dryRun: false,
            connection: .intact,
            findings: self.findings,
            pending: Array(self.findings.prefix(1)),
            plan: plan,
            changes: changes,
            repaired: self.findings.map(\.id),
            baseline: [self.baseline],
            permissions: [
                PermissionStanding(permission: "Mail.ReadWrite", resource: "graph", isGranted: false, neededBy: [])
            ],
            domains: [],
            objects: [],
            warnings: ["A domain is not verified."]
        )
        let disconnected = DisconnectTenantOutput(
            dryRun: false,
            isComplete: true,
            plan: plan,
            changes: [removal],
            remains: self.remains,
            warnings: []
        )
        return [
            (.verifyTenant, Array(try encoder.encode(verified))),
            (.disconnectTenant, Array(try encoder.encode(disconnected))),
        ]
    }
}
