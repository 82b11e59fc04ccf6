/// One thing that goes wrong with one call.
///
/// Written as an object with `kind` and the keys that kind reads:
///
/// | kind | keys | effect |
/// |---|---|---|
/// | `reply` | `status`, `code`, `message`, `afterCommit` | an error in the service's own envelope |
/// | `throttle` | `retryAfter` | 429; `retryAfter` is sent as it is written, so `"3"`, `"2.128"`, `"date:5"` (HTTP date in 5 s) or absent |
/// | `delay` | `milliseconds` | the call is answered late, otherwise right |
/// | `hang` | `afterCommit` | no answer until the client gives up, at most two minutes |
/// | `drop-before-commit` | | the connection is closed and nothing has happened |
/// | `drop-after-commit` | | the connection is closed though the call was carried out |
/// | `garbage` | `afterCommit` | 200 with bytes that are no JSON |
/// | `empty` | `status`, `afterCommit` | no body; status 503 unless said |
/// | `nul` | `status` | a body of NUL bytes; status 403 unless said |
/// | `foreign-next-link` | | a right page whose nextLink points at another host |
/// | `login-error` | `aadsts`, `error`, `status` | an AADSTS body, such as 90033 `temporarily_unavailable` |
/// | `twin-behind` | | a move that works and leaves a second copy, with an id of its own, where the first one was |
/// | `twin-ahead` | | a move that makes a copy with an id of its own and forgets to remove the original |
/// | `user-acts` | `userAction`, `afterCommit` | the user does something in that mailbox just before the call, or just after |
/// | `exchange-error` | `type`, `message`, `status` | Exchange's 400 envelope, such as `ServerBusyException` |
package struct Fault: Codable, Sendable, Equatable {
    /// The kinds of faults.
    package enum Kind: String, Codable, Sendable, CaseIterable {
        case reply, throttle, delay, hang, garbage, empty, nul
        case dropBeforeCommit = "drop-before-commit"
        case dropAfterCommit = "drop-after-commit"
        case foreignNextLink = "foreign-next-link"
        case loginError = "login-error"
        case exchangeError = "exchange-error"
        case twinBehind = "twin-behind"
        case twinAhead = "twin-ahead"
        case userActs = "user-acts"
    }

    /// What goes wrong.
    ///
    /// Required.
    package var kind: Kind
    /// The HTTP status, 200 to 599, where the kind reads it.
    package var status: Int?
    /// The error code of a `reply`.
    package var code: String?
    /// The text of a `reply` or `exchange-error`.
    package var message: String?
    /// The exception type of an `exchange-error`.
    package var type: String?
    /// The number of a `login-error`.
    package var aadsts: Int?
    /// The OAuth error word of a `login-error`.
    ///
    /// Default `temporarily_unavailable`.
    package var error: String?
    /// Retry-After as it is to be sent; absent sends none.
    package var retryAfter: String?
    /// Length of a `delay` in milliseconds of real time, 0 to 120,000.
    package var milliseconds: Int?
    /// The call is carried out and the fault replaces only its reply.
    ///
    /// Default false.
    package var afterCommit: Bool?
    /// What the user does, for `user-acts`.
    package var userAction: MailboxAction?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case kind, status, code, message, type, aadsts, error, retryAfter, milliseconds, afterCommit, userAction
    }

    /// A fault of that kind with no further keys.
    package init(_ kind: Kind) { self.kind = kind }

    /// Reads the object; unknown keys are refused.
    package init(from decoder: any Decoder) throws {
        let fields = try StrictFields(decoder, CodingKeys.self)
        kind = try fields.require(.kind)
        try fields.read(.status, into: &status)
        try fields.read(.code, into: &code)
        try fields.read(.message, into: &message)
        try fields.read(.type, into: &type)
        try fields.read(.aadsts, into: &aadsts)
        try fields.read(.error, into: &error)
        try fields.read(.retryAfter, into: &retryAfter)
        try fields.read(.milliseconds, into: &milliseconds)
        try fields.read(.afterCommit, into: &afterCommit)
        try fields.read(.userAction, into: &userAction)
        if !(200...599).contains(status ?? 200) { throw Fault.bad(decoder, "status must be 200 to 599") }
        if !(0...120_000).contains(milliseconds ?? 0) { throw Fault.bad(decoder, "milliseconds must be 0 to 120000") }
    }

    private static func bad(_ decoder: any Decoder, _ text: String) -> DecodingError {
        .dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: text))
    }
}

/// Which calls a fault hits.
package struct FaultRule: Codable, Sendable, Equatable {
    /// A route's name, see ``RouteName``; a `*` at the end matches any rest.
    ///
    /// Required.
    package var route: String
    /// Only calls for that tenant, by GUID.
    ///
    /// Default any.
    package var tenant: String?
    /// Only calls on that mailbox, by object id or sign-in name.
    ///
    /// Default any.
    package var mailbox: String?
    /// The first matching call that is hit, counted from 1 since the rule was added.
    ///
    /// Default 1.
    package var nth = 1
    /// How many calls in a row are hit; 0 means all that follow.
    ///
    /// Default 1.
    package var count = 1
    /// In how many of a hundred of those calls it really happens, by the scenario's seed.
    ///
    /// Default 100.
    package var chance = 100
    /// What happens.
    ///
    /// Required.
    package var fault: Fault

    private enum CodingKeys: String, CodingKey, CaseIterable { case route, tenant, mailbox, nth, count, chance, fault }

    /// A rule that hits the first call of a route.
    package init(route: String, fault: Fault, tenant: String? = nil, nth: Int = 1, count: Int = 1) {
        self.route = route
        self.fault = fault
        self.tenant = tenant
        self.nth = nth
        self.count = count
    }

    /// Reads the object; unknown keys are refused.
    package init(from decoder: any Decoder) throws {
        let fields = try StrictFields(decoder, CodingKeys.self)
        route = try fields.require(.route)
        fault = try fields.require(.fault)
        try fields.read(.tenant, into: &tenant)
        try fields.read(.mailbox, into: &mailbox)
        try fields.read(.nth, into: &nth)
        try fields.read(.count, into: &count)
        try fields.read(.chance, into: &chance)
        guard nth >= 1, count >= 0, (0...100).contains(chance) else {
            let text = "nth is counted from 1, count from 0, chance is 0 to 100"
            throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: text))
        }
        guard RouteName.isPattern(route) else {
            let text = "no route is called '\(route)'"
            throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: text))
        }
    }
}

/// A limit of calls per tenant and service in a window of real time.
///
/// Refused calls count too, as with the real service: a client that hammers stays refused.
package struct ThrottleLimit: Codable, Sendable, Equatable {
    /// Calls allowed in a window.
    ///
    /// Required.
    package var requests: Int
    /// Length of the window in seconds of real time.
    ///
    /// Required.
    package var windowSeconds: Double
    /// Retry-After as in ``Fault``.
    ///
    /// Default none.
    package var retryAfter: String?

    private enum CodingKeys: String, CodingKey, CaseIterable { case requests, windowSeconds, retryAfter }

    /// A limit without Retry-After.
    package init(requests: Int, windowSeconds: Double) {
        self.requests = requests
        self.windowSeconds = windowSeconds
    }

    /// Reads the object; unknown keys are refused.
    package init(from decoder: any Decoder) throws {
        let fields = try StrictFields(decoder, CodingKeys.self)
        requests = try fields.require(.requests)
        windowSeconds = try fields.require(.windowSeconds)
        try fields.read(.retryAfter, into: &retryAfter)
    }
}
