/// The identifiers Microsoft gave the things we name; the same in every tenant.
///
/// Object ids of service principals are not among them: they differ in every tenant and are looked up by app id.
package enum WellKnown {
    /// Microsoft Graph's application id.
    package static let graphAppID = "00000003-0000-0000-c000-000000000000"
    /// Exchange Online's application id.
    package static let exchangeAppID = "00000002-0000-0ff1-ce00-000000000000"
    /// The app role `Exchange.ManageAsApp` of Exchange Online.
    ///
    /// Exchange shows look-alikes (`Exchange.ManageAsAppV2`, `Exchange.AdminAPI.ManageAsApp`); only this one opens InvokeCommand.
    package static let manageAsAppRoleID = "dc50a0fb-09a3-484d-be87-e023b12c6440"
    /// Graph's app role `AppRoleAssignment.ReadWrite.All`: with it an application can give itself others.
    package static let assignRolesRoleID = "06b708a9-e830-4db3-a914-8e69da51d44f"
    /// The template of the directory role Exchange Administrator.
    package static let exchangeAdministratorRoleID = "29232cdf-9323-42fd-ade2-1d097af3e4de"
    /// The template of the directory role Global Administrator, which includes Exchange Administrator.
    package static let globalAdministratorRoleID = "62e90394-69f5-4237-9190-012177145e10"
    /// The mailbox Exchange routes an application's administration by.
    static let anchorMailbox = "SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}"
}
