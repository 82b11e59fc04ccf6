import JobModel
import Microsoft365

/// One attempt to disable the outbound connector.
struct OutboundDisabling: OutboundSwitching {
    /// The steps under the names that people see, in their order.
    enum Step: String, CaseIterable {
        /// Our connector among those of the tenant.
        case connector = "outbound-connector"
        /// What would be changed, and whether that was agreed to.
        case plan
        /// The change, read back.
        case disable
        /// The closing events.
        case notify
    }

    let job: DisableOutboundConnector
    let context: ExecutorContext
    let settings: ExecutorSettings
    let tenant: Microsoft365
    let kinds: ExchangeKinds
    let outbound: OutboundSwitch
    var memo: TenantChangeMemo

    var principals: Principals?
    var survey: ExchangeSurvey?
    var objects: [TenantObject] = []
    var connector: OutboundConnector?
    var plan: ChangePlan?

    init(job: DisableOutboundConnector, context: ExecutorContext, settings: ExecutorSettings) throws {
        self.job = job
        self.context = context
        self.settings = settings
        self.tenant = settings.tenant(of: context)
        self.kinds = ExchangeKinds(
            exchange: self.tenant.exchange,
            wanted: try WantedObjects(gateway: settings.gateway)
        )
        self.outbound = OutboundSwitch(self.kinds.outbound, isOn: false)
        self.memo = TenantChangeMemo.left(in: context)
    }

    var agreedHash: String? { self.job.planHash }
    var isDryRun: Bool { self.job.dryRun }
    var steps: [Step] { self.job.dryRun ? [.connector, .plan] : Step.allCases }

    mutating func take(_ step: Step) async throws {
        switch step {
        case .connector: _ = try await self.findConnector()
        case .plan: try await self.makePlan()
        case .disable: try await self.turn()
        case .notify: try self.announce()
        }
    }

    private mutating func announce() throws {
        guard !self.memo.isAnnounced else { return }
        self.context.event(
            .outboundConnectorDisabled,
            OutboundConnectorDisabled(
                connector: try self.tenantObject(),
                reason: self.job.reason,
                requestedBy: self.job.requestedBy
            )
        )
        self.context.notify(
            self.job.notify,
            .outboundConnectorDisabled(reason: self.job.reason ?? ""),
            customer: self.job.customer,
            requestedBy: self.job.requestedBy,
            language: self.job.language
        )
        self.memo.isAnnounced = true
        self.remember()
    }

    func output() throws -> DisableOutboundConnectorOutput {
        guard let plan = self.plan else { throw Problem(.internalError, "A step ended without its finding.") }
        return DisableOutboundConnectorOutput(
            dryRun: self.job.dryRun,
            plan: plan,
            changes: self.memo.changes,
            connector: try self.tenantObject(),
            warnings: []
        )
    }
}
