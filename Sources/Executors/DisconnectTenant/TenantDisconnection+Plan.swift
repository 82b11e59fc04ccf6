import JobModel
import MailPolicy
import Microsoft365

/// What has to be true before anything is taken away, all of it read.
extension TenantDisconnection {
    /// Gets in and finds the service principals.
    mutating func enter() async throws {
        try await self.requirePermissions(of: .disconnectTenant)
        try await self.findPrincipals()
    }

    /// Refuses while mail comes in by the gateway, or may: without the connectors it would be refused or loop.
    mutating func checkMailFlow() async throws {
        let domains = try await self.tenant.graph.domains()
        let current = await self.currentMailExchanges(of: domains)
        let verdict = MailFlowVerdict(current, gatewayHosts: self.settings.gateway.mxHosts)
        guard let problem = verdict.problem else { return }
        guard let force = self.job.force else {
            if self.job.dryRun { return self.warnings.append(problem.description) }
            throw problem
        }
        self.forcedBecause = force.reason
        self.warnings.append("Forced: \(problem.detail)")
    }

    /// Makes the plan and holds it against the agreed hash.
    mutating func makePlan() async throws {
        if let accepted = self.memo.plan {
            self.plan = accepted
            return
        }
        let appRole = try await self.appRoleAssignment()
        let directoryRole = try await self.directoryRoleAssignment()
        var exchange: Observed<OwnedObjects> = .unknown(
            reason: "Exchange Online cannot be read before the two grants are in effect."
        )
        if appRole != nil, directoryRole != nil {
            do {
                exchange = .known(try await self.ownedObjects())
            } catch let error as Microsoft365Error where error.code == .unauthorized || error.code == .forbidden {
                // Said in the plan.
            }
        }
        if case .known(let owned) = exchange { self.memo.before = owned.before }
        let plan = try DisconnectionPlan.plan(
            for: self.context.tenant,
            appRole: appRole,
            directoryRole: directoryRole,
            exchange: exchange,
            kinds: self.kinds
        )
        try self.accept(plan, agreed: self.job.planHash, dryRun: self.job.dryRun)
        self.plan = plan
    }

    /// What is ours in Exchange now.
    mutating func ownedObjects() async throws -> OwnedObjects {
        let inbound = try await self.kinds.inbound.list()
        let outbound = try await self.kinds.outbound.list()
        let owned = OwnedObjects(
            inbound: try self.kinds.inbound.own(inbound, self.settings.gateway),
            outbound: try self.kinds.outbound.own(outbound, self.settings.gateway),
            rule: try self.kinds.rule.own(try await self.kinds.rule.list(), self.settings.gateway),
            kinds: self.kinds
        )
        return owned
    }
}

/// Our objects in a tenant's Exchange, by marker alone.
struct OwnedObjects {
    let inbound: InboundConnector?
    let outbound: OutboundConnector?
    let rule: TransportRule?
    /// What their comments say of the time before Sluice.
    let before: BeforeState

    init(inbound: InboundConnector?, outbound: OutboundConnector?, rule: TransportRule?, kinds: ExchangeKinds) {
        self.inbound = inbound
        self.outbound = outbound
        self.rule = rule
        let marks = [
            inbound.flatMap(kinds.inbound.mark), outbound.flatMap(kinds.outbound.mark), rule.flatMap(kinds.rule.mark),
        ]
        self.before = marks.compactMap { $0?.before }.reduce(.unknown) { $0.filled(from: $1) }
    }
}

extension ExchangeKind {
    /// Our object among all of a kind, by marker alone: a namesake without it is not ours to take away.
    ///
    /// Refuses when several carry our mark, as nobody can tell which an administrator has copied.
    func own(_ objects: [Object], _ gateway: GatewayProfile) throws(Problem) -> Object? {
        let marker = ObjectMarker(gateway: gateway, kind: self.kind)
        let ours = objects.filter { marker.marks(self.comment($0)) }
        guard ours.count < 2 else {
            let names = ours.map { "\($0.quotedName) (\($0.identity))" }.sorted().joined(separator: " and ")
            throw Problem(.connectorConflict, "More than one \(self.kind.words) carries our mark: \(names).")
        }
        return ours.first
    }
}

/// Works out what a disconnection takes away.
///
/// Pure: the same tenant leads to the same plan and the same hash.
enum DisconnectionPlan {
    /// Every change in the order of the job's steps.
    static func plan(
        for tenant: TenantID,
        appRole: TenantObject?,
        directoryRole: TenantObject?,
        exchange: Observed<OwnedObjects>,
        kinds: ExchangeKinds
    ) throws -> ChangePlan {
        var changes: [PlannedChange] = []
        var unknown: [UnknownState] = []
        var before = BeforeState.unknown
        switch exchange {
        case .known(let owned):
            before = owned.before
            if let outbound = owned.outbound, outbound.isEnabled != false { changes.append(self.off(outbound)) }
            changes += [
                owned.rule.map(kinds.rule.removal), owned.inbound.map(kinds.inbound.removal),
                owned.outbound.map(kinds.outbound.removal),
            ].compactMap { $0 }
        case .unknown(let reason):
            unknown = [TenantObjectKind.bypassRule, .inboundConnector, .outboundConnector].map {
                UnknownState(kind: $0, reason: reason)
            }
        }
        if directoryRole != nil, before.directoryRoleAssignment != true {
            changes.append(.removal(of: .directoryRole))
        }
        if appRole != nil, before.appRoleAssignment != true { changes.append(.removal(of: .appRole)) }
        return try ChangePlan(for: tenant, changes: changes, unknown: unknown)
    }

    /// The change that stops mail going out by the gateway.
    static func off(_ connector: OutboundConnector) -> PlannedChange {
        PlannedChange(
            kind: .outboundConnector,
            name: connector.name,
            action: .update,
            fields: [JobModel.FieldChange(field: "Enabled", before: "true", after: "false")]
        )
    }
}

extension PlannedChange {
    /// The reverse of a change that makes something.
    static func removal(of creation: PlannedChange) -> PlannedChange {
        PlannedChange(
            kind: creation.kind,
            name: creation.name,
            action: .remove,
            fields: creation.fields.map { JobModel.FieldChange(field: $0.field, before: $0.after, after: nil) }
        )
    }
}

/// Whether a tenant's mail still comes in by the gateway.
///
/// Pure.
struct MailFlowVerdict {
    /// Why the tenant must not be disconnected yet; nil when it may be.
    let problem: Problem?

    init(_ current: [String: MailExchange.Finding], gatewayHosts: [String]) {
        let ours = Set(gatewayHosts.map { $0.lowercased() })
        var there: [String] = []
        var unknown: [String] = []
        for (domain, finding) in current.sorted(by: { $0.key < $1.key }) {
            switch finding {
            case .exchanges(let exchanges):
                there += exchanges.map { $0.host.lowercased() }.filter(ours.contains).map { "\(domain) names \($0)" }
            case .none: break
            case .unknown(let failure): unknown.append("\(domain) (\(failure.rawValue))")
            }
        }
        if !there.isEmpty {
            self.problem = Problem(.mailAtGateway, "The MX records of \(there.joined(separator: ", of ")).")
        } else if !unknown.isEmpty {
            self.problem = Problem(
                .dnsUnavailable,
                "The MX records could not be read: \(unknown.joined(separator: ", "))."
            )
        } else if ours.isEmpty, !current.isEmpty {
            self.problem = Problem(
                .mailAtGateway,
                "`gateway.mx-hosts` is not set, so that nobody can tell whether mail still goes to the gateway."
            )
        } else {
            self.problem = nil
        }
    }
}
