import JobModel
import Logging
import Microsoft365

/// What the job will change, and whether that is what was agreed to.
extension TenantConnection {
    /// Makes the plan and holds it against the agreed hash.
    mutating func makePlan() async throws {
        if let accepted = self.memo.plan {
            self.plan = accepted
            return
        }
        let plan = try ConnectionPlan.plan(
            for: self.context.tenant,
            try await self.observedTenant(),
            kinds: self.kinds
        )
        let before = try await self.grantEvidence().before(
            makesAppRole: plan.makes(.appRoleAssignment),
            makesDirectoryRole: plan.makes(.directoryRoleAssignment)
        )
        self.memo.before = BeforeState(
            appRoleAssignment: before.appRole,
            directoryRoleAssignment: before.directoryRole,
            organizationCustomization: !plan.makes(.organizationCustomization)
        )
        try self.accept(plan, agreed: self.job.planHash, dryRun: self.job.dryRun)
        self.plan = plan
    }

    /// Gives Exchange Administrator back when the job has failed for good and nothing would tell that it is ours.
    ///
    /// Beside an app role that came with the consent neither a time nor a comment of ours shows who made it, and the next
    /// job could not tell it from an administrator's.
    mutating func giveBack(after outcome: Outcome) async {
        guard case .failed(let problem, _) = outcome, problem.code.reaction != .retry else { return }
        let isMade = self.memo.changes.contains { $0.kind == .directoryRoleAssignment && $0.action == .create }
        guard isMade, self.memo.before?.appRoleAssignment == true, self.memo.guids.isEmpty else { return }
        do {
            guard let held = try await self.directoryRoleAssignment() else { return }
            self.intend(.removal(of: .directoryRole))
            _ = try await self.tenant.graph.removeDirectoryRoleAssignment(held.id)
            self.settle(.directoryRoleAssignment)
        } catch {
            self.context.logger.error("Exchange Administrator could not be given back; have an administrator remove it")
        }
    }

    private mutating func observedTenant() async throws -> ObservedTenant {
        let appRole = try await self.appRoleAssignment()
        let directoryRole = try await self.directoryRoleAssignment()
        if self.job.dryRun { self.objects = [appRole, directoryRole].compactMap { $0 } }
        guard appRole != nil, directoryRole != nil else {
            return ObservedTenant(
                holdsAppRole: appRole != nil,
                holdsDirectoryRole: directoryRole != nil,
                exchange: .unknown(reason: "Exchange Online cannot be read before the two grants are in effect.")
            )
        }
        return ObservedTenant(
            holdsAppRole: true,
            holdsDirectoryRole: true,
            exchange: try await self.observedExchange()
        )
    }

    private mutating func observedExchange() async throws -> Observed<ExchangeSurvey> {
        do {
            let survey = try await self.surveyExchange()
            if self.job.dryRun {
                self.objects += [
                    survey.inbound.map(self.kinds.inbound.tenantObject),
                    survey.outbound.map(self.kinds.outbound.tenantObject),
                    survey.rule.map(self.kinds.rule.tenantObject),
                ].compactMap { $0 }
            }
            return .known(survey)
        } catch let error as Microsoft365Error where error.code == .unauthorized || error.code == .forbidden {
            return .unknown(reason: "Exchange Online cannot be read before the two grants are in effect.")
        }
    }
}
