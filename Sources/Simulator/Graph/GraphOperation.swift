import Foundation

/// One call of Graph, decided against one tenant.
struct GraphOperation: Sendable {
    let route: GraphRoute
    let call: Call
    let claims: TokenClaims
    let moment: Moment
    let pageSize: Int
    let post: PostOffice

    /// Carries the call out.
    func answer(_ tenant: inout Tenant) throws(GraphError) -> Reply {
        switch route.kind {
        case .getPrincipal: .json(200, try principal(tenant, route.keys[0]).json(tenant.directory))
        case .listPrincipals: try listPrincipals(tenant)
        case .createPrincipal: try createPrincipal(&tenant)
        case .listAppRoles: try listAppRoles(tenant, of: \.principalID)
        case .listAssignedTo: try listAppRoles(tenant, of: \.resourceID)
        case .createAppRole: try createAppRole(&tenant, owner: "principalId")
        case .createAssignedTo: try createAppRole(&tenant, owner: "resourceId")
        case .deleteAppRole, .deleteAssignedTo: try deleteAppRole(&tenant)
        case .listRoles: try listRoles(tenant)
        case .getRole: try getRole(tenant)
        case .createRole: try createRole(&tenant)
        case .deleteRole: try deleteRole(&tenant)
        case .listDomains: try page(tenant.domains.map { $0.json(among: tenant.domains) }, "domains")
        case .getDomain: .json(200, try domain(tenant).json(among: tenant.domains))
        case .verificationRecords: try page(try domain(tenant).verificationRecords, "domains('records')")
        case .serviceRecords: try page(try domain(tenant).serviceRecords, "domains('records')")
        case .listUsers: try listUsers(tenant)
        case .getUser: try getUser(tenant)
        case .usersDelta: try delta(.user, tenant)
        case .listGroups: try listGroups(tenant)
        case .getGroup: try getGroup(tenant)
        case .groupsDelta: try delta(.group, tenant)
        case .listMembers: try listMembers(tenant)
        case .listOrganization: try page([tenant.organizationJSON], "organization")
        }
    }

    func page(_ objects: [JSONValue], _ context: String, allowsTop: Bool = true) throws(GraphError) -> Reply {
        var page = GraphPage(call: call, size: pageSize, now: moment.now)
        page.isShort = moment.switches.graphPagesAreShort
        return try page.reply(objects, context: context, allowsTop: allowsTop)
    }

    /// The JSON object of the body.
    func body() throws(GraphError) -> [String: JSONValue] {
        guard call.header("content-type")?.lowercased().hasPrefix("application/json") == true,
            let members = (try? JSONValue(parsing: call.body))?.object
        else { throw .badRequest("Unable to read JSON request payload. Please ensure Content-Type header is set.") }
        return members
    }

    func isVisible(_ createdAt: Date) -> Bool {
        moment.now >= createdAt.addingTimeInterval(moment.delays.graphVisibilitySeconds)
    }

    /// Replicas go on listing for a while what was removed.
    func isStillListed(_ removedAt: Date) -> Bool {
        moment.now < removedAt.addingTimeInterval(moment.delays.graphRemovalSeconds)
    }

    /// A principal by object id or by `appId=…`; one made just now is not found yet.
    func principal(_ tenant: Tenant, _ key: String) throws(GraphError) -> ServicePrincipal {
        let found =
            key.hasPrefix("appId=")
            ? tenant.directory.principal(appID: String(key.dropFirst("appId=".count)))
            : tenant.directory.principal(id: key)
        guard let found, isVisible(found.createdAt) else { throw .notFound(key) }
        return found
    }

    private func listPrincipals(_ tenant: Tenant) throws(GraphError) -> Reply {
        var found = tenant.directory.principals.filter { isVisible($0.createdAt) }
        if let text = call.query("$filter") {
            let filter = try ODataFilter(text)
            try filter.allow(["appId", "displayName"])
            if let appID = filter["appId"] { found = found.filter { $0.appID == appID.lowercased() } }
            if let name = filter["displayName"] { found = found.filter { $0.displayName == name } }
        }
        let properties = selection()
        return try page(
            found.map { select($0.json(tenant.directory), properties) },
            "servicePrincipals"
        )
    }

    private func createPrincipal(_ tenant: inout Tenant) throws(GraphError) -> Reply {
        guard let appID = try body()["appId"]?.text else { throw .badRequest("The property 'appId' is missing.") }
        guard tenant.directory.principal(appID: appID) == nil else {
            throw .conflict(is409: true)
        }
        guard Resource.allCases.contains(where: { $0.appID == appID.lowercased() }) else {
            throw .badRequest("The appId '\(appID)' of the service principal does not reference a valid application.")
        }
        throw .badRequest("The tenant has no subscription to the service '\(appID)'.")
    }

    func listPeople(
        _ people: [[String: JSONValue]],
        _ kind: EntryKind,
        _ defaults: [String]
    ) throws(GraphError) -> Reply {
        try refuseOptions(beyond: ["$filter", "$select", "$top", "$skiptoken"])
        let properties = try personSelection(kind) ?? defaults
        return try page(people.map { select(.object($0), properties) }, "\(kind.rawValue)s")
    }

    func selection() -> [String]? { call.query("$select")?.split(separator: ",").map(String.init) }

    func select(_ object: JSONValue, _ properties: [String]?) -> JSONValue {
        guard let properties, let members = object.object else { return object }
        return .object(members.filter { properties.contains($0.key) || $0.key.hasPrefix("@") })
    }

    private func domain(_ tenant: Tenant) throws(GraphError) -> TenantDomain {
        let name = route.keys[0].lowercased()
        guard let domain = tenant.domains.first(where: { $0.name == name }) else { throw .notFound(route.keys[0]) }
        return domain
    }
}

extension Tenant {
    fileprivate var organizationJSON: JSONValue {
        [
            "id": .text(id), "displayName": .text(displayName),
            "verifiedDomains": .array(
                domains.filter(\.isVerified).map {
                    [
                        "name": .text($0.name), "isDefault": .flag($0.isDefault), "isInitial": .flag($0.isInitial),
                        "type": .text($0.authenticationType),
                    ]
                }
            ),
        ]
    }
}
