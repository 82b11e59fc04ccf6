package import Foundation

/// The whole state, as `GET /_simulator/state` shows it.
package struct SimulatorState: Codable, Sendable {
    /// Simulated time.
    package let now: Date
    /// The number of the last request.
    package let journalLength: Int
    /// How many violations were seen.
    package let violationCount: Int
    /// The fault rules in force.
    package let faults: [FaultRule]
    /// Every tenant.
    package let tenants: [TenantState]
}

/// One tenant, as `GET /_simulator/tenants/{id}` shows it: without any delay, the truth.
package struct TenantState: Codable, Sendable {
    /// The tenant's GUID.
    package let id: String
    /// The organisation's name.
    package let displayName: String
    /// Whether Exchange Online exists here.
    package let hasExchange: Bool
    /// Whether customisation still has to be enabled.
    package let isDehydrated: Bool
    /// Domains as Graph writes them.
    package let domains: [JSONValue]
    /// Connectors and rules as a Get- cmdlet writes them.
    package let inboundConnectors: [JSONValue]
    /// As above.
    package let outboundConnectors: [JSONValue]
    /// As above.
    package let transportRules: [JSONValue]
    /// Applications that have a service principal here.
    package let applications: [ApplicationState]

    /// What an application is and may do in a tenant.
    package struct ApplicationState: Codable, Sendable {
        /// The application's client id.
        package let clientID: String
        /// The object id of its service principal.
        package let objectID: String
        /// Whether it may sign in.
        package let isEnabled: Bool
        /// App roles by value.
        package let appRoles: [String]
        /// Directory roles by name.
        package let directoryRoles: [String]
    }

    init(_ tenant: Tenant, _ switches: Switches) {
        func records(_ kind: ObjectKind) -> [JSONValue] { tenant.exchange.objects(kind).map { $0.record(switches) } }
        id = tenant.id
        displayName = tenant.displayName
        hasExchange = tenant.hasExchange
        isDehydrated = tenant.exchange.isDehydrated
        domains = tenant.domains.map { $0.json(among: tenant.domains) }
        inboundConnectors = records(.inboundConnector)
        outboundConnectors = records(.outboundConnector)
        transportRules = records(.transportRule)
        let directory = tenant.directory
        applications = directory.principals.filter { directory.resource(of: $0) == nil }.map { principal in
            ApplicationState(
                clientID: principal.appID,
                objectID: principal.id,
                isEnabled: principal.accountEnabled,
                appRoles: directory.appRoleAssignments.filter { $0.principalID == principal.id }
                    .map { $0.roleName(directory) }.sorted(),
                directoryRoles: directory.roleAssignments.filter { $0.principalID == principal.id }
                    .map { DirectoryRole.find($0.roleID)?.name ?? $0.roleID }.sorted()
            )
        }
    }
}
