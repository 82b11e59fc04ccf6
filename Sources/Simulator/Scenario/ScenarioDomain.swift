/// A domain of a tenant, as Graph and as Exchange see it.
package struct ScenarioDomain: Codable, Sendable, Equatable {
    /// What Exchange does with mail for an accepted domain.
    package enum Acceptance: String, Codable, Sendable {
        case authoritative = "Authoritative"
        case internalRelay = "InternalRelay"
        case notAccepted = "None"
    }

    /// The name.
    ///
    /// Required.
    package var name: String
    /// Default true.
    package var isVerified = true
    /// Default false; without any default domain the initial one is the default.
    package var isDefault = false
    /// `Managed` or `Federated`.
    ///
    /// Default `Managed`.
    package var authenticationType = "Managed"
    /// Graph's list.
    ///
    /// Default Email and OfficeCommunicationsOnline when verified, else none.
    package var supportedServices: [String]?
    /// `Authoritative`, `InternalRelay` or `None`.
    ///
    /// Default: Authoritative when verified with Email, else None.
    package var acceptedAs: Acceptance?
    /// The host that takes this domain's mail.
    ///
    /// Default: composed as the service usually does.
    package var mailExchange: String?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case name, isVerified, isDefault, authenticationType, supportedServices, acceptedAs, mailExchange
    }

    /// A verified domain of that name.
    package init(name: String) { self.name = name }

    /// Reads the object; unknown keys are refused.
    package init(from decoder: any Decoder) throws {
        let fields = try StrictFields(decoder, CodingKeys.self)
        name = try fields.require(.name)
        try fields.read(.isVerified, into: &isVerified)
        try fields.read(.isDefault, into: &isDefault)
        try fields.read(.authenticationType, into: &authenticationType)
        try fields.read(.supportedServices, into: &supportedServices)
        try fields.read(.acceptedAs, into: &acceptedAs)
        try fields.read(.mailExchange, into: &mailExchange)
    }
}
