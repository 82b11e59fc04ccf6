/// A domain of a tenant with every default filled in.
struct TenantDomain: Sendable, Equatable {
    let name: String
    let isVerified: Bool
    let isInitial: Bool
    var isDefault: Bool
    let authenticationType: String
    let supportedServices: [String]
    let acceptedAs: ScenarioDomain.Acceptance
    let mailExchange: String

    /// The initial domain first, then the others; one of them is the default.
    static func all(of tenant: ScenarioTenant) -> [TenantDomain] {
        var initial = ScenarioDomain(name: tenant.initialDomain)
        initial.isDefault = !tenant.domains.contains(where: \.isDefault)
        return [TenantDomain(initial, isInitial: true)] + tenant.domains.map { TenantDomain($0, isInitial: false) }
    }

    init(_ scenario: ScenarioDomain, isInitial: Bool) {
        let services =
            scenario.supportedServices
            ?? (scenario.isVerified ? ["Email", "OfficeCommunicationsOnline"] : [])
        let takesMail = scenario.isVerified && services.contains("Email")
        name = scenario.name.lowercased()
        isVerified = scenario.isVerified
        self.isInitial = isInitial
        isDefault = scenario.isDefault
        authenticationType = scenario.authenticationType
        supportedServices = services
        acceptedAs = scenario.acceptedAs ?? (takesMail ? .authoritative : .notAccepted)
        mailExchange = scenario.mailExchange ?? name.replacing(".", with: "-") + ".mail.protection.outlook.com"
    }

    /// A domain is a root unless the tenant holds its parent; the caller knows the others.
    func isRoot(among domains: [TenantDomain]) -> Bool {
        !domains.contains { $0.name != name && name.hasSuffix("." + $0.name) }
    }
}
