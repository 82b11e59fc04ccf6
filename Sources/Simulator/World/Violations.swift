package import Foundation

/// Something a well-behaved client does not do.
package struct Violation: Codable, Sendable, Equatable {
    /// The kinds of misbehaviour.
    package enum Kind: String, Codable, Sendable, CaseIterable {
        /// Two calls that may change one tenant were under way at once.
        case overlappingChanges = "overlapping-changes"
        /// A writer changed a tenant again after another one had begun to change it.
        case interleavedWriters = "interleaved-writers"
        /// A Graph call, or a changing cmdlet, came without the role it needs.
        case missingRole = "missing-role"
        /// A secret, assertion or token stood in a URL.
        case secretInURL = "secret-in-url"
        /// A New- cmdlet for an object that was there already.
        case secondCreation = "second-creation"
        /// A Get- with an empty Identity.
        case emptyIdentity = "empty-identity"
        /// The same token was asked for too often in one second.
        case tokenLoop = "token-loop"
        /// A Graph or Exchange call without client-request-id.
        case missingClientRequestID = "missing-client-request-id"
        /// A token of one tenant was used on another.
        case foreignToken = "foreign-token"
        /// A throttled client came back before Retry-After was over.
        case impatience
        /// More calls were under way in one mailbox than Outlook allows.
        case mailboxConcurrency = "mailbox-concurrency"
        /// More calls came to one mailbox in ten minutes than Outlook allows.
        case mailboxFlood = "mailbox-flood"
        /// A batch came with more than twenty requests.
        case batchTooLarge = "batch-too-large"
        /// A regular id was used after the copy had moved.
        case deadID = "dead-id"
        /// An immutable id came without the header that makes ids immutable, or a regular one with it.
        case wrongIDKind = "wrong-id-kind"
        /// A filter asked for a Message-ID with a blank in it: a plus sign that was not encoded.
        case unencodedMessageID = "unencoded-message-id"
        /// A fault rule asked the user to do what cannot be done: the rule is wrong, not the client.
        case scriptFailed = "script-failed"
    }

    /// Simulated time.
    package let time: Date
    /// The kind.
    package let kind: Kind
    /// The GUID of the tenant, when it could be told.
    package let tenant: String?
    /// What happened, in one sentence without secrets.
    package let detail: String
}

extension Violation {
    /// What can be told from the request alone.
    static func inspect(_ call: Call, _ route: Route) -> [(Kind, String)] {
        var found: [(Kind, String)] = []
        if let what = secret(in: call) { found.append((.secretInURL, "\(route.name) came with \(what) in its URL")) }
        let needsIdentifier = call.service == .graph || call.service == .exchange
        if needsIdentifier, call.batch == nil, call.header("client-request-id") == nil {
            found.append((.missingClientRequestID, "\(route.name) came without client-request-id"))
        }
        return found
    }

    private static func secret(in call: Call) -> String? {
        let names = Set(["client_secret", "client_assertion", "access_token", "assertion", "password"])
        if let field = call.query.first(where: { names.contains($0.name.lowercased()) }) { return field.name }
        return call.target.contains("eyJ") && call.target.split(separator: ".").count >= 3 ? "a token" : nil
    }
}
