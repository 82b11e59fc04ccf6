import Foundation
import JobModel
import Logging
import Microsoft365

/// One attempt to connect one tenant: what it knows so far, and the walk through the steps.
///
/// The steps are in the extensions, a file a group. They throw `Microsoft365Error` when the service refuses, `Waiting` when
/// something takes its time and `Problem` when a person has to act; `outcome(of:)` turns each into the job's outcome.
struct TenantConnection {
    /// How many warnings a result may carry.
    static let warningsMax = 100

    let job: ConnectTenant
    let context: ExecutorContext
    let settings: ExecutorSettings
    let tenant: Microsoft365
    let kinds: ExchangeKinds
    /// What is remembered; kept in the message between runs.
    var memo: ConnectTenantMemo

    // Read in this attempt.
    var entraDomains: [Domain] = []
    var principals: Principals?
    var survey: ExchangeSurvey?
    var plan: ChangePlan?
    var imported: DomainImport?
    var objects: [TenantObject] = []
    var directory: DirectoryAccess?
    var warnings: [String] = []

    init(job: ConnectTenant, context: ExecutorContext, settings: ExecutorSettings) throws {
        self.job = job
        self.context = context
        self.settings = settings
        self.tenant = Microsoft365(
            tenant: context.tenant.uuid,
            application: settings.application,
            endpoints: settings.endpoints,
            limits: settings.limits,
            transport: settings.transport,
            logger: context.logger
        )
        self.kinds = ExchangeKinds(
            exchange: self.tenant.exchange,
            wanted: try WantedObjects(gateway: settings.gateway)
        )
        let memo = context.steps.flatMap(ConnectTenantMemo.init(text:))
        if memo == nil, context.steps != nil { context.logger.warning("A memo cannot be read and is passed over") }
        self.memo = memo ?? ConnectTenantMemo()
    }

    /// Takes every step.
    mutating func run() async -> Outcome {
        do {
            let steps = ConnectTenantStep.steps(dryRun: self.job.dryRun)
            for (index, step) in steps.enumerated() {
                try Task.checkCancellation()
                if index >= self.memo.stepsDone {
                    self.memo.stepsDone = index
                    self.context.progress(done: index, total: steps.count, step: step.rawValue)
                }
                try await self.take(step)
            }
            return .succeeded(output: try CanonicalJSON.bytes(try self.output()))
        } catch {
            return self.outcome(of: error)
        }
    }

    private mutating func take(_ step: ConnectTenantStep) async throws {
        switch step {
        case .proveTenant: try await self.proveTenant()
        case .servicePrincipal: try await self.findPrincipals()
        case .plan: try await self.makePlan()
        case .appRole: try await self.grantAppRole()
        case .directoryRole: try await self.grantDirectoryRole()
        case .exchangeAccess: try await self.enterExchange()
        case .domains: try await self.importDomains()
        case .organizationCustomization: try await self.openForCustomization()
        case .inboundConnector: try await self.converge(self.kinds.inbound)
        case .outboundConnector: try await self.converge(self.kinds.outbound)
        case .bypassRule: try await self.converge(self.kinds.rule)
        case .directory: try await self.probeDirectory()
        case .notify: self.announce()
        }
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
            warnings: Array(warnings.prefix(Self.warningsMax))
        )
    }
}

// MARK: - What is remembered

extension TenantConnection {
    /// Hands the memo to the worker.
    func remember() {
        do {
            self.context.remember(try self.memo.text())
        } catch {
            self.context.logger.error("A memo could not be encoded")  // the next run converges from the tenant
        }
    }

    /// Notes what is about to be changed, so that a later run knows whose change it was.
    mutating func intend(_ change: PlannedChange) {
        self.memo.intent = change
        self.remember()
    }

    /// Notes and reports the intended change of a kind, once it has been read back.
    ///
    /// Does nothing when this job intended none: then someone else made the object as it is. The event goes first: killed
    /// between the two frames, the job tells the change twice rather than never.
    mutating func settle(_ kind: TenantObjectKind) {
        guard let change = self.memo.intent, change.kind == kind else { return }
        self.memo.changes.append(change)
        self.memo.intent = nil
        self.context.event(.tenantChanged, TenantChanged(change: change))
        self.remember()
    }
}

// MARK: - How an attempt ends early

extension TenantConnection {
    private mutating func outcome(of error: any Error) -> Outcome {
        switch error {
        case let problem as Problem: .failed(problem, retryAfter: nil)
        case let waiting as Waiting: self.outcome(of: waiting)
        case let error as Microsoft365Error: self.outcome(of: error)
        case is CancellationError: .interrupted
        default: .failed(Problem(.internalError, "A value could not be encoded."), retryAfter: nil)
        }
    }

    private mutating func outcome(of error: Microsoft365Error) -> Outcome {
        if Task.isCancelled { return .interrupted }
        switch error.reaction {
        case .fail(let code): return .failed(Problem(code, error.description), retryAfter: error.retryAfter)
        case .wait(let wait, let code):
            return self.outcome(of: Waiting(for: wait, Problem(code, error.description), pause: error.retryAfter))
        case .interrupt: return .interrupted
        }
    }

    private mutating func outcome(of waiting: Waiting) -> Outcome {
        let now = self.settings.now()
        let waitStart = self.memo.waits[waiting.wait.rawValue] ?? now
        self.memo.waits[waiting.wait.rawValue] = waitStart
        self.remember()
        let policy = WaitingPolicy(
            firstPause: self.settings.propagationDelay,
            pauseMax: ExecutorSettings.propagationDelayMax
        )
        return policy.outcome(of: waiting, jobStart: self.context.since, waitStart: waitStart, now: now)
    }
}
