/// A call of Microsoft Graph v1.0 that the simulator knows.
struct GraphRoute: Sendable, Equatable {
    /// The calls; the raw value is the end of the route's name.
    enum Kind: String, Sendable, CaseIterable {
        case getPrincipal = "servicePrincipals.get"
        case listPrincipals = "servicePrincipals.list"
        case createPrincipal = "servicePrincipals.create"
        case listAppRoles = "appRoleAssignments.list"
        case createAppRole = "appRoleAssignments.create"
        case deleteAppRole = "appRoleAssignments.delete"
        case listAssignedTo = "appRoleAssignedTo.list"
        case createAssignedTo = "appRoleAssignedTo.create"
        case deleteAssignedTo = "appRoleAssignedTo.delete"
        case listRoles = "roleAssignments.list"
        case getRole = "roleAssignments.get"
        case createRole = "roleAssignments.create"
        case deleteRole = "roleAssignments.delete"
        case listDomains = "domains.list"
        case getDomain = "domains.get"
        case verificationRecords = "domains.verificationDnsRecords"
        case serviceRecords = "domains.serviceConfigurationRecords"
        case listUsers = "users.list"
        case getUser = "users.get"
        case usersDelta = "users.delta"
        case listGroups = "groups.list"
        case getGroup = "groups.get"
        case groupsDelta = "groups.delta"
        case listMembers = "groups.members.list"
        case listOrganization = "organization.list"

        var name: String { "graph." + rawValue }

        /// Holding any one of these is enough (permissions tables of the Graph reference).
        var permissions: Set<String> {
            switch self {
            case .getPrincipal, .listPrincipals, .listAppRoles, .listAssignedTo:
                ["Application.Read.All", "Application.ReadWrite.All", "Directory.Read.All"]
            case .createPrincipal: ["Application.ReadWrite.All"]
            case .createAppRole, .deleteAppRole, .createAssignedTo, .deleteAssignedTo:
                ["AppRoleAssignment.ReadWrite.All"]
            case .listRoles, .getRole: ["RoleManagement.ReadWrite.Directory", "Directory.Read.All"]
            case .createRole, .deleteRole: ["RoleManagement.ReadWrite.Directory"]
            case .listDomains, .getDomain, .verificationRecords, .serviceRecords:
                ["Domain.Read.All", "Directory.Read.All"]
            case .listUsers, .getUser, .usersDelta: ["User.Read.All", "Directory.Read.All"]
            case .listGroups, .getGroup, .groupsDelta, .listMembers:
                ["Group.Read.All", "GroupMember.Read.All", "Directory.Read.All"]
            case .listOrganization: ["Directory.Read.All", "User.Read.All"]
            }
        }

        var mayChangeTenant: Bool {
            switch self {
            case .createPrincipal, .createAppRole, .deleteAppRole, .createAssignedTo, .deleteAssignedTo, .createRole,
                .deleteRole:
                true
            case .getPrincipal, .listPrincipals, .listAppRoles, .listAssignedTo, .listRoles, .getRole, .listDomains,
                .getDomain, .verificationRecords, .serviceRecords, .listUsers, .getUser, .usersDelta,
                .listGroups, .getGroup, .groupsDelta, .listMembers, .listOrganization:
                false
            }
        }
    }

    let kind: Kind
    /// Object ids or names in the path, outermost first.
    var keys: [String] = []

    /// Finds the call; nil when there is none.
    init?(_ method: String, _ path: [String]) {
        guard path.first == "v1.0", path.count >= 2 else { return nil }
        let rest = Array(path.dropFirst(2))
        switch path[1] {
        case "servicePrincipals": self.init(principals: method, "", rest)
        case "roleManagement": self.init(roles: method, rest)
        case "domains": self.init(domains: method, rest)
        case "users" where method == "GET" && rest.isEmpty: self.init(kind: .listUsers)
        case "users" where method == "GET" && rest == ["delta"]: self.init(kind: .usersDelta)
        case "users" where method == "GET" && rest.count == 1: self.init(kind: .getUser, keys: rest)
        case "groups" where method == "GET" && rest.isEmpty: self.init(kind: .listGroups)
        case "groups" where method == "GET" && rest == ["delta"]: self.init(kind: .groupsDelta)
        case "groups" where method == "GET" && rest.count == 1: self.init(kind: .getGroup, keys: rest)
        case "groups" where method == "GET" && rest.count == 2 && rest[1] == "members":
            self.init(kind: .listMembers, keys: [rest[0]])
        case "organization" where method == "GET" && rest.isEmpty: self.init(kind: .listOrganization)
        case let segment:
            guard let key = GraphRoute.appKey(segment) else { return nil }
            self.init(principals: method, key, rest)
        }
    }

    private init(kind: Kind, keys: [String] = []) {
        self.kind = kind
        self.keys = keys
    }

    /// `appKey` is `appId=…` when the principal is addressed by its application, else empty.
    private init?(principals method: String, _ appKey: String, _ rest: [String]) {
        let path = appKey.isEmpty ? rest : [appKey] + rest
        switch (method, path.count, path.count > 1 ? path[1] : "") {
        case ("GET", 0, _): self.init(kind: .listPrincipals)
        case ("POST", 0, _): self.init(kind: .createPrincipal)
        case ("GET", 1, _): self.init(kind: .getPrincipal, keys: path)
        case ("GET", 2, "appRoleAssignments"): self.init(kind: .listAppRoles, keys: [path[0]])
        case ("POST", 2, "appRoleAssignments"): self.init(kind: .createAppRole, keys: [path[0]])
        case ("DELETE", 3, "appRoleAssignments"): self.init(kind: .deleteAppRole, keys: [path[0], path[2]])
        case ("GET", 2, "appRoleAssignedTo"): self.init(kind: .listAssignedTo, keys: [path[0]])
        case ("POST", 2, "appRoleAssignedTo"): self.init(kind: .createAssignedTo, keys: [path[0]])
        case ("DELETE", 3, "appRoleAssignedTo"): self.init(kind: .deleteAssignedTo, keys: [path[0], path[2]])
        default: return nil
        }
    }

    private init?(roles method: String, _ rest: [String]) {
        guard rest.starts(with: ["directory", "roleAssignments"]) else { return nil }
        let keys = Array(rest.dropFirst(2))
        switch (method, keys.count) {
        case ("GET", 0): self.init(kind: .listRoles)
        case ("POST", 0): self.init(kind: .createRole)
        case ("GET", 1): self.init(kind: .getRole, keys: keys)
        case ("DELETE", 1): self.init(kind: .deleteRole, keys: keys)
        default: return nil
        }
    }

    private init?(domains method: String, _ rest: [String]) {
        guard method == "GET" else { return nil }
        switch (rest.count, rest.last) {
        case (0, _): self.init(kind: .listDomains)
        case (1, _): self.init(kind: .getDomain, keys: rest)
        case (2, "verificationDnsRecords"): self.init(kind: .verificationRecords, keys: [rest[0]])
        case (2, "serviceConfigurationRecords"): self.init(kind: .serviceRecords, keys: [rest[0]])
        default: return nil
        }
    }

    private static func appKey(_ segment: String) -> String? {
        guard segment.hasPrefix("servicePrincipals(appId='"), segment.hasSuffix("')") else { return nil }
        return "appId=" + segment.dropFirst("servicePrincipals(appId='".count).dropLast(2)
    }
}
