/// How long changes take to become visible, in seconds of simulated time.
///
/// All default to 0, so that a demo is quick; the real service takes seconds to hours. Only changes made after the
/// start are delayed: what the scenario itself holds has long settled.
package struct Delays: Codable, Sendable, Equatable {
    /// After consent: sign-in answers AADSTS700016 for so long.
    package var consentToSignInSeconds = 0.0
    /// After consent: tokens are issued without roles for so long.
    package var consentToRolesSeconds = 0.0
    /// After an app role assignment: new tokens lack the role for so long.
    package var appRoleInTokenSeconds = 0.0
    /// After the assignment of Exchange.ManageAsApp: Exchange answers 401 for so long, whatever the token says.
    package var appRoleInExchangeSeconds = 0.0
    /// After a directory role assignment: new tokens lack it in `wids` for so long.
    package var directoryRoleInTokenSeconds = 0.0
    /// After a directory role assignment: Exchange answers 403 for so long, whatever the token says.
    package var directoryRoleInExchangeSeconds = 0.0
    /// After a create in Graph: the object is not found and not listed for so long.
    package var graphVisibilitySeconds = 0.0
    /// After a New- cmdlet: Get- does not show the object for so long.
    package var exchangeVisibilitySeconds = 0.0
    /// After Enable-OrganizationCustomization: New- cmdlets are still refused for so long.
    package var hydrationSeconds = 0.0
    /// After a Remove- cmdlet: Get- still shows the object for so long.
    package var exchangeRemovalSeconds = 0.0
    /// After a delete in Graph: the assignment is still listed for so long.
    package var graphRemovalSeconds = 0.0
    /// After a change in a mailbox: lists still show a copy that was moved, or edited by its user, wholly as it was and a
    /// new folder not at all, though the copy and the folder themselves are read right.
    package var mailListSeconds = 0.0

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case consentToSignInSeconds, consentToRolesSeconds, appRoleInTokenSeconds, appRoleInExchangeSeconds
        case directoryRoleInTokenSeconds, directoryRoleInExchangeSeconds, graphVisibilitySeconds
        case exchangeVisibilitySeconds, hydrationSeconds, mailListSeconds, exchangeRemovalSeconds, graphRemovalSeconds
    }

    /// No delay at all.
    package init() {}

    /// Reads the object; unknown keys are refused.
    package init(from decoder: any Decoder) throws {
        let fields = try StrictFields(decoder, CodingKeys.self)
        try fields.read(.consentToSignInSeconds, into: &consentToSignInSeconds)
        try fields.read(.consentToRolesSeconds, into: &consentToRolesSeconds)
        try fields.read(.appRoleInTokenSeconds, into: &appRoleInTokenSeconds)
        try fields.read(.appRoleInExchangeSeconds, into: &appRoleInExchangeSeconds)
        try fields.read(.directoryRoleInTokenSeconds, into: &directoryRoleInTokenSeconds)
        try fields.read(.directoryRoleInExchangeSeconds, into: &directoryRoleInExchangeSeconds)
        try fields.read(.graphVisibilitySeconds, into: &graphVisibilitySeconds)
        try fields.read(.exchangeVisibilitySeconds, into: &exchangeVisibilitySeconds)
        try fields.read(.hydrationSeconds, into: &hydrationSeconds)
        try fields.read(.exchangeRemovalSeconds, into: &exchangeRemovalSeconds)
        try fields.read(.graphRemovalSeconds, into: &graphRemovalSeconds)
        try fields.read(.mailListSeconds, into: &mailListSeconds)
    }

    var all: [Double] {
        [
            consentToSignInSeconds, consentToRolesSeconds, appRoleInTokenSeconds, appRoleInExchangeSeconds,
            directoryRoleInTokenSeconds, directoryRoleInExchangeSeconds, graphVisibilitySeconds,
            exchangeVisibilitySeconds, hydrationSeconds, mailListSeconds, exchangeRemovalSeconds,
            graphRemovalSeconds,
        ]
    }
}
