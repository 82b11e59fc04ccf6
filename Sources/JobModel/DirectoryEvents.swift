/// The own members of `events.directory.page.v1`: a piece of a directory, or of what has changed in it.
///
/// A console keeps the pages and applies them when their commit has come; `schemas/README.md` says how.
package struct DirectoryPage: Sendable, Codable, Equatable {
    /// How many changes a page holds at most.
    package static let changesMax = 500
    /// How many memberships one change names at most, added and removed together.
    package static let membersMax = 2_000
    /// How many characters the name of a part has: hexadecimal digits.
    package static let partLength = 16

    /// Which uninterrupted run of an executor made the page: 16 hexadecimal digits, by chance.
    ///
    /// A run that was killed may have sent pages that the next one makes again, otherwise cut; the part tells them apart.
    package let part: String
    /// The page's number in its job, from 1 and on over its parts.
    package let page: Int
    /// Whether the job's pages hold the whole directory; else they hold what has changed.
    package let full: Bool
    /// What to do, in this order.
    package let changes: [DirectoryChange]
    /// On the last page alone: which pages count, and what they lead to.
    package let commit: DirectoryCommit?

    /// Collects the parts.
    package init(part: String, page: Int, full: Bool, changes: [DirectoryChange], commit: DirectoryCommit?) {
        self.part = part
        self.page = page
        self.full = full
        self.changes = changes
        self.commit = commit
    }
}

/// The end of a job's pages.
package struct DirectoryCommit: Sendable, Codable, Equatable {
    /// How many stretches a commit names at most.
    package static let stretchesMax = 200

    /// Pages of one part, from the first to the last.
    package struct Stretch: Sendable, Codable, Hashable {
        /// The part.
        package var part: String
        /// The number of its first page that counts.
        package var first: Int
        /// The number of its last page that counts.
        package var last: Int

        /// Collects the parts.
        package init(part: String, first: Int, last: Int) {
            self.part = part
            self.first = first
            self.last = last
        }
    }

    /// The generation that the changes start from; 0 for nothing.
    package let base: Int
    /// The generation that they lead to.
    package let generation: Int
    /// What the next job is given as its `state`.
    package let state: String
    /// The pages that count, in the order in which they are applied; this one is the last.
    package let pages: [Stretch]

    /// Collects the parts.
    package init(base: Int, generation: Int, state: String, pages: [Stretch]) {
        self.base = base
        self.generation = generation
        self.state = state
        self.pages = pages
    }
}

/// One thing to do to a copy of the directory: doing it twice is doing it once.
package enum DirectoryChange: Sendable, Codable, Equatable {
    /// The user is there and is like this; nothing of what was held before remains.
    case user(DirectoryUser)
    /// The group is there and is like this; its members stay as they were.
    case group(DirectoryGroup)
    /// Members of a group came or went.
    case members(DirectoryMembers)
    /// The user or group is not there any more, a group with its list of members.
    case removed(DirectoryRemoval)

    private enum CodingKeys: String, CodingKey {
        case user, group, members, removed
    }

    /// Reads the one member that is there.
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        switch values.allKeys.first {
        case .user: self = .user(try values.decode(DirectoryUser.self, forKey: .user))
        case .group: self = .group(try values.decode(DirectoryGroup.self, forKey: .group))
        case .members: self = .members(try values.decode(DirectoryMembers.self, forKey: .members))
        case .removed: self = .removed(try values.decode(DirectoryRemoval.self, forKey: .removed))
        case nil:
            throw DecodingError.dataCorrupted(
                DecodingError.Context(codingPath: decoder.codingPath, debugDescription: "no known change")
            )
        }
    }

    /// Writes one member, named for the case.
    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .user(let user): try values.encode(user, forKey: .user)
        case .group(let group): try values.encode(group, forKey: .group)
        case .members(let members): try values.encode(members, forKey: .members)
        case .removed(let removal): try values.encode(removal, forKey: .removed)
        }
    }
}

/// What of a tenant's directory has a name of its own here.
package enum DirectoryKind: String, Sendable, Codable, Hashable, CaseIterable {
    /// An account, of a person or of a mailbox.
    case user
    /// A group of any kind.
    case group
}

