/// Microsoft Graph: the calls this product needs, each under the name of what it gives.
///
/// Every call says which permission it needs; without it Graph answers 403 and the call throws `forbidden`.
package struct Graph: Sendable {
    let address: ServiceAddress
    let sender: Sender

    /// The service principal of an application in this tenant, or nil when it has none.
    ///
    /// Needs Application.Read.All. Just after a consent it may be nil for a while.
    package func servicePrincipal(appID: String) async throws(Microsoft365Error) -> ServicePrincipal? {
        fatalError()
    }

    /// The app roles a service principal holds on any resource.
    ///
    /// Needs Application.Read.All.
    package func appRoleAssignments(of principalID: String) async throws(Microsoft365Error) -> [AppRoleAssignment] {
        fatalError()
    }

    /// Gives a service principal an app role on a resource; all three by object id or role GUID.
    ///
    /// Needs AppRoleAssignment.ReadWrite.All. Throws `alreadyExists` when it holds the role: Graph says only 400
    /// `Request_BadRequest` then, so the assignments are read to tell it from other refusals. Drop the tokens afterwards.
    @discardableResult
    package func assignAppRole(
        principal: String,
        resource: String,
        role: String
    ) async throws(Microsoft365Error) -> AppRoleAssignment {
        fatalError()
    }

    /// Takes an app role away; true when it was there, false when it was gone already.
    ///
    /// Needs AppRoleAssignment.ReadWrite.All. Do this last: without the role there is no way back in.
    @discardableResult
    package func removeAppRoleAssignment(
        principal: String,
        assignment: String
    ) async throws(Microsoft365Error) -> Bool {
        fatalError()
    }

    /// The directory roles of a principal, or only the assignments of one role.
    ///
    /// Needs RoleManagement.ReadWrite.Directory.
    package func directoryRoleAssignments(
        of principalID: String,
        role: String? = nil
    ) async throws(Microsoft365Error) -> [DirectoryRoleAssignment] {
        fatalError()
    }

    /// Gives a principal a directory role over the whole directory; the role by its template's GUID.
    ///
    /// Needs RoleManagement.ReadWrite.Directory. Throws `alreadyExists` when it holds the role. Drop the tokens afterwards.
    @discardableResult
    package func assignDirectoryRole(
        principal: String,
        role: String
    ) async throws(Microsoft365Error) -> DirectoryRoleAssignment {
        fatalError()
    }

    /// Takes a directory role away; true when it was there, false when it was gone already.
    ///
    /// Needs RoleManagement.ReadWrite.Directory.
    @discardableResult
    package func removeDirectoryRoleAssignment(_ assignment: String) async throws(Microsoft365Error) -> Bool {
        fatalError()
    }

    /// All domains of the tenant, the unverified and the lent ones too.
    ///
    /// Needs Domain.Read.All.
    package func domains() async throws(Microsoft365Error) -> [Domain] {
        fatalError()
    }

    /// The DNS records Microsoft 365 wants a domain to have; the MX record names the host the gateway relays to.
    ///
    /// Needs Domain.Read.All.
    package func serviceConfigurationRecords(
        of domain: String
    ) async throws(Microsoft365Error) -> [ServiceConfigurationRecord] {
        fatalError()
    }

    /// Reads one user, to prove that users can be read. Returns whether there was one.
    ///
    /// Needs User.Read.All.
    @discardableResult
    package func probeUsers() async throws(Microsoft365Error) -> Bool {
        fatalError()
    }

    /// Reads one group, to prove that groups can be read. Returns whether there was one.
    ///
    /// Needs Group.Read.All.
    @discardableResult
    package func probeGroups() async throws(Microsoft365Error) -> Bool {
        fatalError()
    }
}
