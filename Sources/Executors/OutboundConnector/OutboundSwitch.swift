import JobModel
import Microsoft365

/// The outbound connector as far as it is on or off: nothing else of it is compared or written.
struct OutboundSwitch: ExchangeKind {
    private let connector: OutboundKind
    private let isOn: Bool

    init(_ connector: OutboundKind, isOn: Bool) {
        self.connector = connector
        self.isOn = isOn
    }

    var kind: TenantObjectKind { .outboundConnector }
    var made: OutboundConnectorSettings { self.connector.made }
    var kept: OutboundConnectorSettings {
        var settings = OutboundConnectorSettings()
        settings.isEnabled = self.isOn
        return settings
    }
    var state: [String: String] { [:] }

    /// The change that turns a connector of that name, as a plan has it.
    func turning(_ name: String) -> PlannedChange {
        PlannedChange(
            kind: self.kind,
            name: name,
            action: .update,
            fields: [
                JobModel.FieldChange(field: "Enabled", before: String(!self.isOn), after: String(self.isOn))
            ]
        )
    }

    func list() async throws -> [OutboundConnector] { try await self.connector.list() }
    func find(_ identity: String) async throws -> OutboundConnector? { try await self.connector.find(identity) }
    func make(_ settings: OutboundConnectorSettings) async throws -> OutboundConnector {
        try await self.connector.make(settings)
    }
    func mend(
        _ identity: String,
        _ settings: OutboundConnectorSettings,
        fields: [JobModel.FieldChange]
    ) async throws {
        try await self.connector.mend(identity, settings, fields: fields)
    }
    func remove(_ identity: String) async throws -> Bool { try await self.connector.remove(identity) }
    var commentField: String { self.connector.commentField }
    func with(comment: String, in settings: OutboundConnectorSettings) -> OutboundConnectorSettings {
        self.connector.with(comment: comment, in: settings)
    }
    func comment(_ object: OutboundConnector) -> String? { self.connector.comment(object) }
    func isEnabled(_ object: OutboundConnector) -> Bool? { self.connector.isEnabled(object) }
    func effect(of object: OutboundConnector) -> GatewayEffect { self.connector.effect(of: object) }
    func takesAllMail(_ object: OutboundConnector) -> Bool { self.connector.takesAllMail(object) }
}

/// What both outbound jobs do: find our connector, plan, turn it, read it back.
protocol OutboundSwitching: TenantChanging {
    var outbound: OutboundSwitch { get }
    var agreedHash: String? { get }
    var isDryRun: Bool { get }

    // Read in this attempt.
    var connector: OutboundConnector? { get set }
    var plan: ChangePlan? { get set }
}

extension OutboundSwitching {
    /// Finds our connector among all; a tenant without one is refused, and one with a connector that only may be ours.
    ///
    /// Gives all the others.
    mutating func findConnector() async throws -> [OutboundConnector] {
        let found = try await self.ownership(self.outbound)
        guard let ours = try found.settled() else {
            throw Problem(.tenantNotConnected, "There is no outbound connector of ours in the tenant.")
        }
        self.connector = ours
        return found.rivals
    }

    /// The connector that an earlier step has found.
    func foundConnector() throws(Problem) -> OutboundConnector {
        guard let connector else { throw Problem(.internalError, "A step was reached without the connector.") }
        return connector
    }

    /// Makes the plan and holds it against the agreed hash.
    ///
    /// A connector that is as wanted already fits any plan that would only have brought it there: nothing is left to do, whether
    /// this job did it before it was cut off or somebody else.
    mutating func makePlan() async throws {
        if let accepted = self.memo.plan {
            self.plan = accepted
            return
        }
        let connector = try self.foundConnector()
        let change = try self.outbound.mending(of: connector)
        let plan = try ChangePlan(for: self.context.tenant, changes: [change].compactMap { $0 }, unknown: [])
        let turned = try ChangePlan(
            for: self.context.tenant,
            changes: [self.outbound.turning(connector.name)],
            unknown: []
        )
        let isDone = change == nil && self.agreedHash == turned.hash
        try self.accept(plan, agreed: isDone ? nil : self.agreedHash, dryRun: self.isDryRun)
        self.plan = plan
    }

    /// Turns the connector and reads it back; one that is as wanted is not written to.
    ///
    /// The comment remembers the state: without that nobody could tell later whether somebody else has switched it.
    mutating func turn() async throws {
        let turned = try await self.mend(self.outbound, try self.foundConnector())
        self.connector = try await self.recordState(of: turned)
    }

    private func recordState(of connector: OutboundConnector) async throws -> OutboundConnector {
        let field = "Enabled"
        if case .known = self.outbound.lastApplied(field, of: connector) { return connector }
        let state = self.outbound.live(field, of: connector) ?? ""
        let comment = self.outbound.markedComment(applying: [field: state], to: connector, self.stamp())
        let settings = self.outbound.with(comment: comment, in: OutboundConnectorSettings())
        do {
            try await self.tenant.exchange.setOutboundConnector(identity: connector.identity, settings)
        } catch {
            guard error.leavesEffectOpen else { throw error }  // it is as switched; verify-tenant tells of a lost mark
        }
        return try await self.outbound.find(connector.identity) ?? connector
    }

    /// The connector as results name it.
    func tenantObject() throws(Problem) -> TenantObject { self.outbound.tenantObject(try self.foundConnector()) }
}
