import JobModel
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
        try self.accept(plan, agreed: self.job.planHash, dryRun: self.job.dryRun)
        self.plan = plan
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
