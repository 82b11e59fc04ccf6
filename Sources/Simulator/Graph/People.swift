import Foundation

/// The users and groups that a scenario writes down, as they are at the start.
struct People: Sendable, Equatable {
    private(set) var users: [[String: JSONValue]] = []
    private(set) var groups: [[String: JSONValue]] = []

    /// What Graph returns when `$select` does not say: addresses and the enabled state are not among it.
    static let defaultUserProperties = ["id", "displayName", "mail", "userPrincipalName"]
    static let defaultGroupProperties = ["id", "displayName", "mail", "mailEnabled", "groupTypes"]

    /// The properties of an object that can be asked for; others do not exist.
    static func properties(_ kind: EntryKind) -> Set<String> {
        switch kind {
        case .user:
            [
                "id", "userPrincipalName", "displayName", "givenName", "surname", "mail", "proxyAddresses",
                "accountEnabled", "userType", "assignedLicenses", "otherMails", "createdDateTime",
            ]
        case .group:
            [
                "id", "displayName", "mail", "mailEnabled", "securityEnabled", "groupTypes", "proxyAddresses",
                "membershipRule",
            ]
        }
    }

    /// Those that a delta query can be asked for.
    static func deltaProperties(_ kind: EntryKind) -> Set<String> {
        kind == .group ? properties(kind).union(["members"]) : properties(kind)
    }

    /// Refuses a property that does not exist, as the directory does.
    static func requireProperties(
        _ names: [String],
        among known: Set<String>,
        of kind: EntryKind
    ) throws(GraphError) {
        for name in names where !known.contains(name) {
            throw .badRequest("Could not find a property named '\(name)' on type 'microsoft.graph.\(kind.rawValue)'.")
        }
    }

    init(_ scenario: ScenarioTenant, tenant: String) {
        var generator = SeededGenerator(seed: tenant.utf8.reduce(17) { $0 &* 31 &+ UInt64($1) })
        users = scenario.users.map { user in
            let name = user.userPrincipalName.split(separator: "@").first.map(String.init) ?? ""
            return [
                "id": .text(generator.guid()), "userPrincipalName": .text(user.userPrincipalName),
                "displayName": .text(user.displayName ?? name), "mail": user.mail.map(JSONValue.text) ?? .null,
                "proxyAddresses": .texts(user.proxyAddresses), "accountEnabled": .flag(user.accountEnabled),
                "userType": .text(user.userType), "givenName": .null, "surname": .null, "assignedLicenses": [],
                "otherMails": [], "createdDateTime": .text(userTime(.distantPast)),
            ]
        }
        groups = scenario.groups.map { group in
            [
                "id": .text(generator.guid()), "displayName": .text(group.displayName),
                "mail": group.mail.map(JSONValue.text) ?? .null, "mailEnabled": .flag(group.mailEnabled),
                "securityEnabled": .flag(group.securityEnabled), "groupTypes": [], "proxyAddresses": [],
                "membershipRule": .null,
            ]
        }
    }
}
