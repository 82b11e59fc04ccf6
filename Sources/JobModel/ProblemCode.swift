/// Why a job did not succeed, or a notification did not go out: the closed, documented list.
///
/// The raw value is what messages carry; `schemas/problem.v1.json` lists the same codes and a test holds the two together.
package enum ProblemCode: String, Sendable, Hashable, CaseIterable, Codable {
    // Messages nobody can run.
    case bodyTooLarge = "body-too-large"
    case notJSON = "not-json"
    case invalidEnvelope = "invalid-envelope"
    case invalidTenant = "invalid-tenant"
    case unknownJobType = "unknown-job-type"
    case unsupportedVersion = "unsupported-version"
    case invalidPayload = "invalid-payload"
    // What our own side has to mend.
    case credentialsRejected = "credentials-rejected"
    case configurationRejected = "configuration-rejected"
    // What the customer has to decide or mend.
    case consentMissing = "consent-missing"
    case applicationDisabled = "application-disabled"
    case permissionMissing = "permission-missing"
    case accessBlocked = "access-blocked"
    case tenantNotFound = "tenant-not-found"
    case tenantNotProved = "tenant-not-proved"
    case exchangeMissing = "exchange-missing"
    case connectorConflict = "connector-conflict"
    case connectorRefused = "connector-refused"
    case planChanged = "plan-changed"
    case tenantNotConnected = "tenant-not-connected"
    case connectorDrifted = "connector-drifted"
    case domainNotOwned = "domain-not-owned"
    case relayDomainMissing = "relay-domain-missing"
    case spfNotReady = "spf-not-ready"
    case findingNotRepairable = "finding-not-repairable"
    case mailAtGateway = "mail-at-gateway"
    case propagationTimeout = "propagation-timeout"
    case removalsHeld = "removals-held"
    // What a message job refuses to do.
    case capExceeded = "cap-exceeded"
    case mailboxProtected = "mailbox-protected"
    case selectorTooBroad = "selector-too-broad"
    case mailboxForeign = "mailbox-foreign"
    case mailboxesUnknown = "mailboxes-unknown"
    // What passes by itself.
    case loginUnreachable = "login-unreachable"
    case serviceUnavailable = "service-unavailable"
    case dnsUnavailable = "dns-unavailable"
    case throttled = "throttled"
    case effectUncertain = "effect-uncertain"
    case mailboxesUnsettled = "mailboxes-unsettled"
    case unexpectedAnswer = "unexpected-answer"
    // What the runtime met.
    case executorCrashed = "executor-crashed"
    case executorTimeout = "executor-timeout"
    case executorUnavailable = "executor-unavailable"
    case deadlineExceeded = "deadline-exceeded"
    case cancelled = "cancelled"
    case internalError = "internal-error"
    // What the notifier met.
    case unknownTemplate = "unknown-template"
    case deliveryUnavailable = "delivery-unavailable"
    case deliveryRefused = "delivery-refused"
    // What the broker gave up, as the desk names it.
    case deliveryLimit = "delivery-limit"
    case unrouted = "unrouted"
}

/// What the worker does about a problem.
package enum ProblemReaction: String, Sendable, Hashable, Codable {
    /// It may pass: try again until the attempts are spent, then bury.
    case retry
    /// It is an answer for the customer: publish the failed result and end the job there.
    case refuse
    /// An operator has to look: publish the failed result and keep the job among the dead letters.
    case bury
}

