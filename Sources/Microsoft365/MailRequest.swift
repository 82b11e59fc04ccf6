import NIOHTTP1

/// One call on one mailbox, or on the directory for it, as it stands in a batch.
struct MailRequest: Sendable, Equatable {
    /// Its name in errors and logs, such as `mail.move`.
    let operation: String
    /// The object id of the mailbox's user; nil for calls on the directory.
    let mailbox: String?
    let method: HTTPMethod
    /// The address below `/v1.0`, encoded.
    var path: String
    var body: JSONValue?
    /// The state the item must still be in for the call to be carried out.
    var ifMatch: String?

    /// Whether it changes something.
    var isWrite: Bool { self.method != .GET }

    /// The call as an entry of a `$batch`.
    ///
    /// `Prefer` counts for the entry it stands in alone, so each has its own (Microsoft Graph, "Immutable identifiers").
    func entry(id: String) -> JSONValue {
        var headers: [String: JSONValue] = ["Prefer": "IdType=\"ImmutableId\""]
        if self.body != nil { headers["Content-Type"] = "application/json" }
        if let ifMatch { headers["If-Match"] = .string(ifMatch) }
        var entry: [String: JSONValue] = [
            "id": .string(id), "method": .string(self.method.rawValue), "url": .string(self.path),
            "headers": .object(headers),
        ]
        if let body { entry["body"] = body }
        return .object(entry)
    }
}

/// What a service answered to a ``MailRequest``: always a success.
struct MailReply: Sendable {
    let body: JSONValue
    let evidence: MailEvidence
}
