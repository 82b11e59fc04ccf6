import Foundation

extension Tenant {
    /// Records an administrator's consent: the service principal and the app roles it covers.
    ///
    /// Repeated consent adds what is missing and changes nothing else.
    mutating func grant(_ application: RegisteredApplication, _ request: ConsentRequest, _ moment: Moment) {
        let covered = Resource.allCases.filter { request.covers($0, switches: moment.switches) }
        grant(application, permissions: application.permissions, on: covered, moment)
    }

    mutating func grant(
        _ application: RegisteredApplication,
        permissions: [String],
        on resources: [Resource],
        _ moment: Moment
    ) {
        let principal = directory.principal(appID: application.clientID) ?? addPrincipal(application, moment)
        for role in permissions.compactMap(AppRole.named) where resources.contains(role.resource) {
            guard let target = directory.principal(appID: role.resource.appID) else { continue }
            let isThere = directory.appRoleAssignments.contains {
                $0.principalID == principal.id && $0.roleID == role.id
            }
            if isThere { continue }
            let made = directory.assign(
                role.id,
                of: target,
                to: principal,
                at: moment.now,
                tokenDelay: moment.delays.consentToRolesSeconds
            )
            record(.created, "app-role-assignment", name: role.value, id: made.id, by: "admin", at: moment.now)
        }
    }

    private mutating func addPrincipal(_ application: RegisteredApplication, _ moment: Moment) -> ServicePrincipal {
        let made = directory.addPrincipal(application.clientID, application.displayName, at: moment.now)
        record(.created, "service-principal", name: made.displayName, id: made.id, by: "admin", at: moment.now)
        return made
    }
}
