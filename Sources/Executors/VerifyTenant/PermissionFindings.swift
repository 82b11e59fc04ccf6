import JobModel
import Microsoft365

/// What a tenant granted, held against what the jobs need: each missing permission, and each that nobody needs.
///
/// Pure.
struct PermissionFindings {
    /// Every permission of the product, and every other that was granted.
    let standing: [PermissionStanding]
    /// What is missing or too much.
    let findings: [DriftFinding]

    /// Compares roles as they stand in tokens.
    ///
    /// Exchange.ManageAsApp is left out: it is a grant that Sluice gives itself, and its absence a finding of its own.
    init(granted: [Resource: Set<String>]) {
        let review = PermissionReview(granted: granted)
        let surplus = granted.flatMap { resource, roles in
            roles.filter { role in !Permission.all.contains { $0.resource == resource && $0.value == role } }
                .map { (resource: resource, role: $0) }
        }.sorted { $0.role < $1.role }
        self.standing =
            review.lines.map {
                PermissionStanding(
                    permission: $0.permission.value,
                    resource: $0.permission.resource.rawValue,
                    isGranted: $0.isGranted,
                    neededBy: $0.permission.jobs
                )
            }
            + surplus.map {
                PermissionStanding(permission: $0.role, resource: $0.resource.rawValue, isGranted: true, neededBy: [])
            }
        self.findings =
            review.missing.filter { $0.roleID != WellKnown.manageAsAppRoleID }.map(Self.missing)
            + surplus.map { Self.surplus($0.role) }
    }

    private static func missing(_ permission: Permission) -> DriftFinding {
        DriftFinding(
            id: "permission.\(permission.value)",
            subject: .permission,
            name: permission.value,
            drift: .missing,
            lastApplied: .unknown("Consents are the customer's and are not recorded."),
            wanted: .known("granted"),
            live: .absent,
            blockedJobs: permission.jobs,
            isRepairable: false,
            advice:
                "Have a Global Administrator consent again (`sluice consent-url`); it is needed to \(permission.purpose)."
        )
    }

    private static func surplus(_ role: String) -> DriftFinding {
        DriftFinding(
            id: "permission.\(role)",
            subject: .permission,
            name: role,
            drift: .surplus,
            lastApplied: .absent,
            wanted: .absent,
            live: .known("granted"),
            isRepairable: false,
            advice: "Have an administrator take it away: no job needs it."
        )
    }
}
