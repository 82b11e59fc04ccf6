import JobModel
import Microsoft365

extension DirectorySync {
    /// Reads a page of groups and adds what it says of them and of their members.
    mutating func readGroups() async throws -> (next: DeltaLink, load: Double?) {
        let isFull = self.memo.full != nil
        // A state without groups cannot be gone on from, and its filters differ from those that want groups.
        let start = isFull ? nil : self.state?.groupsLink
        let graph = self.tenant.graph
        let page = try await self.page(from: start) { link throws(Microsoft365Error) in
            try await graph.groupDelta(from: link, isMinimal: !isFull)
        }
        let records = try await self.records(of: page.items, isFull: isFull)
        for item in page.items {
            if let removal = item.removal {
                await self.remove(item.id, DirectoryRemoval.Reason(removal))
            } else if isFull {
                await self.addWhole(item, records[item.id])
            } else if let record = records[item.id] {
                try await self.addChanged(item, record)
            }
        }
        return (page.next, page.load)
    }

    /// A group of a full round; its further pages may hold nothing but members.
    private mutating func addWhole(_ item: GroupItem, _ record: GroupRecord?) async {
        if let record {
            let isAdmitted = self.filters.admit(record)
            if self.memo.lastGroup?.id != item.id {
                if isAdmitted { await self.add(record) } else { self.memo.groupTally.filtered += 1 }
            }
            self.memo.lastGroup = DirectoryMemo.LastGroup(id: item.id, isAdmitted: isAdmitted)
        }
        guard let last = self.memo.lastGroup, last.id == item.id, last.isAdmitted else { return }
        await self.addMembers(item)
    }

    /// A group of which something has changed.
    ///
    /// One that may just have come into the filters is listed: its members are no news to the delta query.
    private mutating func addChanged(_ item: GroupItem, _ record: GroupRecord) async throws {
        guard self.filters.admit(record) else {
            self.memo.groupTally.filtered += 1
            return await self.remove(item.id, .filtered)
        }
        if item.hasProperties { await self.add(record) }
        if item.tellsKind { try await self.listMembers(of: item.id) } else { await self.addMembers(item) }
    }

    private mutating func add(_ group: GroupRecord) async {
        self.memo.groups.insert(group.id)
        self.memo.groupTally.upserted += 1
        await self.add(group.change)
    }

    private mutating func remove(_ id: String, _ reason: DirectoryRemoval.Reason) async {
        self.memo.groups.remove(id)
        self.memo.groupTally.removed += 1
        await self.add(.removed(DirectoryRemoval(kind: .group, id: id, reason: reason)))
    }

    private mutating func addMembers(_ item: GroupItem) async {
        for change in DirectoryMembers.changes(item.id, item.members) { await self.addMembers(change) }
    }

    private mutating func addMembers(_ change: DirectoryChange) async {
        if case .members(let members) = change {
            self.memo.membersAdded += members.added.count
            self.memo.membersRemoved += members.removed.count
        }
        await self.add(change)
    }

    private mutating func listMembers(of group: String) async throws {
        var link: String?
        var isFirst = true
        repeat {
            try self.checkTime()
            let page: MemberPage
            do throws(Microsoft365Error) {
                page = try await self.tenant.graph.members(of: group, link: link)
            } catch {
                if error.code == .notFound { return }  // deleted meanwhile: the next round says so
                throw error
            }
            for change in DirectoryMembers.list(group, page.members, isFirst: isFirst) { await self.addMembers(change) }
            isFirst = false
            link = page.next
        } while link != nil
    }

    /// The groups of a page by id; those of which it says only a part are read whole.
    private func records(of items: [GroupItem], isFull: Bool) async throws -> [String: GroupRecord] {
        var records: [String: GroupRecord] = [:]
        var partial: [String] = []
        for item in items where item.removal == nil {
            if let record = item.record, isFull || item.isWhole {
                records[item.id] = record
            } else if !(isFull && item.id == self.memo.lastGroup?.id), !partial.contains(item.id) {
                partial.append(item.id)
            }
        }
        for start in stride(from: 0, to: partial.count, by: Graph.idsMax) {
            let ids = Array(partial[start..<min(start + Graph.idsMax, partial.count)])
            for item in try await self.tenant.graph.groups(ids) { records[item.id] = item.record }
        }
        return records
    }
}
