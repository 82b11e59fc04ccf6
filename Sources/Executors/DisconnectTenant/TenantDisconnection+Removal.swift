import JobModel
import Microsoft365

/// Taking away what is ours for sure, each removal read back.
extension TenantDisconnection {
    /// Makes sure that Exchange lets us look: gives ourselves the grants for the time of the job where they are missing.
    ///
    /// A job that was killed after its last removal, and lost its memo, finds no grants; without looking it could not say
    /// that nothing is left.
    mutating func enterExchangeAgain() async throws {
        try await self.grantAppRole()
        try await self.grantDirectoryRole()
        let owned = try await self.ownedObjects()
        if self.memo.before == nil {
            try await self.note(owned)
            self.remember()
        }
        self.warnings += try await self.foreignWarnings()
    }

    /// Stops mail going out by the gateway before anything else.
    mutating func switchOff() async throws {
        guard let ours = try await self.ownership(self.kinds.outbound).one() else { return }
        guard ours.isEnabled != false else { return self.settleUpdate() }
        self.intend(DisconnectionPlan.off(ours))
        var settings = OutboundConnectorSettings()
        settings.isEnabled = false
        do {
            try await self.tenant.exchange.setOutboundConnector(identity: ours.identity, settings)
        } catch {
            guard error.leavesEffectOpen else { throw error }  // otherwise what is read back decides
        }
        let now = try await self.kinds.outbound.find(ours.identity)
        guard now == nil || now?.isEnabled == false else {
            throw Problem(
                .unexpectedAnswer,
                "Exchange still shows the outbound connector \(ours.quotedName) as enabled."
            )
        }
        self.settleUpdate()
    }

    /// Settles the switching off, and nothing else of the connector.
    private mutating func settleUpdate() {
        if self.memo.intent?.action == .update { self.settle(.outboundConnector) }
    }

    /// Takes an object of ours away; one that Exchange does not give up is left and said.
    mutating func remove<Kind: ExchangeKind>(_ kind: Kind) async throws {
        guard let ours = try await self.ownership(kind).one() else {
            return self.settle(kind.kind)
        }
        self.intend(kind.removal(of: ours))
        do {
            _ = try await kind.remove(ours.identity)
        } catch let error as Microsoft365Error where error.leavesEffectOpen {
            // What is read back decides.
        } catch let error as Microsoft365Error where error.code == .invalidRequest {
            self.refusals[kind.kind] = error.description
            self.memo.intent = nil
            return self.remember()
        }
        let shown = try await kind.find(ours.identity)
        guard shown == nil, try await self.ownership(kind).ours.isEmpty else {
            throw Waiting(
                for: .visibility,
                Problem(.propagationTimeout, "The \(kind.kind.words) \(ours.quotedName) was removed and still shows.")
            )
        }
        self.settle(kind.kind)
    }

    /// Reads what is left in Exchange, the last time we can: clear is a tenant in which nothing leads to the gateway, is
    /// restricted to it or bears our name, whoever made it.
    mutating func proveClear() async throws {
        let outbound = try await self.ownership(self.kinds.outbound)
        let rule = try await self.ownership(self.kinds.rule)
        let inbound = try await self.ownership(self.kinds.inbound)
        self.memo.remains = self.remains(outbound) + self.remains(rule) + self.remains(inbound)
        self.remember()
    }

    private func remains<Kind: ExchangeKind>(_ ownership: Ownership<Kind>) -> [DisconnectRemains] {
        let kind = ownership.kind.kind
        let reason = self.refusals[kind] ?? "It was removed and is there again."
        let left = ownership.ours.map { ownership.left($0, reason) } + ownership.remains
        // Of a kind so many are named that all kinds fit into a result.
        return left.isEmpty ? [DisconnectRemains(kind: kind, state: .gone)] : Array(left.prefix(Self.leftMax))
    }

    /// Connectors of the customer's own that were switched off for the gateway, most likely.
    private func foreignWarnings() async throws -> [String] {
        let found = try await self.ownership(self.kinds.outbound)
        let others = found.objects.filter { object, owner in
            switch owner {
            case .somebodyElses, .unknown: object.isForAllDomains && object.isEnabled == false
            case .ours, .doubtful, .anotherGateways: false
            }
        }
        return others.map { object, _ in
            "The outbound connector \(object.quotedName) is not ours and disabled; enable it if mail is to go out by it again."
        }
    }
}

// MARK: - The grants, last of all

extension TenantDisconnection {
    /// Gives up Exchange Administrator.
    mutating func dropDirectoryRole() async throws {
        let graph = self.tenant.graph
        let reason =
            self.memo.before?.directoryRoleAssignment == true
            ? "An administrator gave it: it was there before Sluice gave itself anything." : nil
        try await self.drop(.directoryRole, kept: reason, read: { try await $0.directoryRoleAssignment() }) { id in
            try await graph.removeDirectoryRoleAssignment(id)
        }
    }

    /// Gives up Exchange.ManageAsApp.
    mutating func dropAppRole() async throws {
        let principal = try self.foundPrincipals().own
        let graph = self.tenant.graph
        let reason =
            self.memo.before?.appRoleAssignment == true
            ? "An administrator gave it with the consent, before Sluice could give itself anything." : nil
        try await self.drop(.appRole, kept: reason, read: { try await $0.appRoleAssignment() }) { id in
            try await graph.removeAppRoleAssignment(principal: principal, assignment: id)
        }
    }

    private mutating func drop(
        _ grant: PlannedChange,
        kept reason: String?,
        read: (Self) async throws -> TenantObject?,
        remove: (String) async throws -> Bool
    ) async throws {
        guard let held = try await read(self) else {
            self.settle(grant.kind)
            return self.grants.append(DisconnectRemains(kind: grant.kind, state: .gone))
        }
        if let reason = reason ?? self.neighbourReason { return self.keep(held, .kept, reason) }
        if self.memo.remains?.contains(where: { $0.state == .left }) == true {
            return self.keep(
                held,
                .left,
                "It is needed to take away the rest; send the job again once that is possible."
            )
        }
        self.intend(.removal(of: grant))
        do {
            _ = try await remove(held.id)
        } catch let error as Microsoft365Error where error.leavesEffectOpen {
            // What is read back decides.
        }
        guard try await read(self) == nil else {
            throw Waiting(
                for: .visibility,
                Problem(.propagationTimeout, "The \(grant.kind.words) \(grant.name) was removed and still shows.")
            )
        }
        self.settle(grant.kind)
        self.grants.append(DisconnectRemains(kind: grant.kind, state: .gone))
    }

    /// Why another gateway's tenant keeps the grants, whoever made them; nil when there is none.
    private var neighbourReason: String? {
        self.memo.neighbour.map {
            "Sluice made \($0) for another gateway, which needs the grant if it uses the same application; take it away by hand otherwise."
        }
    }

    private mutating func keep(_ grant: TenantObject, _ state: DisconnectRemains.State, _ reason: String) {
        self.grants.append(
            DisconnectRemains(kind: grant.kind, state: state, name: grant.name, id: grant.id, reason: reason)
        )
    }
}