extension ProblemCode {
    /// What happened, in a few words.
    package var title: String {
        switch self {
        case .bodyTooLarge: "The message is larger than 1 MiB"
        case .notJSON: "The message is not JSON"
        case .invalidEnvelope: "The message is not a CloudEvents envelope of ours"
        case .invalidTenant: "The tenant is not a GUID"
        case .unknownJobType: "The job type is unknown"
        case .unsupportedVersion: "The job's version is unknown"
        case .invalidPayload: "The job's data breaks its schema"
        case .credentialsRejected: "Microsoft refused our own credentials"
        case .configurationRejected: "Our own configuration was refused"
        case .consentMissing: "The tenant has not consented to the application"
        case .applicationDisabled: "The application is disabled in the tenant"
        case .permissionMissing: "The tenant has not granted every permission the job needs"
        case .accessBlocked: "A Conditional Access policy of the tenant blocks the application"
        case .tenantNotFound: "Microsoft knows no such tenant"
        case .tenantNotProved: "None of the claimed domains is verified in the tenant"
        case .exchangeMissing: "The tenant has no Exchange Online"
        case .connectorConflict: "A connector of someone else already handles all mail"
        case .connectorRefused: "Exchange Online refused to create a connector in this tenant"
        case .planChanged: "The tenant has changed since the plan was made"
        case .findingNotRepairable: "A finding to be repaired is not there, or not for Sluice to repair"
        case .mailAtGateway: "Mail for a domain of the tenant still goes to the gateway"
        case .tenantNotConnected: "The tenant has no connector of ours"
        case .connectorDrifted: "Somebody has changed our connector"
        case .domainNotOwned: "A domain is not one that the tenant sends mail from"
        case .relayDomainMissing: "The tenant has no domain to relay for"
        case .spfNotReady: "A domain's SPF record does not let the gateway send"
        case .propagationTimeout: "A grant or a change has not taken effect"
        case .removalsHeld: "The job would remove more users or groups than the guard allows"
        case .capExceeded: "The job would move more than is allowed at once"
        case .mailboxProtected: "The job names a mailbox that jobs may not touch"
        case .selectorTooBroad: "The copies that were found are not one message"
        case .mailboxForeign: "The job names a mailbox of another tenant"
        case .mailboxesUnknown: "The tenant knows none of the mailboxes"
        case .loginUnreachable: "The login service could not be reached"
        case .serviceUnavailable: "Microsoft 365 did not answer"
        case .dnsUnavailable: "DNS could not tell what the job has to know"
        case .throttled: "Microsoft 365 asked to slow down"
        case .effectUncertain: "A change was sent and its answer was lost"
        case .mailboxesUnsettled: "Some mailboxes could not be settled yet"
        case .unexpectedAnswer: "Microsoft 365 answered in a way the worker does not know"
        case .executorCrashed: "The executor process died"
        case .executorTimeout: "The attempt ran into its time limit"
        case .executorUnavailable: "No executor process could be started"
        case .deadlineExceeded: "The job's deadline has passed"
        case .cancelled: "The job was cancelled"
        case .internalError: "The worker met a fault of its own"
        case .unknownTemplate: "The notification's template is unknown"
        case .deliveryUnavailable: "The notification could not be handed over"
        case .deliveryRefused: "The notification was refused for good"
        case .deliveryLimit: "The broker gave the job up after too many deliveries"
        case .unrouted: "No queue takes the message"
        }
    }

