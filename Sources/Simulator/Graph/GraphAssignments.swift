import Foundation

/// App roles and directory roles: who may do what.
extension GraphOperation {
    func listAppRoles(
        _ tenant: Tenant,
        of owner: KeyPath<AppRoleAssignment, String>
    ) throws(GraphError) -> Reply {
        let principal = try principal(tenant, route.keys[0])
        let ghosts = tenant.directory.removedAppRoles.filter { isStillListed($0.at) }.map(\.assignment)
        let found = (tenant.directory.appRoleAssignments + ghosts).filter {
            $0[keyPath: owner] == principal.id && isVisible($0.createdAt)
        }
        return try page(found.map { $0.json(tenant.directory) }, "appRoleAssignments")
    }

    /// `owner` is the member of the body that must name the object in the path.
    func createAppRole(_ tenant: inout Tenant, owner: String) throws(GraphError) -> Reply {
        let members = try body()
        guard let roleID = members["appRoleId"]?.text, let principalID = members["principalId"]?.text,
            let resourceID = members["resourceId"]?.text
        else { throw .badRequest("principalId, resourceId and appRoleId are required.") }
        let holder = try principal(tenant, principalID)
        let target = try principal(tenant, resourceID)
        guard try principal(tenant, route.keys[0]).id == (owner == "principalId" ? holder : target).id else {
            throw .badRequest("The \(owner) of the body is not the object of the path.")
        }
        guard let resource = tenant.directory.resource(of: target), AppRole.with(id: roleID, on: resource) != nil
        else { throw .badRequest("Permission being assigned was not found on application '\(target.appID)'.") }
        let isThere = tenant.directory.appRoleAssignments.contains {
            $0.principalID == holder.id && $0.resourceID == target.id && $0.roleID == roleID.lowercased()
        }
        if isThere { throw .alreadyAssigned }
        let made = tenant.directory.assign(
            roleID,
            of: target,
            to: holder,
            at: moment.now,
            tokenDelay: moment.delays.appRoleInTokenSeconds
        )
        tenant.record(
            .created,
            "app-role-assignment",
            name: made.roleName(tenant.directory),
            id: made.id,
            by: claims.appid,
            at: moment.now
        )
        return .json(201, made.json(tenant.directory), changed: true)
    }

    func deleteAppRole(_ tenant: inout Tenant) throws(GraphError) -> Reply {
        let id = route.keys[1]
        let visible = tenant.directory.appRoleAssignments.contains { $0.id == id && isVisible($0.createdAt) }
        guard visible, let gone = tenant.directory.removeAppRoleAssignment(id: id, at: moment.now) else {
            throw .notFound(id)
        }
        tenant.record(
            .deleted,
            "app-role-assignment",
            name: gone.roleName(tenant.directory),
            id: id,
            by: claims.appid,
            at: moment.now
        )
        return .empty(204, changed: true)
    }

    func listRoles(_ tenant: Tenant) throws(GraphError) -> Reply {
        guard let text = call.query("$filter") else {
            throw .unsupportedQuery("A filter on principalId or roleDefinitionId is needed.")
        }
        let filter = try ODataFilter(text)
        try filter.allow(["principalId", "roleDefinitionId"])
        let ghosts = tenant.directory.removedRoles.filter { isStillListed($0.at) }.map(\.assignment)
        let found = (tenant.directory.roleAssignments + ghosts).filter { assignment in
            isVisible(assignment.createdAt)
                && (filter["principalId"].map { $0.lowercased() == assignment.principalID } ?? true)
                && (filter["roleDefinitionId"].map { $0.lowercased() == assignment.roleID } ?? true)
        }
        return try page(
            found.map { $0.json(expanding: call.query("$expand")) },
            "roleManagement/directory/roleAssignments"
        )
    }

    func getRole(_ tenant: Tenant) throws(GraphError) -> Reply {
        let id = route.keys[0]
        guard let found = tenant.directory.roleAssignments.first(where: { $0.id == id && isVisible($0.createdAt) })
        else { throw .notFound(id) }
        return .json(200, found.json(expanding: call.query("$expand")))
    }

    func createRole(_ tenant: inout Tenant) throws(GraphError) -> Reply {
        let members = try body()
        guard let roleID = members["roleDefinitionId"]?.text, let principalID = members["principalId"]?.text,
            members["directoryScopeId"]?.text == "/"
        else { throw .badRequest("roleDefinitionId, principalId and the directoryScopeId '/' are required.") }
        let holder = try principal(tenant, principalID)
        guard let role = DirectoryRole.all.first(where: { $0.templateID == roleID.lowercased() }) else {
            throw .notFound(roleID)
        }
        let isThere = tenant.directory.roleAssignments.contains {
            $0.principalID == holder.id && $0.roleID == role.templateID
        }
        if isThere { throw .conflict(is409: moment.switches.duplicateRoleIs409) }
        let made = tenant.directory.assignDirectoryRole(role.templateID, to: holder, at: moment.now)
        tenant.record(
            .created,
            "directory-role-assignment",
            name: role.name,
            id: made.id,
            by: claims.appid,
            at: moment.now
        )
        return .json(201, made.json(expanding: nil), changed: true)
    }

    func deleteRole(_ tenant: inout Tenant) throws(GraphError) -> Reply {
        let id = route.keys[0]
        let visible = tenant.directory.roleAssignments.contains { $0.id == id && isVisible($0.createdAt) }
        guard visible, let gone = tenant.directory.removeRoleAssignment(id: id, at: moment.now) else {
            throw .notFound(id)
        }
        tenant.record(
            .deleted,
            "directory-role-assignment",
            name: DirectoryRole.find(gone.roleID)?.name ?? gone.roleID,
            id: id,
            by: claims.appid,
            at: moment.now
        )
        return .empty(204, changed: true)
    }
}
