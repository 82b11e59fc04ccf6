/// What people are told about: the only list of all templates.
///
/// The raw value is the name in `events.notification.requested.v1` and of the template's files.
package enum NotificationTemplate: String, Sendable, Hashable, CaseIterable, Codable {
    /// A tenant is connected.
    case tenantConnected = "tenant-connected"
    /// A tenant is disconnected.
    case tenantDisconnected = "tenant-disconnected"
    /// Outgoing mail goes through the gateway.
    case outboundConnectorEnabled = "outbound-connector-enabled"
    /// Outgoing mail no longer goes through the gateway.
    case outboundConnectorDisabled = "outbound-connector-disabled"
    /// Somebody changed an object of ours in the tenant.
    case driftFound = "drift-found"
    /// The tenant no longer lets us in.
    case connectionLost = "connection-lost"
    /// Messages were pulled out of mailboxes.
    case messagePulled = "message-pulled"
    /// Pulled messages were put back.
    case messageRestored = "message-restored"
    /// A directory synchronisation stopped, as it would remove too much.
    case directoryHeld = "directory-held"
    /// A job ended among the dead letters; for operators, requested by the notifier itself.
    case jobDied = "job-died"
}

/// What an executor has to tell people, with the figures that the template shows.
///
///     context.notify(job.notify, .connectionLost(problem), customer: nil, language: job.language)
///
/// Tenant, job and time are in every event and need not be repeated. Each case says which values its template gets.
package enum NotificationContent: Sendable, Equatable {
    /// `domains`: those imported for mail flow; `changes`: how many objects were made or changed.
    case tenantConnected(domains: [String], changes: Int)
    /// `changes`: how many objects were removed or changed; `remains`: a row for each that could not be removed, with `kind`,
    /// `name` and `reason`.
    case tenantDisconnected(changes: Int, remains: [NotificationRemains])
    /// `domains`: those whose outgoing mail is relayed.
    case outboundConnectorEnabled(domains: [String])
    /// `reason`: why, empty when nothing was said.
    case outboundConnectorDisabled(reason: String)
    /// `findings`: a row each, with `subject`, `name`, `drift`, and where they are known `field`, `was`, `is` and `changedBy`;
    /// `repaired`: how many of them were put right.
    case driftFound(findings: [NotificationFinding], repaired: Int)
    /// `code`, `title`, `detail` and `advice` of the problem that keeps us out.
    case connectionLost(Problem)
    /// `targets`: how many mailboxes were asked for; `dispositions`: a line each, such as `pulled: 19`, by name; `messageId`,
    /// `campaign` and `reason` of the job.
    case messagePulled(targets: Int, dispositions: [String: Int], message: NotificationMessage)
    /// `targets`: how many mailboxes were asked for; `dispositions`: a line each, such as `restored: 19`, by name;
    /// `messageId`, `campaign` and `reason` of the job.
    case messageRestored(targets: Int, dispositions: [String: Int], message: NotificationMessage)
    /// `removals`: how many users or groups would go; `known`: how many there were.
    case directoryHeld(removals: Int, known: Int)
    /// `code`, `title`, `detail` and `advice` of the problem that the job died of; `untold`: how many jobs of the same type
    /// died of the same since the last mail about them, without one of their own; empty for none.
    case jobDied(Problem, untold: Int)

    /// Which template shows it.
    package var template: NotificationTemplate {
        switch self {
        case .tenantConnected: .tenantConnected
        case .tenantDisconnected: .tenantDisconnected
        case .outboundConnectorEnabled: .outboundConnectorEnabled
        case .outboundConnectorDisabled: .outboundConnectorDisabled
        case .driftFound: .driftFound
        case .connectionLost: .connectionLost
        case .messagePulled: .messagePulled
        case .messageRestored: .messageRestored
        case .directoryHeld: .directoryHeld
        case .jobDied: .jobDied
        }
    }

    /// What the template gets, by name.
    package var values: [String: NotificationValue] {
        switch self {
        case .tenantConnected(let domains, let changes):
            ["domains": NotificationValue(domains), "changes": NotificationValue("\(changes)")]
        case .tenantDisconnected(let changes, let remains):
            ["changes": NotificationValue("\(changes)"), "remains": NotificationValue(rows: remains.map(\.row))]
        case .outboundConnectorEnabled(let domains): ["domains": NotificationValue(domains)]
        case .outboundConnectorDisabled(let reason): ["reason": NotificationValue(reason)]
        case .driftFound(let findings, let repaired):
            ["findings": NotificationValue(rows: findings.map(\.row)), "repaired": NotificationValue("\(repaired)")]
        case .connectionLost(let problem): Self.values(of: problem)
        case .jobDied(let problem, let untold):
            Self.values(of: problem).merging(
                ["untold": NotificationValue(untold > 0 ? "\(untold)" : "")],
                uniquingKeysWith: { _, new in new }
            )
        case .messagePulled(let targets, let dispositions, let message),
            .messageRestored(let targets, let dispositions, let message):
            Self.values(targets: targets, dispositions: dispositions).merging(message.values) { old, _ in old }
        case .directoryHeld(let removals, let known):
            ["removals": NotificationValue("\(removals)"), "known": NotificationValue("\(known)")]
        }
    }

    private static func values(targets: Int, dispositions: [String: Int]) -> [String: NotificationValue] {
        let lines = dispositions.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        return ["targets": NotificationValue("\(targets)"), "dispositions": NotificationValue(lines)]
    }

    private static func values(of problem: Problem) -> [String: NotificationValue] {
        [
            "code": NotificationValue(problem.code.rawValue),
            "title": NotificationValue(problem.code.title),
            "detail": NotificationValue(problem.detail),
            "advice": NotificationValue(problem.code.advice),
        ]
    }
}
