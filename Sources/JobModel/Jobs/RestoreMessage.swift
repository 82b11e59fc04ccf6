/// The `data` of `jobs.restore-message.v1`: what was pulled goes back where it was.
///
/// Exactly one of `pullJob`, `campaign` and `internetMessageId` says what. It is found in the mailboxes themselves, by what the
/// pull left on each copy; so the mailboxes to look in must be named: those of the pull's result, or of its target list.
package struct RestoreMessage: MessageJob, Codable, Equatable {
    /// What was pulled.
    package enum Selector: Sendable, Equatable {
        /// Everything that this pull job moved.
        case pullJob(JobID)
        /// Everything that any pull job of this campaign moved.
        case campaign(String)
        /// Every copy of this message, whoever pulled it.
        case internetMessageID(String)
    }

    /// The pull job to undo.
    package let pullJob: String?
    /// The campaign to undo.
    package let campaign: String?
    /// The message to put back.
    package let internetMessageID: String?
    /// The mailboxes to look in, each once: object ids of users or addresses, 1 to ``PullMessage/targetsMax``.
    package let mailboxes: [String]
    /// Why, for the record: a line of 1 to ``PullMessage/reasonMax`` characters.
    package let reason: String
    /// Who asked: an e-mail address.
    package let requestedBy: String
    /// Who is told once the job has succeeded; none by default.
    package let notify: [String]
    /// The customer's name in the console, for the people who are told: a line of 1 to 100 characters; nil for none.
    package let customer: String?
    /// In which language they are told; the notifier's own by default.
    package let language: String?
    /// Whether only the copies are to be found; false by default.
    package let dryRun: Bool

    private enum CodingKeys: String, CodingKey {
        case internetMessageID = "internetMessageId"
        case pullJob, campaign, mailboxes, reason, requestedBy, notify, customer, language, dryRun
    }

    /// Reads the schema's shape, defaults included.
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        func text(_ key: CodingKeys) throws -> String? {
            values.contains(key) ? try values.decode(String.self, forKey: key) : nil
        }
        self.pullJob = try text(.pullJob)
        self.campaign = try text(.campaign)
        self.internetMessageID = try text(.internetMessageID)
        self.mailboxes = try values.decode([String].self, forKey: .mailboxes)
        self.reason = try values.decode(String.self, forKey: .reason)
        self.requestedBy = try values.decode(String.self, forKey: .requestedBy)
        self.notify = values.contains(.notify) ? try values.decode([String].self, forKey: .notify) : []
        self.customer = try text(.customer)
        self.language = values.contains(.language) ? try values.decode(String.self, forKey: .language) : nil
        self.dryRun = values.contains(.dryRun) ? try values.decode(Bool.self, forKey: .dryRun) : false
    }

    /// What to put back; nil for a payload that breaks its schema.
    package var selector: Selector? {
        guard [self.pullJob, self.campaign, self.internetMessageID].compactMap({ $0 }).count == 1 else { return nil }
        return self.pullJob.flatMap { JobID($0) }.map { .pullJob($0) } ?? self.campaign.map { .campaign($0) }
            ?? self.internetMessageID.map { .internetMessageID($0) }
    }

    /// The first rule of the schema that is broken.
    package func violation() -> String? {
        let given = [self.pullJob, self.campaign, self.internetMessageID].compactMap { $0 }.count
        if given != 1 {
            return """
                `data.pullJob`, `data.campaign` and `data.internetMessageId` are \(given) together; exactly one says what \
                to restore.
                """
        }
        if let pullJob, JobID(pullJob) == nil { return "`data.pullJob` is not a UUID." }
        if let campaign, !MessageRule.isCampaign(campaign) { return MessageRule.campaignViolation }
        if let internetMessageID, let violation = MessageRule.violation(ofMessageID: internetMessageID) {
            return violation
        }
        if let violation = MessageRule.violation(ofMailboxes: self.mailboxes, field: "mailboxes") { return violation }
        return MessageRule.violation(of: self)
    }
}
