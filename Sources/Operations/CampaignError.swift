/// Why a campaign could not be begun or go on.
package struct CampaignError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What kind of failure it is.
    package enum Code: String, Sendable {
        /// The list of mailboxes cannot be used.
        case list
        /// A job of the campaign would be refused.
        case job
        /// The files that keep the campaign's state cannot be used.
        case state
        /// The broker could not be used.
        case broker
    }

    /// What kind of failure it is.
    package let code: Code
    /// What was met and what to do, in one sentence without its full stop.
    package let reason: String

    /// Names the kind and the reason.
    package init(_ code: Code, _ reason: String) {
        self.code = code
        self.reason = reason
    }

    /// One line that says what to do.
    package var description: String {
        switch self.code {
        case .list: "the list is refused: \(self.reason)"
        case .job: "the campaign is refused: \(self.reason)"
        case .state: "the campaign's state cannot be kept: \(self.reason)"
        case .broker: "the campaign lost its broker: \(self.reason); give the same command again to go on"
        }
    }
}
