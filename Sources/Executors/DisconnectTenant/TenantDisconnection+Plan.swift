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
        if case .known(let owned) = exchange {
            try await self.note(owned)
            if self.job.dryRun { self.warnings += owned.doubts }
        }
        let plan = try DisconnectionPlan.plan(
            for: self.context.tenant,
            appRole: appRole,
            directoryRole: directoryRole,
            exchange: exchange,
            before: self.memo.neighbour == nil ? self.memo.before ?? .unknown : .everything,
            kinds: self.kinds
        )
        try self.accept(plan, agreed: self.job.planHash, dryRun: self.job.dryRun)
        self.plan = plan
    }

    /// Notes what stays, and who else may need it, while it can still be read.
    mutating func note(_ owned: OwnedObjects) async throws {
        self.memo.before = try await self.grantEvidence().judged(owned.before)
        self.memo.neighbour = owned.neighbour
    }

    /// What is ours in Exchange now; refuses when several objects of a kind carry our mark.
    func ownedObjects() async throws -> OwnedObjects {
        try OwnedObjects(
            inbound: try await self.ownership(self.kinds.inbound),
            outbound: try await self.ownership(self.kinds.outbound),
            rule: try await self.ownership(self.kinds.rule)
        )
    }
}

/// What a tenant's Exchange holds of ours, and what may be ours.
struct OwnedObjects {
    let inbound: InboundConnector?
    let outbound: OutboundConnector?
    let rule: TransportRule?
    /// What their comments say of the time before Sluice.
    let before: BeforeState
    /// An object that Sluice made for another gateway; nil when there is none.
    let neighbour: String?
    /// What will be left because it only may be ours, a sentence each.
    let doubts: [String]

    init(
        inbound: Ownership<InboundKind>,
        outbound: Ownership<OutboundKind>,
        rule: Ownership<BypassRuleKind>
    ) throws(Problem) {
        self.inbound = try inbound.one()
        self.outbound = try outbound.one()
        self.rule = try rule.one()
        let marks = [
            self.inbound.flatMap(inbound.kind.mark), self.outbound.flatMap(outbound.kind.mark),
            self.rule.flatMap(rule.kind.mark),
        ]
        self.before = marks.compactMap { $0?.before }.reduce(.unknown) { $0.filled(from: $1) }
        let neighbours = outbound.neighbours + inbound.neighbours + rule.neighbours
        self.neighbour = neighbours.first
        self.doubts = (outbound.remains + rule.remains + inbound.remains).compactMap(\.reason)
    }
}

extension Ownership {
    /// What must go before the tenant counts as clear and is not ours to take away: what may be ours, and what nobody can tell.
    ///
    /// It names the gateway's hosts or addresses, or has our name, so that mail may still go by the gateway or be restricted to
    /// it.
    var remains: [DisconnectRemains] {
        self.objects.compactMap { object, owner in
            switch owner {
            case .doubtful(let likeness):
                let doubt = Doubt(object: object, likeness: likeness)
                return self.left(object, "\(self.sentence(doubt)) \(self.advice(doubt))")
            case .unknown(let field):
                let words = "The \(self.kind.kind.words) \(object.quotedName)"
                return self.left(object, "\(words) came without its \(field): nobody can tell whether it is ours.")
            case .ours, .anotherGateways, .somebodyElses: return nil
            }
        }
    }

    /// What Sluice made for other gateways, by name.
    var neighbours: [String] {
        self.objects.compactMap { object, owner in
            switch owner {
            case .anotherGateways: object.quotedName
            case .doubtful(let likeness): likeness.hasOtherMark ? object.quotedName : nil
            case .ours, .somebodyElses, .unknown: nil
            }
        }
    }

    /// An object that is still there, and why.
    func left(_ object: Kind.Object, _ reason: String) -> DisconnectRemains {
        DisconnectRemains(
            kind: self.kind.kind,
            state: .left,
            name: String(object.name.prefix(1_000)),
            id: object.identity,
            reason: String(reason.prefix(1_000))
        )
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
        before: BeforeState,
        kinds: ExchangeKinds
    ) throws -> ChangePlan {
        var changes: [PlannedChange] = []
        var unknown: [UnknownState] = []
        switch exchange {
        case .known(let owned):
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
