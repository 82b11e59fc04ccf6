import Foundation

/// A refusal of the sign-in service.
///
/// The shape of the body is that of the client-credentials page of Microsoft's identity platform documentation; clients
/// are to read `error` and `error_codes`, since the text changes.
struct LoginError: Error, Sendable, Equatable {
    let code: Int
    let error: String
    var status = 400
    let text: String

    /// The reply; the identifiers are the trace id and the correlation id.
    func reply(identifiers: [String], now: Date) -> Reply {
        let trace = identifiers.first ?? "00000000-0000-0000-0000-000000000000"
        let correlation = identifiers.last ?? trace
        let stamp = LoginError.stamp(now)
        let description =
            "AADSTS\(code): \(text) Trace ID: \(trace) Correlation ID: \(correlation) Timestamp: \(stamp)"
        return .json(
            status,
            [
                "error": .text(error), "error_description": .text(description),
                "error_codes": .array([.integer(code)]), "timestamp": .text(stamp),
                "trace_id": .text(trace), "correlation_id": .text(correlation),
                "error_uri": .text("https://login.microsoftonline.com/error?code=\(code)"),
            ]
        )
    }

    private static func stamp(_ date: Date) -> String {
        let text = date.formatted(Date.ISO8601FormatStyle(dateTimeSeparator: .space))
        return text
    }
}

extension LoginError {
    static let wrongSecret = LoginError(
        code: 7_000_215,
        error: "invalid_client",
        status: 401,
        text: "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, "
            + "not the client secret ID."
    )
    static let secretExpired = LoginError(
        code: 7_000_222,
        error: "invalid_client",
        status: 401,
        text: "The provided client secret keys are expired. Create new keys for the app."
    )
    static let noCredential = LoginError(
        code: 7_000_218,
        error: "invalid_client",
        status: 401,
        text: "The request body must contain the following parameter: 'client_assertion' or 'client_secret'."
    )
    static let unknownKey = LoginError(
        code: 700_027,
        error: "invalid_client",
        status: 401,
        text: "The certificate with identifier used to sign the client assertion is not registered on application."
    )
    static let badSignature = LoginError(
        code: 700_027,
        error: "invalid_client",
        status: 401,
        text: "Client assertion contains an invalid signature."
    )
    static let noSubscription = LoginError(
        code: 650_052,
        error: "invalid_client",
        text: "The app needs access to a service that your organization has not subscribed to or enabled."
    )
    static let noResource = LoginError(
        code: 500_011,
        error: "invalid_resource",
        text: "The resource principal was not found in the tenant."
    )
    static let blocked = LoginError(
        code: 53003,
        error: "invalid_grant",
        text: "Access has been blocked by Conditional Access policies."
    )
    static let disabled = LoginError(
        code: 7_000_112,
        error: "unauthorized_client",
        text: "Application is disabled."
    )
    static let loop = LoginError(
        code: 50196,
        error: "invalid_grant",
        text: "The server terminated an operation because it met a client loop."
    )

    static func assertion(_ code: Int, _ text: String) -> LoginError {
        LoginError(code: code, error: "invalid_client", status: 401, text: text)
    }

    static func request(_ code: Int, _ text: String) -> LoginError {
        LoginError(code: code, error: "invalid_request", text: text)
    }

    static func badScope(_ text: String) -> LoginError { LoginError(code: 70011, error: "invalid_scope", text: text) }

    static func notInDirectory(_ clientID: String, _ tenant: String) -> LoginError {
        LoginError(
            code: 700_016,
            error: "unauthorized_client",
            text: "Application with identifier '\(clientID)' was not found in the directory '\(tenant)'."
        )
    }
}
