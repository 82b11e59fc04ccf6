import JobModel
import Microsoft365

/// One attempt to verify one tenant: what it has read so far, and the steps in their order.
///
/// The steps of its own are in the extensions, a file a group; what other jobs do too is in `Tenant/`.
struct TenantVerification: TenantChanging {
    /// How many findings and warnings a result may carry.
    static let findingsMax = 1_000
    static let warningsMax = 100

    let job: VerifyTenant
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
    /// Why the tenant does not let us in; nil while it does.
    var loss: Problem?
    /// Whether we hold both grants.
    var holdsGrants = false
    /// What stands in Exchange; nil when it could not be read.
    var scan: ExchangeScan?
    var permissions: [PermissionStanding] = []
    var domains: [TenantDomain] = []
    /// As found; taken from the memo once a repair has been accepted.
    var findings: [DriftFinding] = []
    var pending: [DriftFinding] = []
    var warnings: [String] = []
    var repair: RepairPlan?

    init(job: VerifyTenant, context: ExecutorContext, settings: ExecutorSettings) throws {
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

    /// Whether anything is to be changed.
    var isRepairing: Bool { self.job.repair != .none && !self.job.dryRun }

    var steps: [VerifyTenantStep] {
        VerifyTenantStep.allCases.filter { self.isRepairing || !$0.isRepair }
    }

    mutating func take(_ step: VerifyTenantStep) async throws {
        // A tenant that shuts us out shows nothing more; what follows is only telling.
        guard self.loss == nil || step == .plan || step == .report || step == .notify else { return }
        switch step {
        case .access: try await self.enter()
        case .grants: try await self.readGrants()
        case .exchange: try await self.readExchange()
        case .domains: try await self.readDomains()
        case .plan: try self.makePlan()
        case .report: self.report()
        case .repairGrants: try await self.repairGrants()
        case .repairObjects: try await self.repairObjects()
        case .notify: self.notify()
        }
    }

    /// Decides what to repair, and holds it against the agreed hash; once accepted, a resumed job keeps it.
    private mutating func makePlan() throws {
        self.findings = Array(self.findings.sorted { $0.id < $1.id }.prefix(Self.findingsMax))
        if let found = self.memo.findings { self.findings = found }
        let repair = try RepairPlan(
            self.job.repair,
            of: self.findings,
            for: self.context.tenant,
            kinds: self.kinds
        )
        self.repair = repair
        guard self.isRepairing, self.memo.plan == nil else { return }
        self.memo.findings = self.findings
        try self.accept(repair.plan, agreed: self.job.planHash, dryRun: false)
    }

    func output() throws -> VerifyTenantOutput {
        guard let repair = self.repair else { throw Problem(.internalError, "A step ended without its finding.") }
        let last = self.objects.reduce(into: [TenantObjectKind: TenantObject]()) { $0[$1.kind] = $1 }
        return VerifyTenantOutput(
            dryRun: self.job.dryRun,
            connection: self.loss == nil ? .intact : .lost,
            findings: self.findings,
            pending: self.pending,
            plan: self.memo.plan ?? repair.plan,
            changes: self.memo.changes,
            repaired: self.isRepairing ? repair.chosen.map(\.id) : [],
            baseline: self.scan?.baseline ?? [],
            permissions: self.permissions,
            domains: self.domains,
            objects: TenantObjectKind.allCases.compactMap { last[$0] },
            warnings: Array(((self.scan?.warnings ?? []) + self.warnings).prefix(Self.warningsMax))
        )
    }
}
