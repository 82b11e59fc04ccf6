import JobModel
import Microsoft365

/// One attempt to disconnect one tenant: what it knows so far, and the steps in their order.
///
/// The steps of its own are in the extensions, a file a group; what other jobs do too is in `Tenant/`.
struct TenantDisconnection: TenantChanging {
    /// How many warnings a result may carry.
    static let warningsMax = 100
    /// How many objects of one kind a result names as left.
    static let leftMax = 30

    let job: DisconnectTenant
    let context: ExecutorContext
    let settings: ExecutorSettings
    let tenant: Microsoft365
    let kinds: ExchangeKinds
    /// What is remembered; kept in the message between runs.
    var memo: TenantChangeMemo

    // Read in this attempt.
    var principals: Principals?
    var survey: ExchangeSurvey?
    var objects: [TenantObject] = []
    var plan: ChangePlan?
    /// Why an object could not be taken away, by its kind.
    var refusals: [TenantObjectKind: String] = [:]
    /// Why the tenant is disconnected although mail may still go to the gateway; nil when it does not.
    var forcedBecause: String?
    /// What was read of the grants at the end.
    var grants: [DisconnectRemains] = []
    var warnings: [String] = []

    init(job: DisconnectTenant, context: ExecutorContext, settings: ExecutorSettings) throws {
        self.job = job
        self.context = context
        self.settings = settings
        self.tenant = settings.tenant(of: context)
        self.kinds = ExchangeKinds(
            exchange: self.tenant.exchange,
            wanted: try WantedObjects(gateway: settings.gateway)
        )
        self.memo = TenantChangeMemo.left(in: context)
    }

    var steps: [DisconnectTenantStep] {
        self.job.dryRun ? DisconnectTenantStep.allCases.filter(\.onlyReads) : DisconnectTenantStep.allCases
    }

    mutating func take(_ step: DisconnectTenantStep) async throws {
        // Once Exchange was proved clear the grants go, and with them the way to look again.
        if step.isExchange, self.memo.remains != nil { return }
        switch step {
        case .access: try await self.enter()
        case .mailFlow: try await self.checkMailFlow()
        case .plan: try await self.makePlan()
        case .exchangeAccess: try await self.enterExchangeAgain()
        case .outboundOff: try await self.switchOff()
        case .bypassRule: try await self.remove(self.kinds.rule)
        case .inboundConnector: try await self.remove(self.kinds.inbound)
        case .outboundConnector: try await self.remove(self.kinds.outbound)
        case .proof: try await self.proveClear()
        case .directoryRole: try await self.dropDirectoryRole()
        case .appRole: try await self.dropAppRole()
        case .notify: self.announce()
        }
    }

    /// What the last reads showed.
    var remains: [DisconnectRemains] { (self.memo.remains ?? []) + self.grants }

    /// Whether nothing of ours is left; what the tenant held before does not count.
    var isComplete: Bool { !self.job.dryRun && self.remains.allSatisfy { $0.state != .left } }

    func output() throws -> DisconnectTenantOutput {
        guard let plan = self.plan else { throw Problem(.internalError, "A step ended without its finding.") }
        return DisconnectTenantOutput(
            dryRun: self.job.dryRun,
            isComplete: self.isComplete,
            plan: plan,
            changes: self.memo.changes,
            remains: self.job.dryRun ? [] : self.remains,
            warnings: Array(self.warnings.prefix(Self.warningsMax))
        )
    }

    /// Sends the closing event, once a job.
    private mutating func announce() {
        guard !self.memo.isAnnounced else { return }
        self.context.event(
            .tenantDisconnected,
            TenantDisconnected(
                customer: self.job.customer,
                isComplete: self.isComplete,
                remains: self.remains,
                forcedBecause: self.forcedBecause
            )
        )
        self.context.notify(
            self.job.notify,
            .tenantDisconnected(
                changes: self.memo.changes.count,
                remains: self.remains.filter { $0.state == .left }.map {
                    NotificationRemains(kind: $0.kind, name: $0.name.map { String($0.prefix(100)) }, reason: $0.reason)
                }
            ),
            customer: self.job.customer,
            requestedBy: self.job.requestedBy,
            language: self.job.language
        )
        self.memo.isAnnounced = true
        self.remember()
    }
}