    /// What to do about it, in one sentence.
    package var advice: String {
        switch self {
        case .bodyTooLarge: "Have the sender split the job; the limit is 1,048,576 bytes."
        case .notJSON: "Have the sender write UTF-8 JSON as schemas/envelope.v1.json says."
        case .invalidEnvelope: "Have the sender mend the named attribute as schemas/envelope.v1.json says."
        case .invalidTenant: "Have the sender put the tenant's directory GUID into `subject`."
        case .unknownJobType: "Mend the `type`, or deploy workers that know it and retry."
        case .unsupportedVersion: "Upgrade the workers before the sender, then retry."
        case .invalidPayload: "Have the sender mend the named field as the job's schema says, and send the job again."
        case .credentialsRejected:
            "Check microsoft.client-id and the secret or certificate of the gateway's app registration, then retry."
        case .configurationRejected: "Mend the setting named in the detail, then retry."
        case .consentMissing:
            "Have a Global Administrator of the tenant open the consent link (`sluice consent-url`) and connect again."
        case .applicationDisabled: "Have an administrator enable it under Enterprise applications and connect again."
        case .permissionMissing: "Have a Global Administrator consent again; the detail names what is missing."
        case .accessBlocked: "Have an administrator exempt the application from the workload identity policy."
        case .tenantNotFound: "Check the tenant GUID and the cloud it lives in."
        case .tenantNotProved:
            "Check that the consent came from the customer's own tenant, and claim a domain verified there."
        case .exchangeMissing: "Have the customer license Exchange Online first."
        case .connectorConflict:
            "Do what the detail says about the object that it names, or have the customer decide; Sluice does not touch it."
        case .connectorRefused:
            "Have the customer open a Microsoft support request; trial tenants cannot create connectors."
        case .planChanged: "Run the job with dryRun again, review the new plan and apply that."
        case .findingNotRepairable: "Run the job without a repair, and name findings of its result that are repairable."
        case .mailAtGateway:
            "Have the customer move the MX records named in the detail first, or send the job with `force` and a reason."
        case .tenantNotConnected: "Connect the tenant first."
        case .connectorDrifted:
            "Look at the change with verify-tenant and have it repaired or undone, then send the job again."
        case .domainNotOwned:
            "Check the names; a relay domain must be verified in the tenant and accepted by its Exchange Online."
        case .relayDomainMissing: "Have the customer verify a domain of their own in the tenant first."
        case .spfNotReady:
            "Have the customer publish the record in the detail and send the job again, or send it with waitForDns."
        case .propagationTimeout:
            "While the job waits there is nothing to do; once it has ended, check the roles in the tenant's audit log."
        case .removalsHeld:
            "Have the customer confirm the number, then send the job again with it as `confirmRemovals`; nothing was removed."
        case .capExceeded:
            "Split the job or send it later, or raise the setting that the detail names; nothing was moved."
        case .mailboxProtected:
            "Take the mailboxes out of the job, or out of the setting pull.protected-mailboxes; nothing was moved."
        case .selectorTooBroad:
            "Narrow the job by `from` or by a time of receipt, as senders choose message ids; nothing was moved."
        case .mailboxForeign: "Have the sender check which tenant the list belongs to; nothing was moved."
        case .mailboxesUnknown: "Have the sender check the tenant and the spelling of the list; nothing was moved."
        case .loginUnreachable:
            "Check DNS, proxy and firewall between the worker and microsoft.login-url; the job is tried again."
        case .serviceUnavailable: "Nothing to do at first; the job is tried again by itself."
        case .dnsUnavailable: "Check dns.resolvers and the domain's name servers; the job is tried again by itself."
        case .throttled: "Nothing to do; the job goes on when the service allows."
        case .effectUncertain: "Nothing to do; the next attempt reads the tenant before it writes."
        case .mailboxesUnsettled: "Nothing to do; the job goes on with these mailboxes alone."
        case .unexpectedAnswer: "Look at the detail and the request id; if it persists, report it with both."
        case .executorCrashed:
            "Read the signal and the backtrace in the detail; the job is tried again, and kept if it dies again."
        case .executorTimeout: "Look for a service that hangs; the job is tried again."
        case .executorUnavailable: "Check memory and process limits of the worker's host."
        case .deadlineExceeded: "Send a new job if the work is still wanted."
        case .cancelled: "Send a new job if the work is still wanted."
        case .internalError: "Report it with the detail; retry after an upgrade."
        case .unknownTemplate: "Upgrade the notifier before the workers, then retry."
        case .deliveryUnavailable:
            "Check the mail system or webhook that the detail names; the notification is tried again."
        case .deliveryRefused: "Mend what the detail names in mail system, webhook or recipient, then retry."
        case .deliveryLimit:
            "Read the workers' logs of that time, mend what ended them, then retry this job alone before any other."
        case .unrouted: "Run `sluice topology apply`, or deploy workers that know the type; then retry."
        }
    }

    /// Whether a message with this problem was kept without being read whole, as a sender or the broker left it: what it says
    /// of the job's course was then written by nobody known.
    package var isOfUnreadMessage: Bool {
        Self.unreadable.contains(self) || self == .deliveryLimit || self == .unrouted
    }

    /// What the worker does about it.
    package var reaction: ProblemReaction {
        switch self {
        case .loginUnreachable, .serviceUnavailable, .dnsUnavailable, .throttled, .effectUncertain, .mailboxesUnsettled,
            .unexpectedAnswer, .executorCrashed, .executorTimeout, .executorUnavailable, .deliveryUnavailable:
            .retry
        case .consentMissing, .applicationDisabled, .permissionMissing, .accessBlocked, .tenantNotFound,
            .tenantNotProved, .exchangeMissing, .connectorConflict, .connectorRefused, .planChanged,
            .tenantNotConnected, .connectorDrifted, .domainNotOwned, .relayDomainMissing, .spfNotReady,
            .findingNotRepairable, .mailAtGateway,
            .capExceeded, .mailboxProtected, .selectorTooBroad, .mailboxForeign, .mailboxesUnknown,
            .propagationTimeout, .removalsHeld, .deadlineExceeded, .cancelled:
            .refuse
        case .bodyTooLarge, .notJSON, .invalidEnvelope, .invalidTenant, .unknownJobType, .unsupportedVersion,
            .invalidPayload, .credentialsRejected, .configurationRejected, .internalError,
            .unknownTemplate, .deliveryRefused,
            .deliveryLimit, .unrouted:
            .bury
        }
    }
}
