/// What Sluice applied last to one object of a tenant: when, and by which job.
///
/// It stands in the object's own comment, so that any host can compare; the comment has no room for the values and keeps
/// a digest of each.
package struct AppliedBaseline: Codable, Sendable, Equatable {
    /// Which object.
    package var kind: TenantObjectKind
    /// The id the service gave it.
    package var id: String
    /// The job that applied it last.
    package var job: String
    /// When, as RFC 3339 text.
    package var appliedAt: String
    /// The fields that were applied.
    package var fields: [AppliedField]
    /// What the tenant held before Sluice came.
    package var before: BeforeState

    /// Collects the parts.
    package init(
        kind: TenantObjectKind,
        id: String,
        job: String,
        appliedAt: String,
        fields: [AppliedField],
        before: BeforeState
    ) {
        self.kind = kind
        self.id = id
        self.job = job
        self.appliedAt = appliedAt
        self.fields = fields
        self.before = before
    }
}

/// One field as it was applied.
package struct AppliedField: Codable, Sendable, Equatable {
    /// Its name at the service.
    package var field: String
    /// The value as text; nil when only its digest is known and fits neither what is wanted nor what is there.
    package var value: String?

    /// Collects the parts.
    package init(field: String, value: String?) {
        self.field = field
        self.value = value
    }
}

/// Which of the things that disconnecting takes away a tenant held before Sluice came: those stay.
///
/// Nil where nobody knows any more. Connectors and rules of ours are never among them: they are made by us alone.
package struct BeforeState: Codable, Sendable, Equatable {
    /// Whether our service principal held Exchange.ManageAsApp.
    package var appRoleAssignment: Bool?
    /// Whether it held Exchange Administrator.
    package var directoryRoleAssignment: Bool?
    /// Whether the tenant was open for customisation; what was opened cannot be closed.
    package var organizationCustomization: Bool?

    /// Nothing known.
    package static let unknown = BeforeState(
        appRoleAssignment: nil,
        directoryRoleAssignment: nil,
        organizationCustomization: nil
    )

    /// Collects the parts.
    package init(
        appRoleAssignment: Bool?,
        directoryRoleAssignment: Bool?,
        organizationCustomization: Bool?
    ) {
        self.appRoleAssignment = appRoleAssignment
        self.directoryRoleAssignment = directoryRoleAssignment
        self.organizationCustomization = organizationCustomization
    }
}
