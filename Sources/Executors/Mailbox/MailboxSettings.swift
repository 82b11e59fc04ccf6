package import Microsoft365

/// What the executable tells the message jobs: how hard mailboxes may be worked, and how much may be moved.
package struct MailboxSettings: Sendable {
    /// How many mailboxes one pull job may name, unless configured otherwise.
    package static let targetsPerJobDefault = 1_000

    /// What this process does to mailboxes at the moment, over all its jobs.
    package var traffic: MailTraffic
    /// What this process remembers of mailboxes, over all its jobs.
    package var memory = FolderMemory()
    /// What this process has seen moves do to copies, over all its jobs.
    package var manners = MoveManners()
    /// How patiently single calls are repeated.
    package var patience: MailPatience
    /// How often at least people hear how far a job is.
    package var progressInterval: Duration = .seconds(5)
    /// How many mailboxes one pull job may name.
    package var targetsPerJob: Int
    /// Mailboxes that no pull job may touch: addresses, or object ids of users.
    package var protectedMailboxes: [String]

    /// Collects the parts.
    package init(
        traffic: MailTraffic,
        patience: MailPatience,
        targetsPerJob: Int,
        protectedMailboxes: [String]
    ) {
        self.traffic = traffic
        self.patience = patience
        self.targetsPerJob = targetsPerJob
        self.protectedMailboxes = protectedMailboxes
    }

    /// What holds without a word of configuration; nothing is under way yet.
    package static var standard: Self {
        Self(
            traffic: MailTraffic(),
            patience: .standard,
            targetsPerJob: Self.targetsPerJobDefault,
            protectedMailboxes: []
        )
    }
}
