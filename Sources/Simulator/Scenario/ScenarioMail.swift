/// The mailboxes of a tenant as they are when the simulator starts.
///
/// Every user of the scenario has a mailbox. Beside them stands a population of any size, whose mailboxes are made when
/// they are first looked into and kept only once something in them has changed, so that 100,000 fit into memory. Its
/// members are `user000001@<domain>`, `user000002@…` and so on, each with the alias `alias000001@<domain>`; Graph finds
/// them by id, sign-in name and filter, but they are not on the plain list of users.
///
/// ```json
/// {"population": 100000,
///  "deliveries": [{"internetMessageID": "<a+b@mail.example>", "from": "sender@mail.example",
///                  "members": {"first": 1, "last": 20}, "to": ["adele@contoso.com"], "isVaried": true}],
///  "states": [{"state": "on-premises", "members": {"first": 7, "last": 7}}]}
/// ```
package struct ScenarioMail: Codable, Sendable, Equatable {
    /// How many lazily made mailboxes there are, 0 to 1,000,000.
    ///
    /// Default 0.
    package var population = 0
    /// The domain of the population.
    ///
    /// Default: the tenant's default domain.
    package var domain: String?
    /// The messages and the mailboxes they lie in.
    package var deliveries: [ScenarioDelivery] = []
    /// The mailboxes that are not as they should be.
    package var states: [ScenarioMailboxState] = []

    private enum CodingKeys: String, CodingKey, CaseIterable { case population, domain, deliveries, states }

    /// Users' mailboxes only, all of them empty.
    package init() {}

    /// Reads the object; unknown keys are refused.
    package init(from decoder: any Decoder) throws {
        let fields = try StrictFields(decoder, CodingKeys.self)
        try fields.read(.population, into: &population)
        try fields.read(.domain, into: &domain)
        try fields.read(.deliveries, into: &deliveries)
        try fields.read(.states, into: &states)
    }
}

/// A stretch of the population, both ends included.
package struct ScenarioMembers: Codable, Sendable, Equatable {
    /// The number of the first member, from 1.
    ///
    /// Required.
    package var first: Int
    /// The number of the last one.
    ///
    /// Required.
    package var last: Int
    /// Only every so-manieth member.
    ///
    /// Default 1.
    package var step = 1

    private enum CodingKeys: String, CodingKey, CaseIterable { case first, last, step }

    /// The members from one number to another.
    package init(first: Int, last: Int, step: Int = 1) {
        self.first = first
        self.last = last
        self.step = step
    }

    /// Reads the object; unknown keys are refused.
    package init(from decoder: any Decoder) throws {
        let fields = try StrictFields(decoder, CodingKeys.self)
        first = try fields.require(.first)
        last = try fields.require(.last)
        try fields.read(.step, into: &step)
    }

    func contains(_ number: Int) -> Bool { first <= number && number <= last && (number - first) % max(1, step) == 0 }
}

/// One message and where its copies lie.
package struct ScenarioDelivery: Codable, Sendable, Equatable {
    /// The Message-ID with its angle brackets.
    ///
    /// Required.
    package var internetMessageID: String
    /// Default `Invoice`.
    package var subject = "Invoice"
    /// The sender's address.
    ///
    /// Default `sender@mail.example`.
    package var from = "sender@mail.example"
    /// When it arrived, RFC 3339 in UTC without fractions.
    ///
    /// Default `2026-11-20T08:00:00Z`.
    package var receivedAt = "2026-11-20T08:00:00Z"
    /// Users by sign-in name.
    package var to: [String] = []
    /// Members of the population.
    ///
    /// Default none.
    package var members: ScenarioMembers?
    /// The folder: a well-known name or a path of display names from the top, such as `Inbox/Clients`.
    ///
    /// Default `inbox`.
    package var folder = "inbox"
    /// How many copies lie in each mailbox, 1 to 100.
    ///
    /// Default 1.
    package var copies = 1
    /// Default false.
    package var isRead = false
    /// `notFlagged`, `flagged` or `complete`.
    ///
    /// Default `notFlagged`.
    package var flagStatus = "notFlagged"
    /// Default none.
    package var categories: [String] = []
    /// Folder, read state, flag, categories and number of copies (1 to `copies`) differ by mailbox and copy, always the
    /// same for a seed.
    ///
    /// Default false.
    package var isVaried = false

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case internetMessageID, subject, from, receivedAt, to, members, folder, copies, isRead, flagStatus, categories
        case isVaried
    }

    /// A message in nobody's mailbox yet.
    package init(_ internetMessageID: String, to: [String] = [], members: ScenarioMembers? = nil) {
        self.internetMessageID = internetMessageID
        self.to = to
        self.members = members
    }

    /// Reads the object; unknown keys are refused.
    package init(from decoder: any Decoder) throws {
        let fields = try StrictFields(decoder, CodingKeys.self)
        internetMessageID = try fields.require(.internetMessageID)
        try fields.read(.subject, into: &subject)
        try fields.read(.from, into: &from)
        try fields.read(.receivedAt, into: &receivedAt)
        try fields.read(.to, into: &to)
        try fields.read(.members, into: &members)
        try fields.read(.folder, into: &folder)
        try fields.read(.copies, into: &copies)
        try fields.read(.isRead, into: &isRead)
        try fields.read(.flagStatus, into: &flagStatus)
        try fields.read(.categories, into: &categories)
        try fields.read(.isVaried, into: &isVaried)
    }
}

