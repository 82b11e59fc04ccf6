import JobModel
import Microsoft365

/// Gathers changes and cuts them into pages that a message can hold.
struct PageAssembly: Sendable {
    /// How many bytes of JSON a page's changes may come to; far enough below 1 MiB for everything around them.
    static let bytesMax = 400 << 10
    /// From how many changes on it is worth sending a page before the round is over.
    static let changesEnough = 250

    private(set) var changes: [DirectoryChange] = []
    private var bytes = 0

    /// Whether a page should be sent.
    var isEnough: Bool { self.changes.count >= Self.changesEnough || self.bytes >= Self.bytesMax / 2 }

    /// Adds a change; gives the page that was full before it.
    mutating func add(_ change: DirectoryChange) -> [DirectoryChange]? {
        let size = change.bytesMax
        let isFull = self.changes.count >= DirectoryPage.changesMax || self.bytes + size > Self.bytesMax
        let page = isFull && !self.changes.isEmpty ? self.take() : nil
        self.changes.append(change)
        self.bytes += size
        return page
    }

    /// What was gathered; nothing is left.
    mutating func take() -> [DirectoryChange] {
        defer {
            self.changes = []
            self.bytes = 0
        }
        return self.changes
    }
}

extension DirectoryMembers {
    /// What a delta item says of a group's members: of two words about the same one the later counts.
    ///
    /// Pure. Devices and others that receive no mail are left out.
    static func changes(_ group: String, _ items: [MemberItem]) -> [DirectoryChange] {
        var order: [String] = []
        var isMember: [String: Bool] = [:]
        for item in items where item.isUserOrGroup {
            if isMember[item.id] == nil { order.append(item.id) }
            isMember[item.id] = !item.isGone
        }
        let list = order.map { (id: $0, came: isMember[$0] ?? false) }
        return Self.cut(list, group, replaces: false)
    }

    /// One page of a whole list; the first says that what was held before is dropped, also when nobody is in it.
    static func list(_ group: String, _ items: [MemberItem], isFirst: Bool) -> [DirectoryChange] {
        let ids = Set(items.filter(\.isUserOrGroup).map(\.id)).sorted()
        if ids.isEmpty, isFirst {
            return [.members(DirectoryMembers(group: group, replaces: true, added: [], removed: []))]
        }
        return Self.cut(ids.map { ($0, true) }, group, replaces: isFirst)
    }

    private static func cut(
        _ list: [(id: String, came: Bool)],
        _ group: String,
        replaces: Bool
    ) -> [DirectoryChange] {
        stride(from: 0, to: list.count, by: DirectoryPage.membersMax).map { start in
            let piece = list[start..<min(start + DirectoryPage.membersMax, list.count)]
            return .members(
                DirectoryMembers(
                    group: group,
                    replaces: replaces && start == 0,
                    added: piece.filter(\.came).map(\.id),
                    removed: piece.filter { !$0.came }.map(\.id)
                )
            )
        }
    }
}

extension DirectoryChange {
    /// More bytes of JSON than names and marks of a change take.
    private static let frame = 400

    /// A bound of the bytes that it takes as JSON.
    fileprivate var bytesMax: Int {
        switch self {
        case .user(let user):
            Self.frame + Self.bytes([user.id, user.userPrincipalName, user.userType ?? ""] + user.proxyAddresses)
                + Self.bytes([user.displayName ?? "", user.mail ?? ""])
        case .group(let group):
            Self.frame + Self.bytes([group.id, group.displayName ?? "", group.mail ?? ""] + group.groupTypes)
                + Self.bytes(group.proxyAddresses)
        case .members(let members): Self.frame + Self.bytes([members.group] + members.added + members.removed)
        case .removed(let removal): Self.frame + Self.bytes([removal.id])
        }
    }

    /// Quotation marks, a comma, and six bytes for what JSON has to escape.
    private static func bytes(_ texts: [String]) -> Int {
        texts.reduce(0) { sum, text in
            sum + 3 + text.utf8.reduce(0) { $0 + ($1 < 0x20 || $1 == 0x22 || $1 == 0x5C || $1 == 0x7F ? 6 : 1) }
        }
    }
}
