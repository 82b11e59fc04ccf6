/// What a person is told about a problem code: the one table that schemas, command line and documentation share.
///
/// `title` and `advice` also travel in messages; `cause` and `effect` are for `sluice explain`, `sluice dead show` and
/// `schemas/problems.md`, which is this table as a page.
package struct ProblemExplanation: Sendable, Codable, Equatable {
    /// The code as messages carry it.
    package let code: String
    /// What happened, in a few words.
    package let title: String
    /// How it comes about, in one sentence.
    package let cause: String
    /// What it means for the job, in one sentence.
    package let effect: String
    /// What to do about it, in one sentence.
    package let advice: String

    /// The row of a code.
    package init(_ code: ProblemCode) {
        self.init(code, cause: code.cause, effect: code.effect, advice: code.advice)
    }

    private init(_ code: ProblemCode, cause: String, effect: String, advice: String) {
        self.code = code.rawValue
        self.title = code.title
        self.cause = cause
        self.effect = effect
        self.advice = advice
    }

    /// The row of a code for a notification that the notifier could not read or render: no job failed of it, and it has no
    /// result.
    package static func ofNotification(_ code: ProblemCode) -> ProblemExplanation {
        switch code {
        case .deliveryRefused, .deliveryUnavailable, .unknownTemplate, .unrouted: ProblemExplanation(code)
        default:
            ProblemExplanation(
                code,
                cause: "The message on the notifier's queue is not a notification as the notifier reads it.",
                effect: "Nobody was told; the notification is kept as a dead letter, and its job is not touched.",
                advice: "Have the sender of the notification correct what the detail names; discard this one."
            )
        }
    }

    /// The whole table as a page in Markdown, in the order of the list.
    package static var page: String {
        let rows = ProblemCode.allCases.map(ProblemExplanation.init).map {
            "| `\($0.code)` | \($0.title) | \($0.cause) | \($0.effect) | \($0.advice) |"
        }
        return """
            # Problem codes

            Why a job did not succeed. Made from the program's own table by `sluice explain --markdown`, and held to it by a
            test; `sluice explain CODE` shows one of them.

            | code | what happened | cause | effect | what to do |
            |---|---|---|---|---|
            \(rows.joined(separator: "\n"))

            """
    }
}

extension ProblemCode {
    /// Codes of messages that no worker could read as a job.
    static let unreadable: Set<ProblemCode> = [
        .bodyTooLarge, .notJSON, .invalidEnvelope, .invalidTenant, .unknownJobType, .unsupportedVersion,
    ]

    /// Codes whose effect does not follow from what the worker does about them.
    private static let ownEffects: [ProblemCode: String] = [
        .bodyTooLarge:
            "Nothing was done and no result was published; of a message over 2 MiB the dead letter keeps the first 64 KiB.",
        .cancelled: "The job ended as cancelled; what it had done by then stays, as its result says.",
        .deliveryLimit: "No result was published; the job is kept as a dead letter with the steps that were finished.",
        .unknownTemplate: "Nobody was told; the notification is kept as a dead letter, and its job is not touched.",
        .deliveryUnavailable:
            "The notifier tries again by itself; with its last attempt the notification is kept as a dead letter.",
        .deliveryRefused: "Who was refused was not told; the notification is kept as a dead letter for them alone.",
        .unrouted: "The message reached nobody; it is kept as a dead letter.",
    ]

    /// What it means for the job, in one sentence; it follows from what the worker does about the code.
    package var effect: String {
        if let own = Self.ownEffects[self] { return own }
        if Self.unreadable.contains(self) {
            return "Nothing was done and no result was published; the message is kept as a dead letter, byte for byte."
        }
        return switch self.reaction {
        case .retry:
            "The worker tries again by itself; with its last attempt the job fails and is kept as a dead letter."
        case .bury: "The job failed at once, its result says so, and it is kept as a dead letter."
        case .refuse:
            "The job failed with this answer in its result; it is no dead letter, as nothing can be run again."
        }
    }

