/// Something a tenant's administrator does on his own, without the application.
///
/// Written as an object with `action` and the keys that action reads:
///
/// | action | keys | effect |
/// |---|---|---|
/// | `create-object` | `kind`, `parameters` | a New- cmdlet, such as a foreign `*` connector |
/// | `edit-object` | `kind`, `identity`, `parameters` | a Set- cmdlet: rename, disable (`{"Enabled":false}`), change addresses |
/// | `enable-rule`, `disable-rule` | `identity` | the rule's state |
/// | `delete-object` | `kind`, `identity` | a Remove- cmdlet |
/// | `grant-consent` | `client` | consent with all permissions of the application |
/// | `remove-consent` | `client` | the service principal goes, with everything it was given |
/// | `remove-app-role` | `client`, `role` | one app role, such as `Exchange.ManageAsApp` |
/// | `remove-directory-role` | `client`, `role` | one directory role, such as `Exchange Administrator` |
/// | `grant-app-role` | `client`, `role` | one app role more, such as `Directory.Read.All` |
/// | `grant-directory-role` | `client`, `role` | one directory role more |
/// | `remove-domain` | `identity` | the domain is the tenant's no longer |
/// | `disable-application`, `enable-application` | `client` | sign-in refused, allowed again |
/// | `remove-exchange`, `add-exchange` | | the licence goes, comes |
///
/// `kind` is `inbound-connector`, `outbound-connector` or `transport-rule`; `client` defaults to the scenario's first
/// application, `by` to an administrator's name: Exchange shows it where it tells who changed an object last.
package struct AdminAction: Codable, Sendable, Equatable {
    /// The actions.
    package enum Name: String, Codable, Sendable, CaseIterable {
        case createObject = "create-object"
        case editObject = "edit-object"
        case enableRule = "enable-rule"
        case disableRule = "disable-rule"
        case deleteObject = "delete-object"
        case grantConsent = "grant-consent"
        case removeConsent = "remove-consent"
        case removeAppRole = "remove-app-role"
        case removeDirectoryRole = "remove-directory-role"
        case grantAppRole = "grant-app-role"
        case grantDirectoryRole = "grant-directory-role"
        case removeDomain = "remove-domain"
        case disableApplication = "disable-application"
        case enableApplication = "enable-application"
        case removeExchange = "remove-exchange"
        case addExchange = "add-exchange"
    }

    /// What is done.
    ///
    /// Required.
    package var action: Name
    /// The kind of object.
    package var kind: String?
    /// The object's name or GUID.
    package var identity: String?
    /// A cmdlet's parameters.
    package var parameters: [String: JSONValue]?
    /// The application's client id.
    package var client: String?
    /// The role's value or name.
    package var role: String?
    /// Who acts, by the name that people see.
    ///
    /// Default: ``administrator``.
    package var by: String?

    /// The administrator who acts when nobody is named.
    package static let administrator = "Megan Bowen"

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case action, kind, identity, parameters, client, role, by
    }

    /// An action with no further keys.
    package init(_ action: Name) { self.action = action }

    /// Reads the object; unknown keys are refused.
    package init(from decoder: any Decoder) throws {
        let fields = try StrictFields(decoder, CodingKeys.self)
        action = try fields.require(.action)
        try fields.read(.kind, into: &kind)
        try fields.read(.identity, into: &identity)
        try fields.read(.parameters, into: &parameters)
        try fields.read(.client, into: &client)
        try fields.read(.role, into: &role)
        try fields.read(.by, into: &by)
    }
}