/// A mailbox that is not as it should be.
///
/// | state | what Graph answers |
/// |---|---|
/// | `normal` | everything works |
/// | `no-licence`, `on-premises`, `inactive` | 404 `MailboxNotEnabledForRESTAPI` |
/// | `new` | the same for `seconds` after the user was made, which is now or at the start; then everything works |
/// | `soft-deleted` | 404 `ErrorInvalidUser`; the user is gone from the directory too |
/// | `blocked` | 403 `ErrorAccessDenied`, an application access policy |
/// | `on-hold` | everything works; what a change or a move replaces stays in recoverable items, where no list shows it |
/// | `full` | reads work; move, copy, new folders and extended properties answer 507 `ErrorQuotaExceeded` |
/// | `slow` | right, but every call takes `milliseconds` longer |
/// | `broken` | 500 `ErrorInternalServerError` |
/// | `corrupt` | lists work; every call on one message answers 500 `ErrorCorruptData` |
/// | `stale-by-name` | 503 `MailboxInfoStale` for ever when addressed by sign-in name, right by object id |
/// | `moving` | 503 `ErrorMailboxMoveInProgress` |
/// | `silent` | 503 without a body |
package struct ScenarioMailboxState: Codable, Sendable, Equatable {
    /// The states.
    package enum Name: String, Codable, Sendable, CaseIterable {
        case normal, inactive, blocked, full, slow, broken, corrupt, moving, silent, new
        case noLicence = "no-licence"
        case onPremises = "on-premises"
        case onHold = "on-hold"
        case softDeleted = "soft-deleted"
        case staleByName = "stale-by-name"
    }

    /// What is the matter.
    ///
    /// Required.
    package var state: Name
    /// How much longer a call takes in a `slow` mailbox, 0 to 120,000 ms of real time.
    ///
    /// Default 2,000.
    package var milliseconds = 2000
    /// How long a `new` mailbox is not there yet, 0 to 3,600 s of simulated time.
    ///
    /// Default 600.
    package var seconds = 600.0
    /// Users by sign-in name.
    package var to: [String] = []
    /// Members of the population.
    ///
    /// Default none.
    package var members: ScenarioMembers?

    private enum CodingKeys: String, CodingKey, CaseIterable { case state, milliseconds, seconds, to, members }

    /// A state for nobody yet.
    package init(_ state: Name, to: [String] = [], members: ScenarioMembers? = nil) {
        self.state = state
        self.to = to
        self.members = members
    }

    /// Reads the object; unknown keys are refused.
    package init(from decoder: any Decoder) throws {
        let fields = try StrictFields(decoder, CodingKeys.self)
        state = try fields.require(.state)
        try fields.read(.milliseconds, into: &milliseconds)
        try fields.read(.seconds, into: &seconds)
        try fields.read(.to, into: &to)
        try fields.read(.members, into: &members)
    }
}

/// What Outlook allows one application in one mailbox.
///
/// The defaults are the documented ones (Microsoft Graph, service-specific throttling limits, Outlook); a test lowers
/// them to reach them. Refused calls count too.
package struct MailboxLimits: Codable, Sendable, Equatable {
    /// Calls under way at once.
    ///
    /// Default 4.
    package var concurrent = 4
    /// Calls per window.
    ///
    /// Default 10,000.
    package var requests = 10_000
    /// Length of the window in seconds of real time.
    ///
    /// Default 600.
    package var windowSeconds = 600.0
    /// Retry-After as in ``Fault``.
    ///
    /// Default `"1"`.
    package var retryAfter: String? = "1"

    private enum CodingKeys: String, CodingKey, CaseIterable { case concurrent, requests, windowSeconds, retryAfter }

    /// The documented limits.
    package init() {}

    /// Reads the object; unknown keys are refused.
    package init(from decoder: any Decoder) throws {
        let fields = try StrictFields(decoder, CodingKeys.self)
        try fields.read(.concurrent, into: &concurrent)
        try fields.read(.requests, into: &requests)
        try fields.read(.windowSeconds, into: &windowSeconds)
        try fields.read(.retryAfter, into: &retryAfter)
    }
}
