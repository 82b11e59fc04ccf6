import JobModel
import Microsoft365

/// An attempt of a job that changes a tenant's configuration: grants, connectors, the bypass rule.
///
/// The extensions, a file a group, hold what such jobs share: reading, writing, reading back, and telling whose change it was.
protocol TenantChanging: TenantAttempt where Memo == TenantChangeMemo {
    /// What the gateway needs in Exchange.
    var kinds: ExchangeKinds { get }

    // Read in this attempt.
    var principals: Principals? { get set }
    var survey: ExchangeSurvey? { get set }
    /// Objects of ours, as they were read back.
    var objects: [TenantObject] { get set }
    /// What the tenant held before Sluice came, as far as this job saw it.
    var before: BeforeState { get }
}

/// The two ends of our grants.
struct Principals {
    /// The object id of our own service principal.
    let own: String
    /// The object id of Exchange Online's.
    let exchange: String
}

extension TenantChanging {
    var before: BeforeState { .unknown }

    /// What this job writes into the comments of what it applies; what an earlier job recorded wins.
    func stamp() -> AppliedStamp {
        let marks = [
            self.survey?.inbound.flatMap(self.kinds.inbound.mark),
            self.survey?.outbound.flatMap(self.kinds.outbound.mark),
            self.survey?.rule.flatMap(self.kinds.rule.mark),
        ]
        let recorded = marks.compactMap { $0?.before }.reduce(BeforeState.unknown) { $0.filled(from: $1) }
        return AppliedStamp(
            job: self.context.job,
            time: self.settings.now(),
            before: recorded.filled(from: self.before)
        )
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

    /// Takes a plan for the job's, unless another was agreed to; once accepted, a resumed job keeps it.
    ///
    /// A job with a hash that was cut off half done and lost its memo is refused: nobody can tell its changes from others' any
    /// more, and a new dry run shows what is left to do.
    mutating func accept(_ plan: ChangePlan, agreed: String?, dryRun: Bool) throws(Problem) {
        if let agreed, agreed != plan.hash {
            throw Problem(.planChanged, "Agreed was plan \(agreed); the tenant now leads to plan \(plan.hash).")
        }
        guard !dryRun else { return }
        self.memo.plan = plan
        self.remember()
    }
}
