import JobModel
import Microsoft365

/// What a pull job may not do, however it is asked.
struct PullCaps {
    let settings: MailboxSettings

    init(_ settings: MailboxSettings) { self.settings = settings }

    /// Refuses what the job's data alone show; nothing has been asked of anybody.
    func check(_ job: PullMessage) throws(Problem) {
        guard job.targets.count <= self.settings.targetsPerJob else {
            throw Problem(
                .capExceeded,
                "The job names \(job.targets.count) mailboxes; \(self.settings.targetsPerJob) are allowed (pull.targets-per-job)."
            )
        }
        let protected = Set(self.settings.protectedMailboxes.map { $0.lowercased() })
        try Self.refuse(
            job.targets.indices.filter { protected.contains(job.targets[$0].mailbox.lowercased()) },
            of: job
        )
    }

    /// Refuses targets that are protected mailboxes under another name.
    func check(_ job: PullMessage, _ targets: [MailboxTarget], protected: Set<String>) throws(Problem) {
        try Self.refuse(targets.filter { $0.userID.map { protected.contains($0) } ?? false }.map(\.index), of: job)
    }

    private static func refuse(_ places: [Int], of job: PullMessage) throws(Problem) {
        guard let first = places.first else { return }
        throw Problem(
            .mailboxProtected,
            "\(places.count) of \(job.targets.count) mailboxes are protected, the first at `data.targets[\(first)]`."
        )
    }
}
