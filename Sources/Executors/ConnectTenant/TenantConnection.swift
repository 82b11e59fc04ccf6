import JobModel
import Microsoft365

/// One attempt to connect one tenant: what it knows so far, and the steps in their order.
///
/// The steps of its own are in the extensions, a file a group; what other jobs do too is in `Tenant/`.
struct TenantConnection: TenantChanging {
    /// How many warnings a result may carry.
    static let warningsMax = 100

    let job: ConnectTenant
    let context: ExecutorContext
    let settings: ExecutorSettings
    let tenant: Microsoft365
    let kinds: ExchangeKinds
    /// What is remembered; kept in the message between runs.
    var memo: TenantChangeMemo

    // Read in this attempt.
    var entraDomains: [Domain] = []
    var principals: Principals?
    var survey: ExchangeSurvey?
    var plan: ChangePlan?
    var imported: DomainImport?
    var objects: [TenantObject] = []
    var baseline: [AppliedBaseline] = []
    var directory: DirectoryAccess?
    var warnings: [String] = []

    init(job: ConnectTenant, context: ExecutorContext, settings: ExecutorSettings) throws {
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

    var steps: [ConnectTenantStep] { ConnectTenantStep.steps(dryRun: self.job.dryRun) }

    mutating func take(_ step: ConnectTenantStep) async throws {
        switch step {
        case .proveTenant: try await self.proveTenant()
        case .servicePrincipal: try await self.findPrincipals()
        case .plan: try await self.makePlan()
        case .appRole: try await self.grantAppRole()
        case .directoryRole: try await self.grantDirectoryRole()
        case .exchangeAccess: try await self.enterExchange()
        case .domains: try await self.importDomains()
        case .organizationCustomization: try await self.openForCustomization()
        case .inboundConnector: try await self.apply(self.kinds.inbound)
        case .outboundConnector: try await self.apply(self.kinds.outbound)
        case .bypassRule: try await self.apply(self.kinds.rule)
        case .directory: try await self.probeDirectory()
        case .notify: self.announce()
        }
    }

    /// What the tenant held before Sluice came, as far as the evidence goes that the job had when it made its plan.
    var before: BeforeState {
        guard let plan = self.memo.plan else { return .unknown }
        var before = self.memo.before ?? .unknown
        before.organizationCustomization =
            !plan.makes(.organizationCustomization) && !self.memo.isCustomizationRequested
        return before
    }

    private mutating func apply<Kind: ExchangeKind>(_ kind: Kind) async throws {
        let object = try await self.converge(kind)
        if let applied = kind.baseline(of: object) { self.baseline.append(applied) }
    }

    func output() throws -> ConnectTenantOutput {
        guard let plan = self.plan, let imported = self.imported else {
            throw Problem(.internalError, "A step ended without its finding.")
        }
        let warnings = (self.survey?.warnings ?? []) + imported.warnings + self.warnings
        return ConnectTenantOutput(
            dryRun: self.job.dryRun,
            plan: plan,
            changes: self.memo.changes,
            domains: imported.domains,
            objects: self.objects,
            directory: self.directory,
            baseline: self.job.dryRun ? nil : self.baseline,
            warnings: Array(warnings.prefix(Self.warningsMax))
        )
    }
}
