package import Foundation

/// An application as it exists in one tenant.
package struct ServicePrincipal: Equatable, Sendable {
    /// The object id, which differs in every tenant.
    package let id: String
    /// The application's id, the same everywhere.
    package let appID: String
    /// The name administrators see, when there is one.
    package let displayName: String?
    /// False when an administrator disabled it; nil when Graph does not say.
    package let isEnabled: Bool?
    /// The roles other applications can be given on it.
    package let appRoles: [AppRole]
}

/// A right that one application can be given on another.
package struct AppRole: Equatable, Sendable {
    /// The role's GUID in lower case.
    package let id: String
    /// The role's exact name in a token, such as `Exchange.ManageAsApp`.
    package let value: String?
}

/// That an application holds an app role on another.
package struct AppRoleAssignment: Equatable, Sendable {
    /// The assignment's id, which removing wants.
    package let id: String
    /// The object id of the application that holds the role.
    package let principalID: String
    /// The object id of the application the role is on.
    package let resourceID: String
    /// The role's GUID in lower case.
    package let appRoleID: String
    /// When the role was given; nil when Graph did not say.
    package let createdAt: Date?
}

/// That a principal holds a directory role.
package struct DirectoryRoleAssignment: Equatable, Sendable {
    /// The assignment's id, which removing wants.
    package let id: String
    /// The object id of the holder.
    package let principalID: String
    /// The role's definition, for built-in roles the template's GUID, in lower case.
    package let roleID: String
    /// Where the role counts; `/` is the whole directory.
    package let scope: String?
}

/// A domain of the tenant as Entra ID knows it.
///
/// Verified here does not mean accepted by Exchange: compare with ``AcceptedDomain``.
package struct Domain: Equatable, Sendable {
    /// The full name in lower case.
    package let name: String
    /// True when the tenant proved that it owns the domain.
    package let isVerified: Bool
    /// True for the tenant's first `…onmicrosoft.com` domain.
    package let isInitial: Bool
    /// True for the domain new users get.
    package let isDefault: Bool
    /// False for a subdomain of another domain of the tenant.
    package let isRoot: Bool
    /// What the domain is used for, such as `Email`.
    package let supportedServices: [String]
    /// `Managed` or `Federated`.
    package let authenticationType: String?

    /// True when mail for it could flow through the gateway, as far as Entra ID knows.
    ///
    /// Verified, used for mail, and no domain that Microsoft lent (`…onmicrosoft.com`, hybrid routing included).
    package var isImportable: Bool {
        self.isVerified && !self.isInitial && self.supportedServices.contains("Email")
            && !self.name.hasSuffix(".onmicrosoft.com")
    }
}

/// A DNS record that Microsoft 365 wants a domain to have.
package struct ServiceConfigurationRecord: Equatable, Sendable {
    /// What the record says.
    package enum Kind: Equatable, Sendable {
        /// Where mail for the domain is to be delivered: the value the gateway must relay to.
        case mx(mailExchange: String, preference: Int)
        /// A text record, such as the SPF record.
        case txt(String)
        /// Any other kind, by its name in Graph, such as `CName` or `Srv`.
        case other(String)
    }
    /// The name the record is at.
    package let label: String
    /// The service it is for, such as `Email`.
    package let supportedService: String?
    /// What the record says.
    package let kind: Kind
}
