import Foundation
package import JobModel
package import Simulator

/// A console's copy of a directory, kept by the rules of `schemas/README.md` and nothing else.
package struct DirectoryCopy: Sendable {
    private struct Key: Hashable {
        let job: String
        let part: String
        let page: Int
    }

    /// The users that are held, by id.
    package private(set) var users: [String: DirectoryUser] = [:]
    /// The groups that are held, by id.
    package private(set) var groups: [String: DirectoryGroup] = [:]
    /// Who was said to be in a group, by its id.
    package private(set) var members: [String: Set<String>] = [:]
    /// The generation that is held; 0 for nothing.
    package private(set) var generation = 0
    /// What the next job is given; nil for nothing.
    package private(set) var state: String?
    private var pages: [Key: DirectoryPage] = [:]

    /// Begins empty.
    package init() {}

    /// Keeps a page; applies the job's pages once its commit and all that it names are there.
    package mutating func take(_ page: DirectoryPage, of job: String) {
        self.pages[Key(job: job, part: page.part, page: page.page)] = page
        for (key, page) in self.pages where key.job == job {
            guard let commit = page.commit, let named = self.named(commit, of: job) else { continue }
            self.apply(named, commit, isFull: page.full)
            self.pages = self.pages.filter { $0.key.job != job }
            return
        }
    }

    private func named(_ commit: DirectoryCommit, of job: String) -> [DirectoryPage]? {
        let keys = commit.pages.flatMap { stretch in
            (stretch.first...stretch.last).map { Key(job: job, part: stretch.part, page: $0) }
        }
        let pages = keys.compactMap { self.pages[$0] }
        return pages.count == keys.count ? pages : nil
    }

    private mutating func apply(_ pages: [DirectoryPage], _ commit: DirectoryCommit, isFull: Bool) {
        guard isFull ? commit.generation > self.generation : commit.base == self.generation else { return }
        if isFull { (self.users, self.groups, self.members) = ([:], [:], [:]) }
        for page in pages { for change in page.changes { self.apply(change) } }
        self.generation = commit.generation
        self.state = commit.state
    }

    private mutating func apply(_ change: DirectoryChange) {
        switch change {
        case .user(let user): self.users[user.id] = user
        case .group(let group): self.groups[group.id] = group
        case .members(let change):
            var held = change.replaces ? [] : self.members[change.group] ?? []
            held.formUnion(change.added)
            held.subtract(change.removed)
            self.members[change.group] = held
        case .removed(let removal):
            switch removal.kind {
            case .user: self.users[removal.id] = nil
            case .group:
                self.groups[removal.id] = nil
                self.members[removal.id] = nil
            }
        }
    }

    /// What differs from a tenant as it is, given who is imported; empty for a right copy.
    package func differences(from truth: DirectoryTruth, _ filters: DirectoryFilters) -> [String] {
        let wantedUsers = truth.users.mapValues { DirectoryUser($0) }.filter { filters.wants($0.value) }
        let wantedGroups = truth.groups.mapValues { DirectoryGroup($0) }.filter { filters.wants($0.value) }
        var found: [String] = []
        for id in Set(wantedUsers.keys).union(self.users.keys).sorted() where wantedUsers[id] != self.users[id] {
            found.append(
                "user \(id): \(wantedUsers[id].map { "\($0)" } ?? "none"), held \(self.users[id].map { "\($0)" } ?? "none")"
            )
        }
        for id in Set(wantedGroups.keys).union(self.groups.keys).sorted() where wantedGroups[id] != self.groups[id] {
            found.append(
                "group \(id): \(wantedGroups[id].map { "\($0)" } ?? "none"), held \(self.groups[id].map { "\($0)" } ?? "none")"
            )
        }
        // Members are joined with who is held, as a console does when it reads them.
        let known = Set(wantedUsers.keys).union(wantedGroups.keys)
        for id in wantedGroups.keys.sorted() {
            let wanted = (truth.members[id] ?? []).intersection(known)
            let held = (self.members[id] ?? []).intersection(known)
            guard wanted != held else { continue }
            found.append("members of \(id): missing \(wanted.subtracting(held)), too many \(held.subtracting(wanted))")
        }
        return found
    }
}

extension DirectoryUser {
    /// As the simulator writes it.
    fileprivate init(_ json: JSONValue) {
        self.init(
            id: json["id"]?.text ?? "",
            userPrincipalName: json["userPrincipalName"]?.text ?? "",
            displayName: json["displayName"]?.text,
            mail: json["mail"]?.text,
            proxyAddresses: json["proxyAddresses"]?.texts ?? [],
            accountEnabled: json["accountEnabled"]?.flag ?? false,
            userType: json["userType"]?.text,
            isLicensed: json["assignedLicenses"]?.array?.isEmpty == false
        )
    }
}

extension DirectoryGroup {
    /// As the simulator writes it.
    fileprivate init(_ json: JSONValue) {
        self.init(
            id: json["id"]?.text ?? "",
            displayName: json["displayName"]?.text,
            mail: json["mail"]?.text,
            proxyAddresses: json["proxyAddresses"]?.texts ?? [],
            mailEnabled: json["mailEnabled"]?.flag ?? false,
            securityEnabled: json["securityEnabled"]?.flag ?? false,
            groupTypes: json["groupTypes"]?.texts ?? []
        )
    }
}

/// Who is imported, said a second time and otherwise than in the product.
extension DirectoryFilters {
    fileprivate func wants(_ user: DirectoryUser) -> Bool {
        let isShared = !user.accountEnabled && !user.isLicensed && user.mail != nil
        let isLive =
            switch self.users {
            case .all: true
            case .enabled: user.accountEnabled
            case .enabledAndShared: user.accountEnabled || isShared
            }
        let addresses = ([user.mail ?? ""] + user.proxyAddresses.filter { $0.lowercased().hasPrefix("smtp:") })
        let isLocal = self.domains.map { domains in
            addresses.contains { address in domains.contains { address.lowercased().hasSuffix("@\($0.lowercased())") } }
        }
        return isLive && (self.guests || user.userType != "Guest") && isLocal ?? true
    }

    fileprivate func wants(_ group: DirectoryGroup) -> Bool {
        switch self.groups {
        case .all: true
        case .mail: group.mailEnabled
        case .security: group.securityEnabled
        case .none: false
        }
    }
}
