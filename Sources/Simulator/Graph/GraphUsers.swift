/// Users by id, sign-in name and address.
extension GraphOperation {
    /// One user; a soft-deleted one is not found.
    func getUser(_ tenant: Tenant) throws(GraphError) -> Reply {
        let key = route.keys[0]
        let named = tenant.book.known(.user).first { user in
            [user["id"]?.text, user["userPrincipalName"]?.text].contains { $0?.lowercased() == key.lowercased() }
        }
        guard let user = named ?? tenant.unchangedMember(key), !post.isSoftDeleted(key, tenant: tenant.id)
        else { throw .notFound(key) }
        let properties = try personSelection(.user) ?? People.defaultUserProperties
        var reply = Reply.json(200, select(.object(dated(user, tenant)), properties))
        reply.headers["OData-Version"] = "4.0"
        return reply
    }

    func listUsers(_ tenant: Tenant) throws(GraphError) -> Reply {
        var users = tenant.book.known(.user)
        if let text = call.query("$filter") {
            let filter = try UserFilter(text)
            let unwritten = tenant.population.users(filter).filter { !tenant.book.isChanged($0["id"]?.text ?? "") }
            users = users.filter(filter.matches) + unwritten
        }
        users = users.filter { !post.isSoftDeleted($0["id"]?.text ?? "", tenant: tenant.id) }
        return try listPeople(users.map { dated($0, tenant) }, .user, People.defaultUserProperties)
    }

    /// A user with a mailbox that is new was made when the mailbox was.
    private func dated(_ user: [String: JSONValue], _ tenant: Tenant) -> [String: JSONValue] {
        guard let time = post.creation(of: user["id"]?.text ?? "", tenant: tenant.id) else { return user }
        return user.merging(["createdDateTime": .text(userTime(time))]) { $1 }
    }
}

extension Tenant {
    /// A member of the population that is as its number says.
    fileprivate func unchangedMember(_ key: String) -> [String: JSONValue]? {
        guard let member = population.member(key), !book.isChanged(population.id(of: member)) else { return nil }
        return population.user(member)
    }
}

extension Population {
    /// The members that a filter finds, found by number and not by looking at all of them.
    fileprivate func users(_ filter: UserFilter) -> [[String: JSONValue]] {
        let numbers = filter.clauses.compactMap { clause -> Int? in
            switch clause.property {
            case "id", "userPrincipalName": return member(clause.value)
            case "mail": return member(clause.value).flatMap { clause.value.contains("@") ? $0 : nil }
            case "proxyAddresses":
                guard clause.value.lowercased().hasPrefix("smtp:") else { return nil }
                return member(address: String(clause.value.dropFirst("smtp:".count)))
            default: return nil
            }
        }
        return Set(numbers).sorted().map(user)
    }
}
