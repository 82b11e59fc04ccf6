import Foundation

/// An application or service as one tenant knows it.
struct ServicePrincipal: Sendable, Equatable {
    let id: String
    let appID: String
    let displayName: String
    var accountEnabled: Bool
    let createdAt: Date

    /// Whether it is so old that a delay no longer hides it.
    func isSettled(_ now: Date, after seconds: Double) -> Bool { now >= createdAt.addingTimeInterval(seconds) }
}

/// A permission that a service principal holds on another.
struct AppRoleAssignment: Sendable, Equatable {
    let id: String
    let roleID: String
    let principalID: String
    let resourceID: String
    let createdAt: Date
    /// How long new tokens lack it.
    let tokenDelay: Double
}

/// A directory role that a service principal holds.
struct RoleAssignment: Sendable, Equatable {
    let id: String
    let roleID: String
    let principalID: String
    let createdAt: Date
}

/// The directory of one tenant: service principals and what they may do.
struct Directory: Sendable {
    private(set) var principals: [ServicePrincipal] = []
    private(set) var appRoleAssignments: [AppRoleAssignment] = []
    private(set) var roleAssignments: [RoleAssignment] = []
    /// What was removed a moment ago and may still be listed.
    private(set) var removedAppRoles: [(assignment: AppRoleAssignment, at: Date)] = []
    private(set) var removedRoles: [(assignment: RoleAssignment, at: Date)] = []
    private var generator: SeededGenerator

    init(generator: SeededGenerator, hasExchange: Bool) {
        self.generator = generator
        for resource in Resource.allCases where hasExchange || resource != .exchange {
            addPrincipal(resource.appID, resource.displayName, at: .distantPast)
        }
    }

    /// Consent and roles that were there before the simulator started.
    mutating func settle(
        _ application: RegisteredApplication,
        permissions: [String],
        roles: [String],
        isDisabled: Bool
    ) {
        var principal = addPrincipal(application.clientID, application.displayName, at: .distantPast)
        principal.accountEnabled = !isDisabled
        setEnabled(!isDisabled, appID: application.clientID)
        for role in permissions.compactMap(AppRole.named) {
            if let target = self.principal(appID: role.resource.appID) {
                assign(role.id, of: target, to: principal, at: .distantPast, tokenDelay: 0)
            }
        }
        for role in roles.compactMap(DirectoryRole.find) {
            assignDirectoryRole(role.templateID, to: principal, at: .distantPast)
        }
    }

    func principal(appID: String) -> ServicePrincipal? { principals.first { $0.appID == appID.lowercased() } }

    func principal(id: String) -> ServicePrincipal? { principals.first { $0.id == id.lowercased() } }

    /// Which service a principal is, when it is one of Microsoft's two.
    func resource(of principal: ServicePrincipal) -> Resource? {
        Resource.allCases.first { $0.appID == principal.appID }
    }

    /// The role values a token for that resource carries now.
    func roles(
        of principal: ServicePrincipal,
        on target: ServicePrincipal,
        _ resource: Resource,
        _ moment: Moment
    ) -> [String] {
        appRoleAssignments
            .filter { $0.principalID == principal.id && $0.resourceID == target.id }
            .filter { moment.now >= $0.createdAt.addingTimeInterval($0.tokenDelay) }
            .compactMap { AppRole.with(id: $0.roleID, on: resource)?.value }
    }

    /// The directory role templates a token carries now.
    func wids(of principal: ServicePrincipal, _ moment: Moment) -> [String] {
        roleAssignments
            .filter { $0.principalID == principal.id }
            .filter { moment.now >= $0.createdAt.addingTimeInterval(moment.delays.directoryRoleInTokenSeconds) }
            .map(\.roleID)
    }

    @discardableResult
    mutating func addPrincipal(_ appID: String, _ displayName: String, at time: Date) -> ServicePrincipal {
        let principal = ServicePrincipal(
            id: generator.guid(),
            appID: appID.lowercased(),
            displayName: displayName,
            accountEnabled: true,
            createdAt: time
        )
        principals.append(principal)
        return principal
    }

    @discardableResult
    mutating func assign(
        _ roleID: String,
        of target: ServicePrincipal,
        to principal: ServicePrincipal,
        at time: Date,
        tokenDelay: Double
    ) -> AppRoleAssignment {
        let assignment = AppRoleAssignment(
            id: base64URL(Data(generator.guid().utf8.prefix(30))),
            roleID: roleID.lowercased(),
            principalID: principal.id,
            resourceID: target.id,
            createdAt: time,
            tokenDelay: tokenDelay
        )
        appRoleAssignments.append(assignment)
        return assignment
    }

    @discardableResult
    mutating func assignDirectoryRole(
        _ roleID: String,
        to principal: ServicePrincipal,
        at time: Date
    ) -> RoleAssignment {
        let assignment = RoleAssignment(
            id: base64URL(Data(generator.guid().utf8.prefix(27))) + "-1",
            roleID: roleID.lowercased(),
            principalID: principal.id,
            createdAt: time
        )
        roleAssignments.append(assignment)
        return assignment
    }

    mutating func setEnabled(_ isEnabled: Bool, appID: String) {
        for index in principals.indices where principals[index].appID == appID.lowercased() {
            principals[index].accountEnabled = isEnabled
        }
    }

    /// Removes an assignment; nil when there is none of that id.
    mutating func removeAppRoleAssignment(id: String, at time: Date) -> AppRoleAssignment? {
        guard let index = appRoleAssignments.firstIndex(where: { $0.id == id }) else { return nil }
        removedAppRoles.append((appRoleAssignments[index], time))
        return appRoleAssignments.remove(at: index)
    }

    /// Removes an assignment; nil when there is none of that id.
    mutating func removeRoleAssignment(id: String, at time: Date) -> RoleAssignment? {
        guard let index = roleAssignments.firstIndex(where: { $0.id == id }) else { return nil }
        removedRoles.append((roleAssignments[index], time))
        return roleAssignments.remove(at: index)
    }

    /// Takes an application out of the tenant with all it was given.
    mutating func removePrincipal(appID: String) -> ServicePrincipal? {
        guard let principal = principal(appID: appID) else { return nil }
        principals.removeAll { $0.id == principal.id }
        appRoleAssignments.removeAll { $0.principalID == principal.id || $0.resourceID == principal.id }
        roleAssignments.removeAll { $0.principalID == principal.id }
        return principal
    }
}
