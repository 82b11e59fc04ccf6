import Foundation
package import Microsoft365
import Synchronization

/// What the executable tells the message jobs: how hard mailboxes may be worked, and how much may be moved.
package struct MailboxSettings: Sendable {
    /// How many mailboxes one pull job may name, unless configured otherwise.
    package static let targetsPerJobDefault = 1_000
    /// How many mailboxes of one tenant pull jobs may touch within an hour, unless configured otherwise.
    package static let targetsPerHourDefault = 100_000

    /// What this process does to mailboxes at the moment, over all its jobs.
    package var traffic: MailTraffic
    /// How patiently single calls are repeated.
    package var patience: MailPatience
    /// How many mailboxes one pull job may name.
    package var targetsPerJob: Int
    /// How many mailboxes of one tenant pull jobs may touch within an hour.
    package var targetsPerHour: Int
    /// Mailboxes that no pull job may touch: addresses, or object ids of users.
    package var protectedMailboxes: [String]
    /// What was touched within the hour.
    package var quota: PullQuota

    /// Collects the parts.
    package init(
        traffic: MailTraffic,
        patience: MailPatience,
        targetsPerJob: Int,
        targetsPerHour: Int,
        protectedMailboxes: [String],
        quota: PullQuota
    ) {
        self.traffic = traffic
        self.patience = patience
        self.targetsPerJob = targetsPerJob
        self.targetsPerHour = targetsPerHour
        self.protectedMailboxes = protectedMailboxes
        self.quota = quota
    }

    /// What holds without a word of configuration; nothing is under way yet.
    package static var standard: Self {
        Self(
            traffic: MailTraffic(),
            patience: .standard,
            targetsPerJob: Self.targetsPerJobDefault,
            targetsPerHour: Self.targetsPerHourDefault,
            protectedMailboxes: [],
            quota: PullQuota()
        )
    }
}

/// How many mailboxes of a tenant were touched by pull jobs within the last hour, as this process knows it.
///
/// A brake, not a seal: every executor process counts for itself and begins at zero, so with N hosts up to N times as many
/// can be touched. Whoever needs an exact bound counts where the jobs are made.
package final class PullQuota: Sendable {
    private struct Charge {
        let job: UUID
        let count: Int
        let at: Date
    }

    private static let hour: TimeInterval = 3_600
    /// Of more jobs of one tenant within an hour the oldest are forgotten.
    private static let chargesMax = 10_000

    private let charges = Mutex<[UUID: [Charge]]>([:])

    /// Nothing was touched yet.
    package init() {}

    /// Counts a job's mailboxes, once a job; otherwise says how many were touched within the hour before.
    func charge(_ count: Int, job: UUID, tenant: UUID, limit: Int, now: Date) -> Int? {
        self.charges.withLock { charges in
            var recent = (charges[tenant] ?? []).filter { now.timeIntervalSince($0.at) < Self.hour }
            defer { charges[tenant] = recent }
            if recent.contains(where: { $0.job == job }) { return nil }
            let touched = recent.reduce(0) { $0 + $1.count }
            guard touched + count <= limit else { return touched }
            if recent.count >= Self.chargesMax { recent.removeFirst() }
            recent.append(Charge(job: job, count: count, at: now))
            return nil
        }
    }
}
