package import Foundation

/// What a pure operation needs to know of the world around a tenant.
struct Moment: Sendable {
    /// Simulated time.
    let now: Date
    let delays: Delays
    let switches: Switches
    /// Who acts, as Exchange shows it in `LastModifiedBy`.
    var actor = ""

    /// The same moment with somebody acting in it.
    func with(actor: String) -> Moment {
        var moment = self
        moment.actor = actor
        return moment
    }
}

/// One tenant: its directory, its Exchange organisation, and what has happened to it.
struct Tenant: Sendable {
    /// Lower-case GUID.
    let id: String
    let displayName: String
    var domains: [TenantDomain]
    var directory: Directory
    var exchange: ExchangeOrganization
    var hasExchange: Bool
    var blocksSignIn: Bool
    let population: Population
    /// Users and groups, and what has become of them.
    var book: DirectoryBook
    private(set) var effects: [Effect] = []

    /// Builds the tenant a scenario describes; all of it settled long ago.
    init(_ scenario: ScenarioTenant, applications: [RegisteredApplication], seed: UInt64) throws(SimulatorError) {
        id = scenario.id.lowercased()
        displayName = scenario.displayName ?? scenario.initialDomain
        domains = TenantDomain.all(of: scenario)
        hasExchange = scenario.hasExchange
        blocksSignIn = scenario.blocksSignIn
        population = Population(scenario)
        book = DirectoryBook(scenario, people: People(scenario, tenant: scenario.id.lowercased()))
        directory = Directory(
            generator: SeededGenerator(seed: seed ^ Tenant.number(scenario.id)),
            hasExchange: scenario.hasExchange
        )
        exchange = try ExchangeOrganization(
            scenario,
            domains: domains,
            generator: SeededGenerator(seed: ~seed ^ Tenant.number(scenario.id))
        )
        for application in applications {
            guard let consent = scenario.consents.first(where: { $0.key.lowercased() == application.clientID }) else {
                continue
            }
            directory.settle(
                application,
                permissions: consent.value,
                roles: scenario.directoryRoles.first { $0.key.lowercased() == application.clientID }?.value ?? [],
                isDisabled: scenario.disabledApplications.contains { $0.lowercased() == application.clientID }
            )
        }
    }

    /// Notes that something is different now.
    mutating func record(_ action: Effect.Action, _ kind: String, name: String, id: String, by: String, at time: Date) {
        effects.append(
            Effect(
                number: effects.count + 1,
                time: time,
                tenant: self.id,
                action: action,
                kind: kind,
                name: name,
                id: id,
                by: by
            )
        )
    }

    /// Whether that name is the tenant's GUID or one of its verified domains.
    func isCalled(_ name: String) -> Bool {
        let name = name.lowercased()
        return name == id || domains.contains { $0.isVerified && $0.name == name }
    }

    private static func number(_ id: String) -> UInt64 {
        id.lowercased().utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}

/// One thing that became different in a tenant.
package struct Effect: Codable, Sendable, Equatable {
    /// What happened to it.
    package enum Action: String, Codable, Sendable { case created, changed, deleted }

    /// Counts from 1 in each tenant.
    package let number: Int
    /// Simulated time.
    package let time: Date
    /// The tenant's GUID.
    package let tenant: String
    /// What happened.
    package let action: Action
    /// `inbound-connector`, `outbound-connector`, `transport-rule`, `service-principal`, `app-role-assignment`,
    /// `directory-role-assignment`, `organization-customization`, `consent`.
    package let kind: String
    /// The object's name at that time.
    package let name: String
    /// The object's GUID or opaque id.
    package let id: String
    /// The client id of the application, or `admin`.
    package let by: String
}

extension Tenant {
    /// Decides whether an application may have a token, and what it says.
    func signIn(
        _ application: RegisteredApplication,
        _ resource: Resource,
        _ moment: Moment
    ) throws(LoginError) -> (principal: ServicePrincipal, roles: [String], wids: [String]) {
        guard let principal = directory.principal(appID: application.clientID),
            principal.isSettled(moment.now, after: moment.delays.consentToSignInSeconds)
        else { throw .notInDirectory(application.clientID, displayName) }
        guard principal.accountEnabled else { throw .disabled }
        if blocksSignIn { throw .blocked }
        guard resource == .graph || hasExchange else { throw .noSubscription }
        guard let target = directory.principal(appID: resource.appID) else { throw .noResource }
        return (
            principal, directory.roles(of: principal, on: target, resource, moment),
            directory.wids(of: principal, moment)
        )
    }
}
