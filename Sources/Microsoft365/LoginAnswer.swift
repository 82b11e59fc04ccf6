import Foundation

/// What the login service answers to a token request.
///
/// Source: Microsoft identity platform, "OAuth 2.0 client credentials flow".
struct LoginAnswer {
    let token: AccessToken
    let lifetime: Duration

    /// Reads a success; nil when it is not one.
    init?(body: Data, resource: Resource) {
        guard
            let fields = JSONValue(parsing: body),
            let text = fields["access_token"].string, !text.isEmpty, text.utf8.allSatisfy({ (33...126).contains($0) }),
            let seconds = fields["expires_in"].integer
        else { return nil }
        self.token = AccessToken(value: text, resource: resource)
        self.lifetime = .seconds(min(max(seconds, 0), Self.lifetimeSecondsMax))
    }

    /// No token of this service lives longer than a day; a longer claim is not believed.
    private static let lifetimeSecondsMax = 86_400
}

/// Why the login service gives no token.
///
/// `error_codes` decide, the text never does: it is revised and translated.
/// Source: Microsoft identity platform, "Microsoft Entra authentication and authorization error codes".
struct LoginRefusal: Equatable {
    /// The AADSTS number that decided, when one did; else the first one sent.
    let number: Int?
    /// The OAuth error, such as `invalid_client`; nil when the body is not the service's.
    let error: String?
    private let traceID: String?

    init(body: Data) {
        let fields = JSONValue(parsing: body) ?? .null
        let numbers = (fields["error_codes"].array ?? []).compactMap(\.integer)
        self.number = numbers.first { Self.meanings[$0] != nil } ?? numbers.first
        self.error = fields["error"].string
        self.traceID = fields["trace_id"].string
    }

    /// The error it makes of a token request.
    func error(
        operation: String,
        tenant: UUID,
        resource: Resource,
        answer: ServiceAnswer
    ) -> Microsoft365Error {
        let code = self.meaning(status: answer.status, resource: resource)
        return Microsoft365Error(
            code,
            operation: operation,
            tenant: tenant,
            status: answer.status,
            serviceCode: self.number.map { "AADSTS\($0)" } ?? self.error,
            requestID: self.traceID ?? answer.requestID,
            retryAfter: answer.retryAfter(now: Date()) ?? (self.number == Self.loop ? .seconds(60) : nil),
            isRetryable: code.passesByItself || self.number.map(Self.passing.contains) ?? false
        )
    }

    /// Pure: what status, numbers and OAuth error mean together.
    func meaning(status: Int, resource: Resource) -> Microsoft365Error.Code {
        if status == 429 { return .throttled }
        if status >= 500 { return .unavailable }
        if self.number == Self.resourceMissing, resource == .graph { return .configurationRejected }
        if let number, let meaning = Self.meanings[number] { return meaning }
        switch self.error {
        case "invalid_client": return .credentialsRejected
        case "unauthorized_client", "invalid_grant", "consent_required": return .applicationNotConsented
        case "temporarily_unavailable": return .unavailable
        case "invalid_scope", "invalid_resource", "invalid_request": return .configurationRejected
        default: return self.error == nil ? .malformedAnswer : .invalidRequest
        }
    }

    private static let loop = 50196
    private static let resourceMissing = 500011
    /// Refusals that pass within minutes: just after a consent, or just after a certificate was added.
    private static let passing: Set<Int> = [700016, 7000229, 650051, 700027]

    private static let meanings: [Int: Microsoft365Error.Code] = [
        7000215: .credentialsRejected, 7000222: .credentialsRejected, 700027: .credentialsRejected,
        700030: .credentialsRejected, 50012: .credentialsRejected, 700024: .credentialsRejected,
        700016: .applicationNotConsented, 7000229: .applicationNotConsented, 65001: .applicationNotConsented,
        65004: .applicationNotConsented, 650051: .applicationNotConsented, 90094: .applicationNotConsented,
        90095: .applicationNotConsented,
        70001: .applicationDisabled, 7000112: .applicationDisabled,
        90002: .tenantNotFound, 5000224: .tenantNotFound,
        90038: .wrongCloud, 900382: .wrongCloud, 900432: .wrongCloud,
        650052: .exchangeMissing, 500011: .exchangeMissing,
        53003: .accessBlockedByPolicy,
        650056: .configurationRejected, 650057: .configurationRejected, 900023: .configurationRejected,
        70011: .configurationRejected, 9001023: .configurationRejected, 50011: .configurationRejected,
        50196: .throttled, 90055: .throttled,
        90033: .unavailable, 90006: .unavailable, 90024: .unavailable,
    ]
}
