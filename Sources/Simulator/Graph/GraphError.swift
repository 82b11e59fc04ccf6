import Foundation

/// A refusal of Microsoft Graph, in its error envelope.
struct GraphError: Error, Sendable, Equatable {
    let status: Int
    let code: String
    let message: String
    var details: [JSONValue] = []
    /// Beside those that every reply has.
    var headers: [String: String] = [:]

    func reply(_ call: Call, requestID: String, now: Date) -> Reply {
        // Some refusals have no body at all.
        guard !code.isEmpty else { return .empty(status) }
        var error: [String: JSONValue] = [
            "code": .text(code), "message": .text(message),
            "innerError": [
                "date": .text(String(now.formatted(.iso8601).dropLast())),
                "request-id": .text(requestID),
                "client-request-id": .text(call.header("client-request-id") ?? requestID),
            ],
        ]
        if !details.isEmpty { error["details"] = .array(details) }
        var reply = Reply.json(status, ["error": .object(error)])
        reply.headers.merge(headers) { $1 }
        reply.headers["request-id"] = requestID
        return reply
    }

    static func badToken(_ text: String) -> GraphError {
        GraphError(status: 401, code: "InvalidAuthenticationToken", message: text)
    }

    static let denied = GraphError(
        status: 403,
        code: "Authorization_RequestDenied",
        message: "Insufficient privileges to complete the operation."
    )

    static let unknownIdentity = GraphError(
        status: 401,
        code: "Authorization_IdentityNotFound",
        message: "The identity of the calling application could not be established."
    )

    static func notFound(_ what: String) -> GraphError {
        GraphError(
            status: 404,
            code: "Request_ResourceNotFound",
            message:
                "Resource '\(what)' does not exist or one of its queried reference-property objects are not present."
        )
    }

    static func badRequest(_ text: String) -> GraphError {
        GraphError(status: 400, code: "Request_BadRequest", message: text)
    }

    static func unsupportedQuery(_ text: String) -> GraphError {
        GraphError(status: 400, code: "Request_UnsupportedQuery", message: text)
    }

    static let alreadyAssigned = badRequest("Permission being assigned already exists on the object")

    static func conflict(is409: Bool) -> GraphError {
        let text = "A conflicting object with one or more of the specified property values is present in the directory."
        return GraphError(
            status: is409 ? 409 : 400,
            code: "Request_BadRequest",
            message: text,
            details: [["code": "ConflictingObjects", "message": .text(text), "target": .null]]
        )
    }

    static let expiredPage = GraphError(
        status: 400,
        code: "Directory_ExpiredPageToken",
        message: "The specified page token value has expired and can no longer be included in your request."
    )

    static let noRoute = GraphError(
        status: 400,
        code: "BadRequest",
        message: "Resource not found for the segment."
    )
}
