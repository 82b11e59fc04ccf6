import Foundation

/// Delta queries, groups and their members.
extension GraphOperation {
    func delta(_ kind: EntryKind, _ tenant: Tenant) throws(GraphError) -> Reply {
        let query = try DeltaQuery(kind, call, claims, tenant.book, now: moment.now)
        let page = DeltaRound(book: tenant.book, query: query, now: moment.now).page()
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
        return try listPeople(groups, "groups", People.defaultGroupProperties)
    }

    func getGroup(_ tenant: Tenant) throws(GraphError) -> Reply {
        let id = try group(tenant)
        let properties = selection() ?? People.defaultGroupProperties
        return .json(200, select(.object(tenant.book.properties(id) ?? [:]), properties))
    }

    /// The members that are there, of every kind.
    func listMembers(_ tenant: Tenant) throws(GraphError) -> Reply {
        let book = tenant.book
        let properties = (selection() ?? ["id", "displayName"]) + ["id"]
        let members = book.members(of: try group(tenant)).map { id in
            let object = select(.object(book.properties(id) ?? [:]), properties).object ?? [:]
            let type = "#microsoft.graph.\((book.kind(of: id) ?? .user).rawValue)"
            return JSONValue.object(object.merging(["@odata.type": .text(type)]) { $1 })
        }
        return try page(members, "directoryObjects")
    }

    private func group(_ tenant: Tenant) throws(GraphError) -> String {
        let id = route.keys[0].lowercased()
        guard tenant.book.kind(of: id) == .group, tenant.book.isPresent(id) else { throw .notFound(route.keys[0]) }
        return id
    }
}
