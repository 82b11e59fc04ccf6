import Foundation
import JobModel

/// What a job that changes a tenant's configuration leaves behind for its next run.
struct TenantChangeMemo: TenantMemo, Equatable {
    /// The plan that was accepted before the first write; nil while nothing has been written.
    ///
    /// A resumed job must not hold its own changes against the hash it was given.
    var plan: ChangePlan?
    /// What this job has changed and read back, in order.
    var changes: [PlannedChange] = []
    /// The change that was about to be made; if the tenant shows it next time, it was made.
    var intent: PlannedChange?
    /// The GUIDs of objects this job made, by kind.
    var guids: [String: String] = [:]
    /// Whether the tenant was asked to be opened for customisation.
    var isCustomizationRequested = false
    /// When each wait was first met, by its name.
    var waits: [String: Date] = [:]
    /// How many steps were done when the job got furthest; people are not told of them again.
    var stepsDone = 0
    /// Whether the closing events have been sent.
    var isAnnounced = false

    /// What the tenant held before Sluice came, as read before it was taken away.
    var before: BeforeState?
    /// The grants that were made and that lists did not show yet.
    var granted: [TenantObjectKind]?
    /// An object of another gateway, seen before it was too late to look; nil when there is none.
    var neighbour: String?
    /// What was found before anything was repaired.
    var findings: [DriftFinding]?
    /// What Exchange showed after the removal; nil while it has not been read.
    var remains: [DisconnectRemains]?
    /// Whether the tenant seemed not to know us the last time, which may be a replica's ignorance.
    var isLossSuspected: Bool?
    /// Whether people have been asked to be told.
    var isNotified: Bool?

    /// It holds no number and no date but those of every memo.
    var isWithinBounds: Bool { true }

    /// An empty memo.
    init() {}
}
