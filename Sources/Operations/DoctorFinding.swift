/// What the doctor found out about one thing.
package struct DoctorFinding: Sendable, Equatable, Codable {
    /// How it is.
    package enum Status: String, Sendable, Codable, CaseIterable {
        /// As it should be.
        case good
        /// It works, and should be looked at.
        case warning
        /// It does not work.
        case bad
        /// It was not asked for, or could not be told.
        case unknown
    }

    /// What was looked at: `broker`, `topology`, `permission Domain.Read.All`.
    package let subject: String
    /// How it is.
    package let status: Status
    /// What was seen, in one sentence.
    package let detail: String
    /// What to do about it; nil when there is nothing to do.
    package let mend: String?

    /// Notes a finding.
    package init(_ subject: String, _ status: Status, _ detail: String, mend: String? = nil) {
        self.subject = subject
        self.status = status
        self.detail = detail
        self.mend = mend
    }
}
