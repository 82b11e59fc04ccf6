/// The names of routes in fault rules and in the journal.
///
/// | service | names |
/// |---|---|
/// | login | `login.token`, `login.consent` |
/// | graph | `graph.servicePrincipals.get`, `.list`, `.create`; `graph.appRoleAssignments.list`, `.create`, `.delete`; `graph.appRoleAssignedTo.list`, `.create`, `.delete`; `graph.roleAssignments.list`, `.get`, `.create`, `.delete`; `graph.domains.list`, `.get`, `.verificationDnsRecords`, `.serviceConfigurationRecords`; `graph.users.list`, `.get`, `.delta`; `graph.groups.list`, `.get`, `.delta`, `.members.list`; `graph.organization.list`; `graph.batch` |
/// | graph, on a mailbox, alone or in a batch | `graph.messages.list`, `.get`, `.update`, `.delete`, `.move`, `.copy`; `graph.mailFolders.list`, `.create`, `.get`, `.update`, `.delete`, `.messages.list`; `graph.mailFolders.childFolders.list`, `.create` |
/// | exchange | `exchange.` and the cmdlet, such as `exchange.New-InboundConnector` |
/// | any | `login.unknown`, `graph.unknown`, `exchange.unknown` for what has no route |
///
/// A pattern may end in `*`: `exchange.New-*`, `graph.*`, `*`.
package enum RouteName {
    static let token = "login.token"
    static let consent = "login.consent"
    static let batch = "graph.batch"

    /// The routes that are not cmdlets.
    package static let fixed: [String] =
        [token, consent, "login.unknown", "graph.unknown", "exchange.unknown"] + GraphRoute.Kind.allCases.map(\.name)
        + [batch] + MailRoute.Kind.allCases.map(\.name)

    /// Every route there is.
    package static var all: [String] { fixed + Cmdlet.allCases.map { "exchange." + $0.rawValue } }

    /// Whether that text names a route or ends in a star behind the beginning of one.
    static func isPattern(_ text: String) -> Bool { all.contains { matches(pattern: text, route: $0) } }

    /// Whether a rule for that pattern speaks of that route.
    static func matches(pattern: String, route: String) -> Bool {
        guard pattern.hasSuffix("*") else { return pattern == route }
        return route.hasPrefix(pattern.dropLast())
    }
}
