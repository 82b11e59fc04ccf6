/// What a job does: the only list of all job types.
///
/// The raw value is the name in queues, routing keys, schemas and commands. A new job type is one line here and what the
/// compiler then asks for, its payload in `Jobs/`, its executor, its schemas with examples, and a test.
package enum JobType: String, Sendable, Hashable, CaseIterable, Codable {
    /// Connects a tenant: grants, domains, connectors, bypass rule, directory probe.
    case connectTenant = "connect-tenant"
    /// Sends a connected tenant's mail out through the gateway, once DNS is right.
    case enableOutboundConnector = "enable-outbound-connector"
    /// Takes that back.
    case disableOutboundConnector = "disable-outbound-connector"
    /// Compares a tenant with what was applied and with what is wanted, and puts right what it is told to.
    case verifyTenant = "verify-tenant"
    /// Takes out of a tenant what was put there, back to what stood before.
    case disconnectTenant = "disconnect-tenant"
    /// Changes nothing and answers: what `sluice bench` sends.
    case noOp = "no-op"
    /// Imports users, groups and members, whole or what has changed.
    case syncDirectory = "sync-directory"
    /// Moves every copy of a message to quarantine, in up to a thousand mailboxes.
    case pullMessage = "pull-message"
    /// Moves what was pulled back to where it was.
    case restoreMessage = "restore-message"

    /// The version of the job's schema that this code reads and writes.
    package var version: Int { 1 }

    /// The CloudEvents `type` of a job: `jobs.connect-tenant.v1`.
    package var messageType: String { "jobs.\(self.rawValue).v\(self.version)" }

    /// The CloudEvents `type` of its result: `results.connect-tenant.v1`.
    package var resultType: String { "results.\(self.rawValue).v\(self.version)" }

    /// The Swift type of its `data`.
    package var payload: any JobPayload.Type {
        switch self {
        case .connectTenant: ConnectTenant.self
        case .enableOutboundConnector: EnableOutboundConnector.self
        case .disableOutboundConnector: DisableOutboundConnector.self
        case .verifyTenant: VerifyTenant.self
        case .disconnectTenant: DisconnectTenant.self
        case .noOp: NoOp.self
        case .syncDirectory: SyncDirectory.self
        case .pullMessage: PullMessage.self
        case .restoreMessage: RestoreMessage.self
        }
    }

    /// How many lanes its queue is cut into, so that one tenant's flood delays only its own lane.
    ///
    /// 1 means a single queue without a lane number.
    package var lanes: Int {
        switch self {
        case .connectTenant, .enableOutboundConnector, .disableOutboundConnector, .verifyTenant, .disconnectTenant,
            .syncDirectory:
            1
        case .noOp, .pullMessage, .restoreMessage: 4
        }
    }

    /// Whether it changes a tenant's configuration and so needs the tenant's lock.
    ///
    /// Moving messages does not: two such jobs on one message settle between them which of them moved it.
    package var changesTenant: Bool {
        switch self {
        case .connectTenant, .enableOutboundConnector, .disableOutboundConnector, .verifyTenant, .disconnectTenant: true
        case .noOp, .syncDirectory, .pullMessage, .restoreMessage: false
        }
    }

    /// Whether it has no effect that an earlier attempt could have begun, and ends within moments.
    ///
    /// Nothing is then recorded or said about its start and progress: its end is one commit, one event and one result.
    package var isQuick: Bool {
        switch self {
        case .connectTenant, .enableOutboundConnector, .disableOutboundConnector, .verifyTenant, .disconnectTenant,
            .syncDirectory, .pullMessage, .restoreMessage:
            false
        case .noOp: true
        }
    }

    /// How long one attempt may run before its executor is ended.
    ///
    /// At most 20 minutes: RabbitMQ closes a channel that holds a delivery for 30 (`consumer_timeout`).
    package var attemptLimit: Duration {
        switch self {
        case .connectTenant, .enableOutboundConnector, .disableOutboundConnector, .verifyTenant, .disconnectTenant:
            .seconds(10 * 60)
        case .noOp: .seconds(2 * 60)
        case .syncDirectory, .pullMessage, .restoreMessage: .seconds(15 * 60)
        }
    }

    /// How long a job may be postponed in all, counted from its first start.
    ///
    /// Grants in Microsoft 365 take minutes to hours, and a record in DNS waits for people and for caches; past this the wait
    /// itself is the problem.
    package var waitLimit: Duration {
        switch self {
        case .connectTenant, .disableOutboundConnector, .verifyTenant, .disconnectTenant: .seconds(6 * 60 * 60)
        case .enableOutboundConnector: .seconds(72 * 60 * 60)
        case .noOp: .seconds(10 * 60)
        case .syncDirectory: .seconds(24 * 60 * 60)
        case .pullMessage, .restoreMessage: .seconds(4 * 60 * 60)
        }
    }
}
