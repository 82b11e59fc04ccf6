import JobModel
import Microsoft365

/// What the job will change, and whether that is what was agreed to.
extension TenantConnection {
    /// Makes the plan and holds it against the agreed hash; once accepted, a resumed job keeps it.
    ///
    /// A job with a hash that was cut off half done and lost its memo is refused: nobody can tell its changes from others' any
    /// more, and a new dry run shows what is left to do.
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
        if let agreed = self.job.planHash, agreed != plan.hash {
            throw Problem(.planChanged, "Agreed was plan \(agreed); the tenant now leads to plan \(plan.hash).")
        }
        self.plan = plan
        guard !self.job.dryRun else { return }
        self.memo.plan = plan
        self.remember()
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

    /// Reads what stands in Exchange, once an attempt; refuses conflicts.
    mutating func surveyExchange() async throws -> ExchangeSurvey {
        if let survey { return survey }
        let exchange = self.tenant.exchange
        let survey = try ExchangeSurvey(
            isDehydrated: try await exchange.organizationConfig().isDehydrated,
            inbound: try await self.kinds.inbound.list(),
            outbound: try await self.kinds.outbound.list(),
            rules: try await self.kinds.rule.list(),
            kinds: self.kinds,
            gateway: self.settings.gateway,
            known: self.memo.guids
        )
        self.survey = survey
        return survey
    }
}
