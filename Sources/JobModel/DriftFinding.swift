/// One thing of a tenant that is not as it should be, with the three values that tell why.
///
/// Last applied, wanted and live are told apart: whether somebody changed the tenant, or the gateway's profile has moved
/// on, shows only in all three together.
package struct DriftFinding: Codable, Sendable, Equatable {
    /// The same from job to job for the same thing: `inbound-connector.RequireTls`, `permission.User.Read.All`.
    package var id: String
    /// What it is about.
    package var subject: DriftSubject
    /// The object's name in the tenant, the permission's value, or the domain.
    package var name: String
    /// The id the service gave the object; nil where there is none.
    package var objectID: String?
    /// The field's name at the service; nil when the whole thing is meant.
    package var field: String?
    /// What became of it.
    package var drift: DriftKind
    /// What Sluice applied last.
    package var lastApplied: ObservedValue
    /// What the gateway needs.
    package var wanted: ObservedValue
    /// What stands there.
    package var live: ObservedValue
    /// When the object was changed last, as the service tells: RFC 3339 text; nil where it does not.
    package var changedAt: String?
    /// Who changed it last, as the service tells; nil where it does not.
    package var changedBy: String?
    /// The job types that cannot do their work like this.
    package var blockedJobs: [String]
    /// Whether `repair` puts it right; false where only the customer may.
    package var isRepairable: Bool
    /// What to do about it, in one sentence.
    package var advice: String

    /// Collects the parts.
    package init(
        id: String,
        subject: DriftSubject,
        name: String,
        objectID: String? = nil,
        field: String? = nil,
        drift: DriftKind,
        lastApplied: ObservedValue,
        wanted: ObservedValue,
        live: ObservedValue,
        changedAt: String? = nil,
        changedBy: String? = nil,
        blockedJobs: [String] = [],
        isRepairable: Bool,
        advice: String
    ) {
        self.id = id
        self.subject = subject
        self.name = name
        self.objectID = objectID
        self.field = field
        self.drift = drift
        self.lastApplied = lastApplied
        self.wanted = wanted
        self.live = live
        self.changedAt = changedAt
        self.changedBy = changedBy
        self.blockedJobs = blockedJobs
        self.isRepairable = isRepairable
        self.advice = advice
    }
}

/// What a finding is about.
package enum DriftSubject: String, Codable, Sendable, Hashable, CaseIterable {
    /// The customer's consent to our application, seen by our service principal.
    case consent
    /// One permission of the application.
    case permission
    /// The grant of Exchange.ManageAsApp to our service principal.
    case appRoleAssignment = "app-role-assignment"
    /// Our service principal's role Exchange Administrator.
    case directoryRoleAssignment = "directory-role-assignment"
    /// The connector that recognises mail from the gateway.
    case inboundConnector = "inbound-connector"
    /// The connector that sends mail out through the gateway.
    case outboundConnector = "outbound-connector"
    /// The rule that spares the gateway's mail a second spam filter.
    case bypassRule = "bypass-rule"
    /// A connector of someone else that handles the same mail.
    case foreignConnector = "foreign-connector"
    /// A domain of the tenant.
    case domain
    /// A domain's SPF record.
    case spf
    /// A domain's MX records.
    case mx
}

/// What became of something, as far as three values tell.
package enum DriftKind: String, Codable, Sendable, Hashable, CaseIterable {
    /// It was as wanted when it was applied last, and somebody changed it since.
    case changed
    /// It is as it was applied, and the gateway wants something else now.
    case outdated
    /// It is not as wanted, and what was applied last is not known.
    case different
    /// It is not there.
    case missing
    /// It is there and nobody needs it.
    case surplus
    /// Something of someone else stands in the way.
    case conflict
    /// It could not be read: neither right nor wrong.
    case unknown
    /// It was never in place and is not yet.
    case pending
}

/// A value of a tenant as far as it is known: unknown is never taken as absent.
package enum ObservedValue: Codable, Sendable, Equatable {
    /// It is there; written as text, empty for an empty one.
    case known(String)
    /// It is surely not there.
    case absent
    /// Nobody can tell, and why, in one sentence.
    case unknown(String)

    private enum Key: String, CodingKey { case state, value, reason }

    /// The value; nil when there is none or nobody knows.
    package var text: String? {
        guard case .known(let value) = self else { return nil }
        return value
    }

    /// Reads what `encode` wrote.
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        switch try values.decode(String.self, forKey: .state) {
        case "known": self = .known(try values.decode(String.self, forKey: .value))
        case "absent": self = .absent
        case "unknown": self = .unknown(try values.decode(String.self, forKey: .reason))
        default:
            throw DecodingError.dataCorruptedError(forKey: .state, in: values, debugDescription: "no such state")
        }
    }

    /// Writes `{"state":"known","value":…}`, `{"state":"absent"}` or `{"state":"unknown","reason":…}`.
    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        switch self {
        case .known(let value):
            try values.encode("known", forKey: .state)
            try values.encode(value, forKey: .value)
        case .absent: try values.encode("absent", forKey: .state)
        case .unknown(let reason):
            try values.encode("unknown", forKey: .state)
            try values.encode(reason, forKey: .reason)
        }
    }
}
