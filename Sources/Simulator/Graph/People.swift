/// The users and groups that a scenario writes down, as they are at the start.
struct People: Sendable, Equatable {
    private(set) var users: [[String: JSONValue]] = []
    private(set) var groups: [[String: JSONValue]] = []

    /// What Graph returns when `$select` does not say: addresses and the enabled state are not among it.
    static let defaultUserProperties = ["id", "displayName", "mail", "userPrincipalName"]
    static let defaultGroupProperties = ["id", "displayName", "mail", "mailEnabled", "groupTypes"]

    init(_ scenario: ScenarioTenant, tenant: String) {
        var generator = SeededGenerator(seed: tenant.utf8.reduce(17) { $0 &* 31 &+ UInt64($1) })
        users = scenario.users.map { user in
            let name = user.userPrincipalName.split(separator: "@").first.map(String.init) ?? ""
            return [
                "id": .text(generator.guid()), "userPrincipalName": .text(user.userPrincipalName),
                "displayName": .text(user.displayName ?? name), "mail": user.mail.map(JSONValue.text) ?? .null,
                "proxyAddresses": .texts(user.proxyAddresses), "accountEnabled": .flag(user.accountEnabled),
                "userType": .text(user.userType), "givenName": .null, "surname": .null, "assignedLicenses": [],
                "otherMails": [],
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
