import JobModel
import Microsoft365

/// The two grants that open Exchange Online to us: an app role and a directory role.
///
/// Both are read, made if missing, read back.
extension TenantChanging {
    /// Gives ourselves Exchange.ManageAsApp.
    mutating func grantAppRole() async throws {
        let principals = try self.foundPrincipals()
        let graph = self.tenant.graph
        try await self.grant(.appRole, read: { try await $0.appRoleAssignment() }) {
            try await graph.assignAppRole(
                principal: principals.own,
                resource: principals.exchange,
                role: WellKnown.manageAsAppRoleID
            )
        }
    }

    /// Gives ourselves Exchange Administrator.
    mutating func grantDirectoryRole() async throws {
        let principals = try self.foundPrincipals()
        let graph = self.tenant.graph
        try await self.grant(.directoryRole, read: { try await $0.directoryRoleAssignment() }) {
            try await graph.assignDirectoryRole(
                principal: principals.own,
                role: WellKnown.exchangeAdministratorRoleID
            )
        }
    }

    /// Our grant of Exchange.ManageAsApp, if it is there.
    func appRoleAssignment() async throws -> TenantObject? {
        let principals = try self.foundPrincipals()
        let held = try await self.tenant.graph.appRoleAssignments(of: principals.own)
        return held.first { $0.resourceID == principals.exchange && $0.appRoleID == WellKnown.manageAsAppRoleID }.map {
            TenantObject(kind: .appRoleAssignment, name: PlannedChange.appRole.name, id: $0.id, isEnabled: true)
        }
    }

    /// Our role Exchange Administrator over the whole directory, if it is there.
    func directoryRoleAssignment() async throws -> TenantObject? {
        let principals = try self.foundPrincipals()
        let role = WellKnown.exchangeAdministratorRoleID
        let held = try await self.tenant.graph.directoryRoleAssignments(of: principals.own, role: role)
        return held.first { $0.roleID == role && ($0.scope ?? "/") == "/" }.map {
            TenantObject(
                kind: .directoryRoleAssignment,
                name: PlannedChange.directoryRole.name,
                id: $0.id,
                isEnabled: true
            )
        }
    }

    /// What Graph tells of who made the grants.
    func grantEvidence() async throws -> GrantEvidence {
        let principals = try self.foundPrincipals()
        let held = try await self.tenant.graph.appRoleAssignments(of: principals.own)
        let appRole = held.first { $0.resourceID == principals.exchange && $0.appRoleID == WellKnown.manageAsAppRoleID }
        return GrantEvidence(
            consentedAt: held.first { $0.appRoleID == WellKnown.assignRolesRoleID }?.createdAt,
            appRoleAt: appRole?.createdAt
        )
    }

    private mutating func grant(
        _ change: PlannedChange,
        read: (Self) async throws -> TenantObject?,
        make: () async throws -> Void
    ) async throws {
        if let held = try await read(self) {
            self.memo.granted?.removeAll { $0 == change.kind }
            self.settle(change.kind)
            self.objects.append(held)
            return
        }
        if self.memo.intent != change { self.intend(change) }
        if self.memo.granted?.contains(change.kind) != true { try await self.give(change, make) }
        guard let made = try await read(self) else {
            throw Waiting(
                for: .visibility,
                Problem(
                    .propagationTimeout,
                    "The \(change.kind.words) \(change.name) was granted and does not show yet."
                )
            )
        }
        self.memo.granted?.removeAll { $0 == change.kind }
        self.settle(change.kind)
        self.objects.append(made)
    }

    /// Makes a grant; one that is made for sure is noted, so that it is waited for and not made again while lists lag behind.
    ///
    /// The wait hands the note to the worker.
    private mutating func give(_ change: PlannedChange, _ make: () async throws -> Void) async throws {
        do {
            try await make()
            self.memo.granted = (self.memo.granted ?? []) + [change.kind]
        } catch let error as Microsoft365Error where error.code == .alreadyExists {
            self.memo.granted = (self.memo.granted ?? []) + [change.kind]
        } catch let error as Microsoft365Error where error.leavesEffectOpen {
            // Reading tells whether it is there; a grant cannot be made twice.
        }
        await self.tenant.forgetTokens()
    }
}