/// A user as a page holds it; ids are as Microsoft writes them.
package struct DirectoryUser: Sendable, Codable, Hashable {
    /// The object id.
    package var id: String
    /// The name to sign in with.
    package var userPrincipalName: String
    /// The name for people.
    package var displayName: String?
    /// The primary address as Entra shows it; nil for an account without mail.
    package var mail: String?
    /// All addresses with their kinds, as Exchange writes them: `SMTP:` for the primary one, `smtp:` for others, `SIP:`, `X500:`.
    package var proxyAddresses: [String]
    /// Whether the account can sign in.
    package var accountEnabled: Bool
    /// `Member`, `Guest`, or what else Entra says.
    package var userType: String?
    /// Whether it holds a licence; a disabled account with an address and without one is a shared or room mailbox.
    package var isLicensed: Bool

    /// Collects the parts.
    package init(
        id: String,
        userPrincipalName: String,
        displayName: String?,
        mail: String?,
        proxyAddresses: [String],
        accountEnabled: Bool,
        userType: String?,
        isLicensed: Bool
    ) {
        self.id = id
        self.userPrincipalName = userPrincipalName
        self.displayName = displayName
        self.mail = mail
        self.proxyAddresses = proxyAddresses
        self.accountEnabled = accountEnabled
        self.userType = userType
        self.isLicensed = isLicensed
    }
}

/// A group as a page holds it, without its members.
package struct DirectoryGroup: Sendable, Codable, Hashable {
    /// The object id.
    package var id: String
    /// The name for people.
    package var displayName: String?
    /// The primary address; nil for a group without mail.
    package var mail: String?
    /// All addresses with their kinds.
    package var proxyAddresses: [String]
    /// Whether it receives mail.
    package var mailEnabled: Bool
    /// Whether rights can be given to it.
    package var securityEnabled: Bool
    /// `Unified` for a Microsoft 365 group, `DynamicMembership` for one that fills itself.
    package var groupTypes: [String]

    /// Collects the parts.
    package init(
        id: String,
        displayName: String?,
        mail: String?,
        proxyAddresses: [String],
        mailEnabled: Bool,
        securityEnabled: Bool,
        groupTypes: [String]
    ) {
        self.id = id
        self.displayName = displayName
        self.mail = mail
        self.proxyAddresses = proxyAddresses
        self.mailEnabled = mailEnabled
        self.securityEnabled = securityEnabled
        self.groupTypes = groupTypes
    }
}

/// Members of a group that came or went; a long list goes over several changes.
///
/// Members are ids of users and groups, also of such that the filters leave out: whoever shows members joins them with the
/// users and groups that are held. A user who was removed and comes back is in the same groups.
package struct DirectoryMembers: Sendable, Codable, Equatable {
    /// The group.
    package var group: String
    /// Whether the list held so far is dropped first.
    package var replaces: Bool
    /// Who came, each once.
    package var added: [String]
    /// Who went, each once and none of the added.
    package var removed: [String]

    /// Collects the parts.
    package init(group: String, replaces: Bool, added: [String], removed: [String]) {
        self.group = group
        self.replaces = replaces
        self.added = added
        self.removed = removed
    }
}

/// A user or group that is not there any more.
package struct DirectoryRemoval: Sendable, Codable, Hashable {
    /// Why it is gone.
    package enum Reason: String, Sendable, Codable, Hashable, CaseIterable {
        /// It was deleted and can be restored for 30 days.
        case changed
        /// It was deleted for good.
        case deleted
        /// It is there, and the filters leave it out.
        case filtered
    }

    /// What it was.
    package var kind: DirectoryKind
    /// Its object id.
    package var id: String
    /// Why.
    package var reason: Reason

    /// Collects the parts.
    package init(kind: DirectoryKind, id: String, reason: Reason) {
        self.kind = kind
        self.id = id
        self.reason = reason
    }
}

/// The own members of `events.directory.held.v1`: the guard against mass deletion stopped a job, and asks.
package struct DirectoryHeld: Sendable, Codable, Equatable {
    /// What would go, of one kind.
    package struct Removals: Sendable, Codable, Hashable {
        /// How many would be removed: exact up to 512 held, then an estimate.
        package var removals: Int
        /// Of how many.
        package var held: Int

        /// Collects the parts.
        package init(removals: Int, held: Int) {
            self.removals = removals
            self.held = held
        }
    }

    /// Users.
    package let users: Removals
    /// Groups.
    package let groups: Removals
    /// The guard's bound in percent of what is held.
    package let percentMax: Int
    /// The guard's bound as a number.
    package let numberMax: Int

    /// Collects the parts.
    package init(users: Removals, groups: Removals, percentMax: Int, numberMax: Int) {
        self.users = users
        self.groups = groups
        self.percentMax = percentMax
        self.numberMax = numberMax
    }
}