    /// How it comes about, in one sentence.
    package var cause: String {
        switch self {
        case .bodyTooLarge: "The sender put more into one message than the queues are made for."
        case .notJSON: "The sender wrote something else, cut the text off, or used another encoding than UTF-8."
        case .invalidEnvelope:
            "An attribute of the envelope is missing, has the wrong form, or is one a sender may not set."
        case .invalidTenant: "The sender used a domain or a name where the directory GUID belongs."
        case .unknownJobType: "The sender is newer than the workers, or misspelt the type."
        case .unsupportedVersion: "The sender writes a version of the job that these workers do not read."
        case .invalidPayload: "A member of the job's data is missing, of the wrong type, or out of its bounds."
        case .credentialsRejected:
            "The client id is wrong, or the secret or certificate is wrong, expired or was removed."
        case .configurationRejected: "A setting of the executor is missing or holds a value that cannot be used."
        case .consentMissing: "No administrator of the tenant has consented, or the consent was withdrawn."
        case .applicationDisabled: "An administrator turned sign-in off for the application."
        case .permissionMissing: "The consent is older than a permission that was added since, or one was removed."
        case .accessBlocked: "A policy for workload identities covers the application."
        case .tenantNotFound: "The GUID is mistyped, the tenant was deleted, or it lives in another national cloud."
        case .tenantNotProved:
            "The consent came from another tenant than the customer's, or the domain is not verified there."
        case .exchangeMissing: "The tenant has no licence that includes Exchange Online, or it is still being set up."
        case .connectorConflict:
            "Another product or the customer has a connector for all mail, or an object that may be Sluice's has lost its mark."
        case .connectorRefused: "Microsoft does not let trial and restricted tenants make connectors."
        case .planChanged: "Somebody changed the tenant between the plan and its application."
        case .tenantNotConnected:
            "The tenant was never connected, was disconnected, or an administrator deleted the connector."
        case .connectorDrifted: "An administrator or another product edited the connector that Sluice made."
        case .domainNotOwned:
            "The name is misspelt, or the domain belongs to another tenant or is not set up for mail yet."
        case .relayDomainMissing: "The tenant has nothing but the onmicrosoft.com domains that Microsoft lends."
        case .spfNotReady: "The domain's SPF record was not changed for the gateway yet, or was changed wrongly."
        case .propagationTimeout: "Microsoft's services had not taken the change over when the time for waiting was up."
        case .loginUnreachable:
            "The network, a proxy or DNS stands between worker and login service, or the service is down."
        case .serviceUnavailable: "The service is overloaded or down, or the connection was cut."
        case .throttled: "The tenant or the application made more calls than the service allows for the time."
        case .effectUncertain: "The connection was cut, or the service failed, after a change had been sent."
        case .mailboxesUnsettled: "Mailboxes were busy, out of order, or had not answered a move for certain."
        case .unexpectedAnswer:
            "The service changed its behaviour, or something between it and the worker answered instead."
        case .executorCrashed: "A fault in the program, or the memory limit of executors, ended the process."
        case .executorTimeout: "A service held its answers back for longer than an attempt may take."
        case .executorUnavailable: "The host is out of memory or processes, or the program file was removed."
        case .deadlineExceeded: "The job waited for longer than its sender gave it."
        case .cancelled: "An operator or the console called it off."
        case .internalError: "Something happened that the program does not foresee."
        case .findingNotRepairable:
            "The sender named a finding that was mended since, or that only the customer may mend."
        case .removalsHeld:
            "Many users or groups are gone from the tenant, or are left out by other filters than before."
        case .mailAtGateway: "The MX records of a domain still name the gateway, so that mail would be lost or bounce."
        case .dnsUnavailable: "The resolvers could not be reached, or the domain's servers did not answer."
        case .capExceeded: "The list is longer, or the hour fuller, than the caps of this installation allow."
        case .mailboxProtected: "The list holds a mailbox of the setting pull.protected-mailboxes."
        case .selectorTooBroad: "The message id was used again for another message, so that one id finds several."
        case .mailboxForeign: "The list holds a guest, or an address of a domain that this tenant has not verified."
        case .mailboxesUnknown: "The list was made for another tenant, or its addresses are misspelt or gone."
        case .unknownTemplate: "The worker is newer than the notifier."
        case .deliveryUnavailable: "The mail system or the webhook is down, or cannot be reached from the notifier."
        case .deliveryRefused: "The mail system or the webhook answered that it will never take this notification."
        case .deliveryLimit: "Workers died or lost the broker again and again while they had this job."
        case .unrouted: "Its queue or binding was deleted, or it carries the key of a job type that is not deployed."
        }
    }
}
