import JobModel
import Microsoft365

extension PlannedChange {
    /// The grant of Exchange.ManageAsApp to ourselves.
    static let appRole = PlannedChange(
        kind: .appRoleAssignment,
        name: "Exchange.ManageAsApp",
        action: .create,
        fields: [JobModel.FieldChange(field: "appRoleId", before: nil, after: WellKnown.manageAsAppRoleID)]
    )

    /// Our role Exchange Administrator, over the whole directory.
    static let directoryRole = PlannedChange(
        kind: .directoryRoleAssignment,
        name: "Exchange Administrator",
        action: .create,
        fields: [
            JobModel.FieldChange(field: "directoryScopeId", before: nil, after: "/"),
            JobModel.FieldChange(field: "roleDefinitionId", before: nil, after: WellKnown.exchangeAdministratorRoleID),
        ]
    )

    /// The opening of the tenant for customisation.
    static let customization = PlannedChange(
        kind: .organizationCustomization,
        name: "Organization customization",
        action: .update,
        fields: [JobModel.FieldChange(field: "IsDehydrated", before: "true", after: "false")]
    )
}
