import JobModel
import Microsoft365

/// The way into Exchange Online.
extension TenantChanging {
    /// Waits until Exchange honours the grants, and looks for conflicts before anything is written there.
    mutating func enterExchange() async throws {
        _ = try await self.surveyExchange()
    }

    /// Opens a tenant that Microsoft has not opened for customisation yet.
    ///
    /// Once asked, the job goes on: only the commands themselves show when the opening has taken effect.
    mutating func openForCustomization() async throws {
        guard try await self.surveyExchange().isDehydrated == true, !self.memo.isCustomizationRequested else { return }
        try await self.requestCustomization()
        throw Waiting(
            for: .customization,
            Problem(.propagationTimeout, "The tenant is being opened for customisation, which takes up to an hour.")
        )
    }

    /// Asks once a job.
    ///
    /// A tenant that is open already answers with an error, which says nothing worse.
    mutating func requestCustomization() async throws {
        guard !self.memo.isCustomizationRequested else { return }
        self.intend(.customization)
        do {
            try await self.tenant.exchange.enableOrganizationCustomization()
        } catch {
            let isOpenAlready = error.code == .alreadyExists || error.code == .invalidRequest
            guard isOpenAlready || error.leavesEffectOpen else { throw error }
            if isOpenAlready { self.memo.intent = nil }
        }
        self.memo.isCustomizationRequested = true
        self.settle(.organizationCustomization)
        self.remember()
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
