/// Behaviour that observers of the real service disagree on, and refusals played on purpose.
package struct Switches: Codable, Sendable, Equatable {
    /// What the administrator does on the consent page.
    package enum ConsentAnswer: String, Codable, Sendable { case grant, decline }

    /// How Exchange spells what it was given.
    package enum Spelling: String, Codable, Sendable {
        /// As it was given, but for `smtp:*;1`.
        case plain
        /// Other order, other case, final dots, bare for bracketed addresses, null for empty, texts for truth values.
        case odd
    }

    /// Default `grant`.
    package var consentAnswer = ConsentAnswer.grant
    /// The tenant whose administrator signs in on the consent page, by GUID.
    ///
    /// Default: the one in the path, else the first of the scenario.
    package var consentTenant: String?
    /// A v2 consent for one resource's `/.default` grants the roles on the other resources too.
    ///
    /// Default false.
    package var consentGrantsAllResources = false
    /// The `tenant` of the consent redirect, when it is to lie.
    ///
    /// Default: the truth.
    package var forgedConsentTenant: String?
    /// Send `innererror.internalexception` with an Exchange error.
    ///
    /// Default true.
    package var exchangeInnerException = true
    /// Send `details` with an Exchange error.
    ///
    /// Default true.
    package var exchangeDetails = true
    /// Exchange's texts come in German.
    ///
    /// Default false.
    package var localisedTexts = false
    /// Missing Exchange objects answer 404 `NotFound` instead of 400.
    ///
    /// Default false.
    package var missingObjectIs404 = false
    /// Get-OutboundConnector hides test-mode and rule-scoped connectors unless asked.
    ///
    /// Default true, as documented.
    package var hideSpecialConnectors = true
    /// SetSCL is written as a text (`"-1"`) in rule records.
    ///
    /// Default true.
    package var sclAsText = true
    /// Set-, Remove- and Disable- fail without `Confirm: false`.
    ///
    /// Default true.
    package var requireConfirm = true
    /// A second directory role assignment answers 409 instead of 400.
    ///
    /// Default false.
    package var duplicateRoleIs409 = false
    /// Exchange adds its `Rate-Limit-*` headers.
    ///
    /// Default true.
    package var rateLimitHeaders = true
    /// The list of all messages of a mailbox covers hidden folders.
    ///
    /// Default false.
    package var listsCoverHiddenFolders = false
    /// Lists of a mailbox come in pages of one, behind an empty one that has nothing but the link to them.
    ///
    /// Default false.
    package var mailPagesAreShort = false
    /// Lists of Graph but for mailboxes, delta queries among them, come in pages of one, behind an empty one that has nothing
    /// but the link to them.
    ///
    /// Default false.
    package var graphPagesAreShort = false
    /// A message that is moved is marked as read on the way, as some clients do.
    ///
    /// Default false.
    package var movesMarkAsRead = false
    /// The answers of a batch come in the order of its requests.
    ///
    /// Default false.
    package var batchKeepsOrder = false

    /// Get- cmdlets show values in another spelling of the same meaning.
    ///
    /// Default `plain`.
    package var spelling = Spelling.plain

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case consentAnswer, consentTenant, consentGrantsAllResources, forgedConsentTenant, exchangeInnerException
        case exchangeDetails, localisedTexts, missingObjectIs404, hideSpecialConnectors, sclAsText, requireConfirm
        case duplicateRoleIs409, rateLimitHeaders, listsCoverHiddenFolders, mailPagesAreShort, movesMarkAsRead
        case graphPagesAreShort, batchKeepsOrder, spelling
    }

    /// The defaults.
    package init() {}

    /// Reads the object; unknown keys are refused.
    package init(from decoder: any Decoder) throws {
        let fields = try StrictFields(decoder, CodingKeys.self)
        try fields.read(.consentAnswer, into: &consentAnswer)
        try fields.read(.consentTenant, into: &consentTenant)
        try fields.read(.consentGrantsAllResources, into: &consentGrantsAllResources)
        try fields.read(.forgedConsentTenant, into: &forgedConsentTenant)
        try fields.read(.exchangeInnerException, into: &exchangeInnerException)
        try fields.read(.exchangeDetails, into: &exchangeDetails)
        try fields.read(.localisedTexts, into: &localisedTexts)
        try fields.read(.missingObjectIs404, into: &missingObjectIs404)
        try fields.read(.hideSpecialConnectors, into: &hideSpecialConnectors)
        try fields.read(.sclAsText, into: &sclAsText)
        try fields.read(.requireConfirm, into: &requireConfirm)
        try fields.read(.duplicateRoleIs409, into: &duplicateRoleIs409)
        try fields.read(.rateLimitHeaders, into: &rateLimitHeaders)
        try fields.read(.listsCoverHiddenFolders, into: &listsCoverHiddenFolders)
        try fields.read(.mailPagesAreShort, into: &mailPagesAreShort)
        try fields.read(.graphPagesAreShort, into: &graphPagesAreShort)
        try fields.read(.movesMarkAsRead, into: &movesMarkAsRead)
        try fields.read(.batchKeepsOrder, into: &batchKeepsOrder)
        try fields.read(.spelling, into: &spelling)
    }
}
