/// Every field that a job would change in a tenant, under a hash.
///
/// A job that is given the hash applies the plan only if the tenant still leads to the same one.
package struct ChangePlan: Codable, Sendable, Equatable {
    /// `sha256:` and the digest of the plan's canonical JSON.
    package var hash: String
    /// The changes, in the order in which they would be made.
    package var changes: [PlannedChange]
    /// What could not be read yet, and so may change too: unknown is never taken as absent.
    package var unknown: [UnknownState]

    /// Collects the parts.
    package init(hash: String, changes: [PlannedChange], unknown: [UnknownState]) {
        self.hash = hash
        self.changes = changes
        self.unknown = unknown
    }
}

/// One object that a job would make or change.
package struct PlannedChange: Codable, Sendable, Equatable {
    /// What is done to the object.
    package enum Action: String, Codable, Sendable, Hashable, CaseIterable {
        /// It does not exist and is made.
        case create
        /// It exists and some fields get other values.
        case update
        /// It exists and is taken away.
        case remove
    }

    /// What it is.
    package var kind: TenantObjectKind
    /// Its name in the tenant.
    package var name: String
    /// What is done.
    package var action: Action
    /// Which fields get which value.
    package var fields: [FieldChange]

    /// Collects the parts.
    package init(kind: TenantObjectKind, name: String, action: Action, fields: [FieldChange]) {
        self.kind = kind
        self.name = name
        self.action = action
        self.fields = fields
    }
}

/// One field before and after.
package struct FieldChange: Codable, Sendable, Equatable {
    /// The field's name at the service.
    package var field: String
    /// Its value now, written as text; nil when the object does not exist.
    package var before: String?
    /// Its value afterwards, written as text; nil when the object is taken away.
    package var after: String?

    /// Collects the parts.
    package init(field: String, before: String?, after: String?) {
        self.field = field
        self.before = before
        self.after = after
    }
}

/// State of a tenant that could not be read.
package struct UnknownState: Codable, Sendable, Equatable {
    /// What could not be read.
    package var kind: TenantObjectKind
    /// Why, in one sentence.
    package var reason: String

    /// Collects the parts.
    package init(kind: TenantObjectKind, reason: String) {
        self.kind = kind
        self.reason = reason
    }
}
