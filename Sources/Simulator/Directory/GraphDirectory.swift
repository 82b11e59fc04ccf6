import Foundation

/// Delta queries, groups and their members.
extension GraphOperation {
    func delta(_ kind: EntryKind, _ tenant: Tenant) throws(GraphError) -> Reply {
        let query = try DeltaQuery(kind, call, claims, tenant.book, now: moment.now)
        let isShort = moment.switches.graphPagesAreShort
        let page = DeltaRound(book: tenant.book, query: query, now: moment.now, isShort: isShort).page()
        let path = "\(call.baseURL)/v1.0/\(kind.rawValue)s/delta"
        let name = page.isLast ? "deltaLink" : "nextLink"
        let option = page.isLast ? "$deltatoken" : "$skiptoken"
        return .json(
            200,
            [
                "@odata.context": .text("\(call.baseURL)/v1.0/$metadata#\(kind.rawValue)s"),
                "value": .array(page.items),
                "@odata.\(name)": .text("\(path)?\(option)=\(page.next.text)"),
            ]
        )
    }

    func listGroups(_ tenant: Tenant) throws(GraphError) -> Reply {
        var groups = tenant.book.known(.group)
        if let text = call.query("$filter") {
            let filter = try UserFilter(text)
            let unwritten = filter.clauses.filter { $0.property == "id" && !tenant.book.isChanged($0.value) }
                .filter { tenant.book.kind(of: $0.value) == .group }.compactMap { tenant.book.properties($0.value) }
            let ids = Set(groups.compactMap { $0["id"]?.text })
            groups = groups.filter(filter.matches) + unwritten.filter { !ids.contains($0["id"]?.text ?? "") }
        }
        return try listPeople(groups, .group, People.defaultGroupProperties)
    }

    func getGroup(_ tenant: Tenant) throws(GraphError) -> Reply {
        let id = try group(tenant)
        let properties = try personSelection(.group) ?? People.defaultGroupProperties
        return .json(200, select(.object(tenant.book.properties(id) ?? [:]), properties))
    }

    /// The members that are there, of every kind.
    ///
    /// Those that the application may not read come with nothing but their id (Graph documentation, "Limited information
    /// returned for inaccessible member objects").
    func listMembers(_ tenant: Tenant) throws(GraphError) -> Reply {
        try refuseOptions(beyond: ["$select", "$top", "$skiptoken"])
        let book = tenant.book
        let mayReadUsers = !GraphRoute.Kind.listUsers.permissions.isDisjoint(with: claims.roles ?? [])
        let properties = (selection() ?? ["id", "displayName"]) + ["id"]
        let group = try group(tenant)
        let members = (book.members(of: group) + book.devices(of: group)).map { id in
            let shown = book.kind(of: id) == .user && !mayReadUsers ? ["id"] : properties
            let object = select(.object(book.properties(id) ?? ["id": .text(id)]), shown).object ?? [:]
            return JSONValue.object(object.merging(["@odata.type": .text(book.memberType(id))]) { $1 })
        }
        return try page(members, "directoryObjects")
    }

    /// The selected properties of a user or group; nil when the query does not say.
    func personSelection(_ kind: EntryKind) throws(GraphError) -> [String]? {
        guard let names = selection() else { return nil }
        try People.requireProperties(names, among: People.properties(kind), of: kind)
        return names
    }

    /// Refuses options that this list does not support, and any that comes twice.
    func refuseOptions(beyond known: Set<String>) throws(GraphError) {
        try call.refuseRepeatedOptions()
        let others = Set(call.query.map(\.name)).subtracting(known).sorted()
        guard others.isEmpty else {
            throw .unsupportedQuery("Unsupported query options: \(others.joined(separator: ", ")).")
        }
    }

    private func group(_ tenant: Tenant) throws(GraphError) -> String {
        let id = route.keys[0].lowercased()
        guard tenant.book.kind(of: id) == .group, tenant.book.isPresent(id) else { throw .notFound(route.keys[0]) }
        return id
    }
}

extension Call {
    /// OData allows each of its options once.
    func refuseRepeatedOptions() throws(GraphError) {
        let names = query.map(\.name)
        for name in names where names.count(where: { $0 == name }) > 1 {
            throw .badRequest(
                "Query option '\(name)' was specified more than once, but it must be specified at most once."
            )
        }
    }
}
