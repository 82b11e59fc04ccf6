/// A person or shared mailbox of a tenant.
package struct ScenarioUser: Codable, Sendable, Equatable {
    /// The sign-in name.
    ///
    /// Required.
    package var userPrincipalName: String
    /// Default: the part before the at sign.
    package var displayName: String?
    /// The primary address.
    ///
    /// Default none.
    package var mail: String?
    /// All addresses with their prefixes.
    ///
    /// Default none.
    package var proxyAddresses: [String] = []
    /// Default true.
    package var accountEnabled = true
    /// Default `Member`.
    package var userType = "Member"

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case userPrincipalName, displayName, mail, proxyAddresses, accountEnabled, userType
    }

    /// A user of that sign-in name.
    package init(userPrincipalName: String) { self.userPrincipalName = userPrincipalName }

    /// Reads the object; unknown keys are refused.
    package init(from decoder: any Decoder) throws {
        let fields = try StrictFields(decoder, CodingKeys.self)
        userPrincipalName = try fields.require(.userPrincipalName)
        try fields.read(.displayName, into: &displayName)
        try fields.read(.mail, into: &mail)
        try fields.read(.proxyAddresses, into: &proxyAddresses)
        try fields.read(.accountEnabled, into: &accountEnabled)
        try fields.read(.userType, into: &userType)
    }
}

/// A group of a tenant.
package struct ScenarioGroup: Codable, Sendable, Equatable {
    /// The name.
    ///
    /// Required.
    package var displayName: String
    /// The primary address.
    ///
    /// Default none.
    package var mail: String?
    /// Default false.
    package var mailEnabled = false
    /// Default true.
    package var securityEnabled = true
    /// Sign-in names of users and names of groups.
    ///
    /// Default none.
    package var members: [String] = []

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case displayName, mail, mailEnabled, securityEnabled, members
    }

    /// A group of that name.
    package init(displayName: String) { self.displayName = displayName }

    /// Reads the object; unknown keys are refused.
    package init(from decoder: any Decoder) throws {
        let fields = try StrictFields(decoder, CodingKeys.self)
        displayName = try fields.require(.displayName)
        try fields.read(.mail, into: &mail)
        try fields.read(.mailEnabled, into: &mailEnabled)
        try fields.read(.securityEnabled, into: &securityEnabled)
        try fields.read(.members, into: &members)
    }
}
