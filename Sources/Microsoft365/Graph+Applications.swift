import NIOHTTP1

extension Graph {
    /// The service principal of an application in this tenant, or nil when it has none.
    ///
    /// Needs Application.Read.All. Just after a consent it may be nil for a while.
    package func servicePrincipal(appID: String) async throws(Microsoft365Error) -> ServicePrincipal? {
        let path = "/servicePrincipals(appId='\(appID.formEncoded)')"
        let fields = "?$select=id,appId,displayName,accountEnabled,appRoles"
        let call = self.call("servicePrincipal", .GET, path + fields)
        do throws(Microsoft365Error) {
            guard let principal = ServicePrincipal(try await self.object(call)) else {
                throw call.failure(.malformedAnswer)
            }
            return principal
        } catch {
            guard error.code == .notFound else { throw error }
            return nil
        }
    }

    /// The app roles a service principal holds on any resource.
    ///
    /// Needs Application.Read.All.
    package func appRoleAssignments(of principalID: String) async throws(Microsoft365Error) -> [AppRoleAssignment] {
        let path = "/servicePrincipals/\(principalID.formEncoded)/appRoleAssignments"
        return try await self.list(self.call("appRoleAssignments", .GET, path), AppRoleAssignment.init)
    }

    /// Gives a service principal an app role on a resource; all three by object id or role GUID.
    ///
    /// Needs AppRoleAssignment.ReadWrite.All. Throws `alreadyExists` when it holds the role, which lists may not show yet: Graph
    /// says only 400 `Request_BadRequest` then and a message, so where that is in other words the assignments are read to tell
    /// it from other refusals. Drop the tokens afterwards.
    @discardableResult
    package func assignAppRole(
        principal: String,
        resource: String,
        role: String
    ) async throws(Microsoft365Error) -> AppRoleAssignment {
        let call = self.call(
            "assignAppRole",
            .POST,
            "/servicePrincipals/\(resource.formEncoded)/appRoleAssignedTo",
            body: .object([
                "principalId": .string(principal),
                "resourceId": .string(resource),
                "appRoleId": .string(role),
            ])
        )
        do throws(Microsoft365Error) {
            guard let made = AppRoleAssignment(try await self.object(call)) else { throw call.failure(.interrupted) }
            return made
        } catch {
            guard error.status == 400, error.code != .alreadyExists else { throw error }
            let held = try await self.appRoleAssignments(of: principal).contains {
                $0.resourceID == resource.lowercased() && $0.appRoleID == role.lowercased()
            }
            throw held ? error.with(.alreadyExists) : error
        }
    }

    /// Takes an app role away; true when it was there, false when it was gone already.
    ///
    /// Needs AppRoleAssignment.ReadWrite.All. Do this last: without the role there is no way back in.
    @discardableResult
    package func removeAppRoleAssignment(
        principal: String,
        assignment: String
    ) async throws(Microsoft365Error) -> Bool {
        let path = "/servicePrincipals/\(principal.formEncoded)/appRoleAssignments/\(assignment.formEncoded)"
        return try await self.remove(self.call("removeAppRoleAssignment", .DELETE, path))
    }

    /// The directory roles of a principal, or only the assignments of one role.
    ///
    /// Needs RoleManagement.ReadWrite.Directory.
    package func directoryRoleAssignments(
        of principalID: String,
        role: String? = nil
    ) async throws(Microsoft365Error) -> [DirectoryRoleAssignment] {
        let filter = "principalId eq '\(principalID.replacing("'", with: "''"))'".formEncoded
        let path = "/roleManagement/directory/roleAssignments?$filter=\(filter)"
        let all = try await self.list(
            self.call("directoryRoleAssignments", .GET, path),
            DirectoryRoleAssignment.init
        )
        return all.filter { role == nil || $0.roleID == role?.lowercased() }
    }

    /// Gives a principal a directory role over the whole directory; the role by its template's GUID.
    ///
    /// Needs RoleManagement.ReadWrite.Directory. Throws `alreadyExists` when it holds the role. Drop the tokens afterwards.
    @discardableResult
    package func assignDirectoryRole(
        principal: String,
        role: String
    ) async throws(Microsoft365Error) -> DirectoryRoleAssignment {
        let call = self.call(
            "assignDirectoryRole",
            .POST,
            "/roleManagement/directory/roleAssignments",
            body: .object([
                "@odata.type": "#microsoft.graph.unifiedRoleAssignment",
                "roleDefinitionId": .string(role),
                "principalId": .string(principal),
                "directoryScopeId": "/",
            ])
        )
        do throws(Microsoft365Error) {
            guard let made = DirectoryRoleAssignment(try await self.object(call)) else {
                throw call.failure(.interrupted)
            }
            return made
        } catch {
            // Some refusals of a second assignment carry no code that says so; the assignments do.
            guard error.status == 400, error.code != .alreadyExists else { throw error }
            let held = try await self.directoryRoleAssignments(of: principal, role: role).contains { $0.scope == "/" }
            throw held ? error.with(.alreadyExists) : error
        }
    }

    /// Takes a directory role away; true when it was there, false when it was gone already.
    ///
    /// Needs RoleManagement.ReadWrite.Directory.
    @discardableResult
    package func removeDirectoryRoleAssignment(_ assignment: String) async throws(Microsoft365Error) -> Bool {
        let path = "/roleManagement/directory/roleAssignments/\(assignment.formEncoded)"
        return try await self.remove(self.call("removeDirectoryRoleAssignment", .DELETE, path))
    }
}

extension Microsoft365Error {
    /// The same error under a code that reading has shown to be the true one.
    fileprivate func with(_ code: Code) -> Microsoft365Error {
        var error = self
        error.code = code
        error.isRetryable = code.passesByItself
        return error
    }
}

extension ServicePrincipal {
    init?(_ value: JSONValue) {
        guard let id = value["id"].string, let appID = value["appId"].string else { return nil }
        self.id = id.lowercased()
        self.appID = appID.lowercased()
        self.displayName = value["displayName"].string
        self.isEnabled = value["accountEnabled"].bool
        self.appRoles = (value["appRoles"].array ?? []).compactMap(AppRole.init)
    }
}

extension AppRole {
    fileprivate init?(_ value: JSONValue) {
        guard let id = value["id"].string else { return nil }
        self.id = id.lowercased()
        self.value = value["value"].string
    }
}

extension AppRoleAssignment {
    fileprivate init?(_ value: JSONValue) {
        guard
            let id = value["id"].string, let principalID = value["principalId"].string,
            let resourceID = value["resourceId"].string, let appRoleID = value["appRoleId"].string
        else { return nil }
        self.id = id
        self.principalID = principalID.lowercased()
        self.resourceID = resourceID.lowercased()
        self.appRoleID = appRoleID.lowercased()
        self.createdAt = GraphTime.date(value["createdDateTime"].string)
    }
}

extension DirectoryRoleAssignment {
    fileprivate init?(_ value: JSONValue) {
        guard
            let id = value["id"].string, let principalID = value["principalId"].string,
            let roleID = value["roleDefinitionId"].string
        else { return nil }
        self.id = id
        self.principalID = principalID.lowercased()
        self.roleID = roleID.lowercased()
        self.scope = value["directoryScopeId"].string
    }
}
