/// One app role that the product's application registration asks for.
package struct Permission: Equatable, Sendable {
    /// The exact value in a token, such as `Domain.Read.All`.
    package let value: String
    /// The app role's GUID; delegated permissions of the same names have other GUIDs.
    package let roleID: String
    /// The service whose role it is.
    package let resource: Resource
    /// The job types that cannot do their work without it, as they stand in envelopes.
    package let jobs: [String]
    /// What it is for, as half a sentence.
    package let purpose: String
}

extension Permission {
    /// The ten permissions of the product, in the order of the registration.
    ///
    /// GUIDs: Microsoft Graph permissions reference; Exchange.ManageAsApp: Exchange Online PowerShell, "App-only authentication".
    package static let all: [Permission] = [
        Permission(
            value: "Application.Read.All",
            roleID: "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30",
            resource: .graph,
            jobs: ["connect-tenant", "verify-tenant", "disconnect-tenant"],
            purpose: "find our own and Exchange's service principal, and the roles we hold",
        ),
        Permission(
            value: "AppRoleAssignment.ReadWrite.All",
            roleID: WellKnown.assignRolesRoleID,
            resource: .graph,
            jobs: ["connect-tenant", "verify-tenant", "disconnect-tenant"],
            purpose: "give ourselves Exchange.ManageAsApp, and take it away at the end",
        ),
        Permission(
            value: "EntitlementManagement.ReadWrite.All",
            roleID: "9acd699f-1e81-4958-b001-93b1d2506e19",
            resource: .graph,
            jobs: [],
            purpose: "in the registration, used by no job: it gives catalog roles, not directory roles",
        ),
        Permission(
            value: "RoleManagement.ReadWrite.Directory",
            roleID: "9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8",
            resource: .graph,
            jobs: ["connect-tenant", "verify-tenant", "disconnect-tenant"],
            purpose: "give ourselves the directory role Exchange Administrator, and take it away at the end",
        ),
        Permission(
            value: "Domain.Read.All",
            roleID: "dbb9058a-0e50-45d7-ae91-66909b5d4664",
            resource: .graph,
            jobs: ["connect-tenant", "enable-outbound-connector", "verify-tenant", "disconnect-tenant"],
            purpose: "import the tenant's domains and the hosts their mail is delivered to",
        ),
        Permission(
            value: "Group.Read.All",
            roleID: "5b567255-7703-4780-807c-7be8301ae99b",
            resource: .graph,
            jobs: ["connect-tenant", "sync-directory", "verify-tenant"],
            purpose: "import groups",
        ),
        Permission(
            value: "GroupMember.Read.All",
            roleID: "98830695-27a2-44f7-8c18-0c3ebc9698f6",
            resource: .graph,
            jobs: ["sync-directory"],
            purpose: "import the members of groups",
        ),
        Permission(
            value: "User.Read.All",
            roleID: "df021288-bdef-4463-88db-98f22de89214",
            resource: .graph,
            jobs: ["connect-tenant", "sync-directory", "verify-tenant", "pull-message", "restore-message"],
            purpose: "import users and their addresses, and find the mailbox behind an address",
        ),
        Permission(
            value: "Mail.ReadWrite",
            roleID: "e2a3a72e-5f79-4c64-b1b1-878b674786c9",
            resource: .graph,
            jobs: ["pull-message", "restore-message"],
            purpose: "move messages to quarantine and back",
        ),
        Permission(
            value: "Exchange.ManageAsApp",
            roleID: WellKnown.manageAsAppRoleID,
            resource: .exchange,
            jobs: [
                "connect-tenant", "enable-outbound-connector", "disable-outbound-connector", "verify-tenant",
                "disconnect-tenant",
            ],
            purpose: "run Exchange's administration; connect-tenant gives it to itself",
        ),
    ]

    /// The permissions a job type needs; empty for a type this table does not know.
    package static func needed(by job: String) -> [Permission] {
        Self.all.filter { $0.jobs.contains(job) }
    }
}

/// What a tenant granted, held against what the product needs.
package struct PermissionReview: Equatable, Sendable {
    /// One permission of the table and what its state means.
    package struct Line: Equatable, Sendable {
        /// The permission.
        package let permission: Permission
        /// True when the tokens hold it.
        package let isGranted: Bool
        /// The job types that cannot run while it is missing; empty when it is granted or needed by none.
        package let blockedJobs: [String]
    }
    /// A line for every permission of the table, in its order.
    package let lines: [Line]
    /// Roles in the tokens that the product did not ask for, sorted: more right than it needs.
    package let unexpected: [String]

    /// Compares roles as they stand in tokens with the table.
    ///
    /// Pure. Roles count only on the resource they belong to: a Graph role of the same name says nothing about Exchange.
    package init(granted: [Resource: Set<String>]) {
        self.lines = Permission.all.map { permission in
            let isGranted = granted[permission.resource, default: []].contains(permission.value)
            return Line(
                permission: permission,
                isGranted: isGranted,
                blockedJobs: isGranted ? [] : permission.jobs
            )
        }
        self.unexpected = granted.flatMap { resource, roles in
            roles.subtracting(Permission.all.filter { $0.resource == resource }.map(\.value))
        }.sorted()
    }

    /// The permissions that are missing and that some job needs.
    package var missing: [Permission] {
        self.lines.filter { !$0.blockedJobs.isEmpty }.map(\.permission)
    }
}
