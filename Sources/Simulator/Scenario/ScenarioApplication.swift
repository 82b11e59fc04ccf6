/// One app registration: who may sign in, and how it proves itself.
package struct ScenarioApplication: Codable, Sendable, Equatable {
    /// The client id, a GUID.
    ///
    /// Required.
    package var clientID: String
    /// The name tenants see.
    ///
    /// Default `Sluice`.
    package var displayName = "Sluice"
    /// The client secret.
    ///
    /// Default none.
    package var secret: String?
    /// The secret is right but its life is over (AADSTS7000222).
    ///
    /// Default false.
    package var isSecretExpired = false
    /// Certificates whose keys may sign assertions, each one PEM block with an RSA key.
    ///
    /// Default none.
    package var certificates: [String] = []
    /// The app roles that an administrator's consent grants, by value.
    ///
    /// Default: the ten of the product.
    package var permissions = ScenarioApplication.productPermissions
    /// Where the consent page may send the administrator back to, compared whole.
    ///
    /// Default none.
    package var redirectURIs: [String] = []

    /// The app roles the product asks for; Exchange.ManageAsApp it gives itself.
    package static let productPermissions = [
        "Application.Read.All", "AppRoleAssignment.ReadWrite.All", "RoleManagement.ReadWrite.Directory",
        "EntitlementManagement.ReadWrite.All", "Domain.Read.All", "Group.Read.All", "GroupMember.Read.All",
        "User.Read.All", "Mail.ReadWrite",
    ]

    /// The app roles that pulling and restoring mail needs.
    package static let mailPermissions = ["User.Read.All", "Mail.ReadWrite"]

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case clientID, displayName, secret, isSecretExpired, certificates, permissions, redirectURIs
    }

    /// An application with a secret, or with none yet.
    package init(clientID: String, secret: String?) {
        self.clientID = clientID
        self.secret = secret
    }

    /// Reads the object; unknown keys are refused.
    package init(from decoder: any Decoder) throws {
        let fields = try StrictFields(decoder, CodingKeys.self)
        clientID = try fields.require(.clientID)
        try fields.read(.displayName, into: &displayName)
        try fields.read(.secret, into: &secret)
        try fields.read(.isSecretExpired, into: &isSecretExpired)
        try fields.read(.certificates, into: &certificates)
        try fields.read(.permissions, into: &permissions)
        try fields.read(.redirectURIs, into: &redirectURIs)
    }
}
