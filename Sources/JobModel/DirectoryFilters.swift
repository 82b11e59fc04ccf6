/// Which part of a tenant's directory is imported: recorded by connect-tenant, overridden by a sync-directory job.
///
/// Objects outside it are as good as absent: they are never sent, and are removed when they fall out of it.
package struct DirectoryFilters: Codable, Sendable, Hashable {
    /// How many domains may be named.
    package static let domainsMax = 5_000

    /// Which accounts are imported.
    package enum Users: String, Codable, Sendable, Hashable, CaseIterable {
        /// Those that can sign in.
        case enabled
        /// Those, and disabled ones that hold no licence but an address: shared, room and equipment mailboxes.
        case enabledAndShared = "enabled-and-shared"
        /// All of them.
        case all
    }

    /// Which groups are imported, with their members.
    package enum Groups: String, Codable, Sendable, Hashable, CaseIterable {
        /// All of them.
        case all
        /// Those with mail: distribution groups, mail-enabled security groups and Microsoft 365 groups.
        case mail
        /// Those that rights can be given to.
        case security
        /// None.
        case none
    }

    /// Which accounts.
    package var users: Users
    /// Whether guests are imported.
    package var guests: Bool
    /// Only users with an address in one of these domains, 1 to 5,000, each once; nil for no such bound.
    package var domains: [String]?
    /// Which groups.
    package var groups: Groups

    /// Shared mailboxes included, as a gateway that does not know them refuses their mail; no guests; all groups.
    package static let standard = DirectoryFilters(users: .enabledAndShared, guests: false, domains: nil, groups: .all)

    /// Collects the parts.
    package init(users: Users, guests: Bool, domains: [String]?, groups: Groups) {
        self.users = users
        self.guests = guests
        self.domains = domains
        self.groups = groups
    }
}

/// What a sync-directory job says of the filters; what it leaves out is as the worker is set up.
package struct DirectoryFiltersOverride: Codable, Sendable, Equatable {
    /// Which accounts.
    package let users: DirectoryFilters.Users?
    /// Whether guests are imported.
    package let guests: Bool?
    /// Only users with an address in one of these domains.
    package let domains: [String]?
    /// Which groups.
    package let groups: DirectoryFilters.Groups?

    private enum CodingKeys: String, CodingKey {
        case users, guests, domains, groups
    }

    /// Reads the schema's shape: a member may be left out, but is never null.
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        func value<Value: Decodable>(_ key: CodingKeys) throws -> Value? {
            values.contains(key) ? try values.decode(Value.self, forKey: key) : nil
        }
        self.users = try value(.users)
        self.guests = try value(.guests)
        self.domains = try value(.domains)
        self.groups = try value(.groups)
    }

    /// The filters that hold for a job, over those of its worker.
    package func over(_ standard: DirectoryFilters) -> DirectoryFilters {
        DirectoryFilters(
            users: self.users ?? standard.users,
            guests: self.guests ?? standard.guests,
            domains: self.domains ?? standard.domains,
            groups: self.groups ?? standard.groups
        )
    }

    /// The first rule of the schema that is broken, with the path that leads here.
    func violation(at path: String) -> String? {
        guard let domains else { return nil }
        if !(1...DirectoryFilters.domainsMax).contains(domains.count) {
            return "`\(path).domains` has \(domains.count) entries; 1 to \(DirectoryFilters.domainsMax) are allowed."
        }
        if let index = domains.firstIndex(where: { !PayloadRule.isDomainName($0) }) {
            return "`\(path).domains[\(index)]` is not a domain name."
        }
        if Set(domains).count < domains.count { return "`\(path).domains` names a domain twice." }
        return nil
    }
}
