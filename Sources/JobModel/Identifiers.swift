package import Foundation

/// The id of a job: the UUID that its console chose.
///
/// Written in lower case everywhere. UUIDs of version 7 are recommended, as they keep the ledger's index narrow;
/// any version is accepted.
package struct JobID: Sendable, Hashable, CustomStringConvertible {
    /// The 16 bytes, as Foundation's value.
    package let uuid: UUID

    /// Wraps a UUID that is known already.
    package init(_ uuid: UUID) { self.uuid = uuid }

    /// Reads the 36 character form, in either case; nil for anything else.
    package init?(_ text: some StringProtocol) {
        guard let uuid = UUID(uuidString: String(text)) else { return nil }
        self.uuid = uuid
    }

    /// The 36 characters in lower case.
    package var description: String { self.uuid.uuidString.lowercased() }
}

/// The id of a Microsoft 365 tenant: its directory GUID.
package struct TenantID: Sendable, Hashable, CustomStringConvertible {
    /// The GUID as Foundation's value.
    package let uuid: UUID

    /// Wraps a GUID that is known already.
    package init(_ uuid: UUID) { self.uuid = uuid }

    /// Reads the 36 character form, in either case; nil for anything else.
    package init?(_ text: some StringProtocol) {
        guard let uuid = UUID(uuidString: String(text)) else { return nil }
        self.uuid = uuid
    }

    /// The 36 characters in lower case.
    package var description: String { self.uuid.uuidString.lowercased() }
}
