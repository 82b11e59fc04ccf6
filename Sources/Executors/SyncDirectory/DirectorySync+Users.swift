import JobModel
import Microsoft365

extension DirectorySync {
    /// Reads a page of users and adds what it says.
    mutating func readUsers() async throws -> (next: DeltaLink, load: Double?) {
        let isFull = self.memo.full != nil
        let start = isFull ? nil : self.state?.usersLink
        let graph = self.tenant.graph
        let page = try await self.page(from: start) { link throws(Microsoft365Error) in
            try await graph.userDelta(from: link)
        }
        let records = try await self.records(of: page.items, isFull: isFull)
        for item in page.items {
            if let removal = item.removal {
                await self.remove(item.id, DirectoryRemoval.Reason(removal))
            } else if let record = records[item.id] {
                await self.add(record, isFull: isFull)
            }  // else it went between the page and the second look: the next round says so
        }
        return (page.next, page.load)
    }

    private mutating func add(_ user: UserRecord, isFull: Bool) async {
        guard self.filters.admit(user) else {
            self.memo.userTally.filtered += 1
            // What a full import does not name is dropped anyway.
            return isFull ? self.memo.users.remove(user.id) : await self.remove(user.id, .filtered)
        }
        self.memo.users.insert(user.id)
        self.memo.userTally.upserted += 1
        await self.add(user.change)
    }

    private mutating func remove(_ id: String, _ reason: DirectoryRemoval.Reason) async {
        self.memo.users.remove(id)
        self.memo.userTally.removed += 1
        await self.add(.removed(DirectoryRemoval(kind: .user, id: id, reason: reason)))
    }

    /// The users of a page by id; those of which it says only a part are read whole.
    ///
    /// In a full round what is left out is not set. In a round of changes it may as well be unchanged.
    private func records(of items: [UserItem], isFull: Bool) async throws -> [String: UserRecord] {
        var records: [String: UserRecord] = [:]
        var partial: [String] = []
        for item in items where item.removal == nil {
            if let record = item.record, isFull || item.isWhole {
                records[item.id] = record
            } else if !partial.contains(item.id) {
                partial.append(item.id)
            }
        }
        for start in stride(from: 0, to: partial.count, by: Graph.idsMax) {
            let ids = Array(partial[start..<min(start + Graph.idsMax, partial.count)])
            for item in try await self.tenant.graph.users(ids) { records[item.id] = item.record }
        }
        return records
    }
}

extension DirectoryRemoval.Reason {
    /// Why an object is gone, as a page says it.
    init(_ removal: DeltaRemoval) {
        switch removal {
        case .changed: self = .changed
        case .deleted: self = .deleted
        }
    }
}
