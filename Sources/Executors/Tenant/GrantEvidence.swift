import Foundation
import JobModel

/// What tells whether our service principal gave itself the two grants or an administrator did.
///
/// Pure. They are ours unless the opposite is proved: that a job found them there proves nothing, as an earlier one may have
/// made them and failed. Graph shows when an app role was given, and nothing of the kind for a directory role.
struct GrantEvidence: Equatable {
    /// When we were given the right to give ourselves roles, with the consent; nil when Graph did not say.
    let consentedAt: Date?
    /// When Exchange.ManageAsApp was given; nil when it is not held or Graph did not say.
    let appRoleAt: Date?

    /// How far apart the grants of one consent may lie, in seconds; a job comes later than that.
    static let consentSpan: TimeInterval = 1

    /// Whether an administrator gave the app role: with the consent, or before we could do it; nil when no time tells.
    var isAppRoleAdministrators: Bool? {
        guard let consentedAt, let appRoleAt else { return nil }
        return appRoleAt <= consentedAt.addingTimeInterval(Self.consentSpan)
    }

    /// What a job that is about to connect a tenant may say of the time before Sluice, from what its plan makes.
    func before(makesAppRole: Bool, makesDirectoryRole: Bool) -> (appRole: Bool?, directoryRole: Bool?) {
        let appRole = makesAppRole ? false : self.isAppRoleAdministrators
        // Jobs take the app role first: a directory role without it was not given by one.
        let directoryRole = makesDirectoryRole ? false : makesAppRole ? true : appRole
        return (appRole, directoryRole)
    }

    /// What stays when the tenant is disconnected, from what the objects' comments recorded.
    ///
    /// A directory role stays when the job that gave itself the app role had found it there, or when it was found beside an
    /// app role that an administrator gave.
    func judged(_ recorded: BeforeState) -> BeforeState {
        let appRole = recorded.appRoleAssignment == false ? false : self.isAppRoleAdministrators
        let isOlder = recorded.appRoleAssignment == false || appRole == true
        return BeforeState(
            appRoleAssignment: appRole,
            directoryRoleAssignment: recorded.directoryRoleAssignment == true
                ? isOlder : recorded.directoryRoleAssignment,
            organizationCustomization: recorded.organizationCustomization
        )
    }
}
