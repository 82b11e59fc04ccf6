import JobModel
import Microsoft365

/// Whether the tenant still lets us in, and what it lets us do.
extension TenantVerification {
    /// Signs in and compares what our tokens hold with what the jobs need.
    mutating func enter() async throws {
        do {
            var granted = [Resource.graph: try await self.tenant.login.token(for: .graph).roles]
            granted[.exchange] = try await self.tenant.login.token(for: .exchange).roles
            let review = PermissionFindings(granted: granted)
            self.permissions = review.standing
            self.findings += review.findings
        } catch {
            try self.judge(error)
        }
    }

    /// Finds the service principals and the two grants.
    mutating func readGrants() async throws {
        do {
            guard let own = try await self.tenant.graph.servicePrincipal(appID: self.settings.application.clientID)
            else {
                return try self.suspect(Problem(.consentMissing, "Our service principal is not in the tenant."))
            }
            if own.isEnabled == false {
                return self.lose(
                    Problem(.applicationDisabled, "An administrator has disabled our service principal \(own.id).")
                )
            }
            try await self.findPrincipals()
            try await self.compareGrants()
        } catch let error as Microsoft365Error where error.code == .forbidden {
            let reason = "The tenant's roles cannot be read without the permission that is missing."
            self.findings.append(.grant(.appRoleAssignment, live: .unknown(reason)))
            self.findings.append(.grant(.directoryRoleAssignment, live: .unknown(reason)))
        }
    }

    private mutating func compareGrants() async throws {
        let principals = try self.foundPrincipals()
        let appRole = try await self.appRoleAssignment()
        if appRole == nil { self.findings.append(.grant(.appRoleAssignment, live: .absent)) }
        let directoryRole = try await self.directoryRoleAssignment()
        if directoryRole == nil { self.findings.append(.grant(.directoryRoleAssignment, live: .absent)) }
        self.objects = [appRole, directoryRole].compactMap { $0 }
        self.holdsGrants = self.objects.count == 2
        let held = try await self.tenant.graph.directoryRoleAssignments(of: principals.own)
        self.findings += held.filter { $0.roleID != WellKnown.exchangeAdministratorRoleID }.map {
            .surplusRole($0.roleID, assignment: $0.id)
        }
    }

    // MARK: A lost connection

    /// Takes a refusal to sign in for a lost connection where it is one; throws it where it is not.
    private mutating func judge(_ error: Microsoft365Error) throws {
        guard case .fail(let code) = error.reaction else {
            guard error.code == .applicationNotConsented else { throw error }
            return try self.suspect(Problem(.consentMissing, error.description))
        }
        switch error.code {
        case .applicationNotConsented: try self.suspect(Problem(code, error.description))
        case .applicationDisabled, .accessBlockedByPolicy, .tenantNotFound:
            self.lose(Problem(code, error.description))
        case .credentialsRejected, .wrongCloud, .exchangeMissing, .configurationRejected, .throttled, .unavailable,
            .unreachable, .interrupted, .cancelled, .unauthorized, .forbidden, .notFound, .alreadyExists,
            .invalidRequest, .organizationDehydrated, .connectorCreationRefused, .malformedAnswer, .foreignLink,
            .answerTooLarge, .resyncRequired, .pageExpired:
            throw error
        }
    }

    /// Looks twice before a tenant counts as lost: a single replica may not know us.
    private mutating func suspect(_ problem: Problem) throws {
        guard self.memo.isLossSuspected != true else { return self.lose(problem) }
        self.memo.isLossSuspected = true
        throw Waiting(for: .visibility, problem)
    }

    private mutating func lose(_ problem: Problem) {
        self.loss = problem
        self.findings = [
            DriftFinding(
                id: "consent",
                subject: .consent,
                name: self.settings.application.clientID,
                drift: .missing,
                lastApplied: .unknown("Consents are the customer's and are not recorded."),
                wanted: .known("granted and enabled"),
                live: problem.code == .applicationDisabled ? .known("disabled") : .absent,
                isRepairable: false,
                advice: problem.code.advice
            )
        ]
    }
}

extension DriftFinding {
    /// That one of the two grants is not there, or cannot be read.
    fileprivate static func grant(_ kind: TenantObjectKind, live: ObservedValue) -> DriftFinding {
        let isAppRole = kind == .appRoleAssignment
        let isUnknown = live != .absent
        return DriftFinding(
            id: kind.rawValue,
            subject: isAppRole ? .appRoleAssignment : .directoryRoleAssignment,
            name: isAppRole ? PlannedChange.appRole.name : PlannedChange.directoryRole.name,
            drift: isUnknown ? .unknown : .missing,
            lastApplied: .unknown("Grants have no place to record it."),
            wanted: .known("granted"),
            live: live,
            blockedJobs: Permission.all.first { $0.roleID == WellKnown.manageAsAppRoleID }?.jobs ?? [],
            isRepairable: !isUnknown,
            advice: isUnknown ? "Have a Global Administrator consent again." : "Repair it, which grants it again."
        )
    }

    /// That our service principal holds a directory role which no job needs.
    fileprivate static func surplusRole(_ role: String, assignment: String) -> DriftFinding {
        DriftFinding(
            id: "directory-role.\(role)",
            subject: .directoryRoleAssignment,
            name: role == WellKnown.globalAdministratorRoleID ? "Global Administrator" : role,
            objectID: assignment,
            drift: .surplus,
            lastApplied: .absent,
            wanted: .absent,
            live: .known("granted"),
            isRepairable: false,
            advice: "Have an administrator take the role away: no job needs it."
        )
    }
}
