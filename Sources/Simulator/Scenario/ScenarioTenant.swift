/// One tenant as it is when the simulator starts.
package struct ScenarioTenant: Codable, Sendable, Equatable {
    /// The tenant's GUID.
    ///
    /// Required.
    package var id: String
    /// The organisation's name.
    ///
    /// Default: the initial domain.
    package var displayName: String?
    /// The `*.onmicrosoft.com` domain.
    ///
    /// Required.
    package var initialDomain: String
    /// All other domains.
    package var domains: [ScenarioDomain] = []
    /// The app roles already granted, by client id; a client id with an empty list is consented without roles.
    package var consents: [String: [String]] = [:]
    /// The directory roles already assigned, by client id: names (`Exchange Administrator`) or template ids.
    package var directoryRoles: [String: [String]] = [:]
    /// The client ids whose service principal is disabled (AADSTS7000112).
    package var disabledApplications: [String] = []
    /// Conditional access refuses workload sign-in (AADSTS53003).
    ///
    /// Default false.
    package var blocksSignIn = false
    /// Exchange Online exists here: its service principal is there and tokens for it are issued.
    ///
    /// Default true.
    package var hasExchange = true
    /// Customisation is refused until Enable-OrganizationCustomization has run.
    ///
    /// Default false.
    package var isDehydrated = false
    /// Connectors that somebody else made: parameters of New-InboundConnector.
    package var inboundConnectors: [[String: JSONValue]] = []
    /// The same for New-OutboundConnector.
    package var outboundConnectors: [[String: JSONValue]] = []
    /// The same for New-TransportRule.
    package var transportRules: [[String: JSONValue]] = []
    /// The people.
    package var users: [ScenarioUser] = []
    /// The groups.
    package var groups: [ScenarioGroup] = []
    /// The mailboxes and what lies in them.
    package var mail = ScenarioMail()
    /// How delta queries tell users and groups.
    package var directory = ScenarioDirectory()

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case id, displayName, initialDomain, domains, consents, directoryRoles, disabledApplications, blocksSignIn
        case hasExchange, isDehydrated, inboundConnectors, outboundConnectors, transportRules, users, groups, mail
        case directory
    }

    /// A tenant with that GUID, initial domain and these further domains.
    package init(id: String, initialDomain: String, domains: [ScenarioDomain]) {
        self.id = id
        self.initialDomain = initialDomain
        self.domains = domains
    }

    /// Reads the object; unknown keys are refused.
    package init(from decoder: any Decoder) throws {
        let fields = try StrictFields(decoder, CodingKeys.self)
        id = try fields.require(.id)
        initialDomain = try fields.require(.initialDomain)
        try fields.read(.displayName, into: &displayName)
        try fields.read(.domains, into: &domains)
        try fields.read(.consents, into: &consents)
        try fields.read(.directoryRoles, into: &directoryRoles)
        try fields.read(.disabledApplications, into: &disabledApplications)
        try fields.read(.blocksSignIn, into: &blocksSignIn)
        try fields.read(.hasExchange, into: &hasExchange)
        try fields.read(.isDehydrated, into: &isDehydrated)
        try fields.read(.inboundConnectors, into: &inboundConnectors)
        try fields.read(.outboundConnectors, into: &outboundConnectors)
        try fields.read(.transportRules, into: &transportRules)
        try fields.read(.users, into: &users)
        try fields.read(.groups, into: &groups)
        try fields.read(.mail, into: &mail)
        try fields.read(.directory, into: &directory)
    }
}
