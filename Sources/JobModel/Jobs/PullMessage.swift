package import Foundation

/// What the jobs on a message say alike: who asked and why, and who is told.
package protocol MessageJob: JobPayload {
    /// Why.
    var reason: String { get }
    /// Who asked, by e-mail address.
    var requestedBy: String { get }
    /// Who is told once the job has succeeded.
    var notify: [String] { get }
    /// The customer's name, for the people who are told.
    var customer: String? { get }
    /// In which language they are told.
    var language: String? { get }
    /// Whether only the copies are to be found.
    var dryRun: Bool { get }
}

/// The `data` of `jobs.pull-message.v1`: every copy of one message, out of up to a thousand mailboxes.
package struct PullMessage: MessageJob, Codable, Equatable {
    /// How many mailboxes a job may name.
    ///
    /// With the longest addresses the job then has half of a message's mebibyte, and what is settled has the other half.
    package static let targetsMax = 1_000
    /// How long the internet message id may be: a line of RFC 5322 §2.1.1.
    package static let internetMessageIDMax = 998
    /// How long the reason may be.
    package static let reasonMax = 200

    /// One mailbox, and when the message is to have arrived there.
    package struct Target: Codable, Sendable, Equatable {
        /// The mailbox: the object id of its user, or any of its addresses.
        package let mailbox: String
        /// The earliest time of receipt that counts; any by default.
        package let receivedAfter: Date?
        /// The latest time of receipt that counts; any by default.
        package let receivedBefore: Date?

        private enum CodingKeys: String, CodingKey {
            case mailbox, receivedAfter, receivedBefore
        }

        /// Names a mailbox without a window.
        package init(mailbox: String) {
            self.mailbox = mailbox
            self.receivedAfter = nil
            self.receivedBefore = nil
        }

        /// Reads the schema's shape; a time that is none of RFC 3339 is out of bounds.
        package init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            self.mailbox = try values.decode(String.self, forKey: .mailbox)
            self.receivedAfter = try Self.time(.receivedAfter, in: values)
            self.receivedBefore = try Self.time(.receivedBefore, in: values)
        }

        /// Writes the schema's shape.
        package func encode(to encoder: any Encoder) throws {
            var values = encoder.container(keyedBy: CodingKeys.self)
            try values.encode(self.mailbox, forKey: .mailbox)
            try values.encodeIfPresent(self.receivedAfter.map(Timestamp.text), forKey: .receivedAfter)
            try values.encodeIfPresent(self.receivedBefore.map(Timestamp.text), forKey: .receivedBefore)
        }

        private static func time(_ key: CodingKeys, in values: KeyedDecodingContainer<CodingKeys>) throws -> Date? {
            guard values.contains(key) else { return nil }
            guard let time = Timestamp.date(try values.decode(String.self, forKey: key)) else {
                throw DecodingError.dataCorruptedError(forKey: key, in: values, debugDescription: "no RFC 3339 time")
            }
            return time
        }
    }

    /// The message's `Message-ID` as it stands in its head, angle brackets included.
    ///
    /// The sender chose it, so that it alone proves nothing; `from` and the windows narrow it down.
    package let internetMessageID: String
    /// The mailboxes, each once: 1 to ``targetsMax``.
    package let targets: [Target]
    /// The sender that a copy must have; nil when any will do.
    package let from: String?
    /// Why, for the record: a line of 1 to ``reasonMax`` characters.
    package let reason: String
    /// Who asked: an e-mail address.
    package let requestedBy: String
    /// What the job is part of, so that all of it can be put back at once.
    package let campaign: String?
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
        case targets, from, reason, requestedBy, campaign, notify, customer, language, dryRun
    }

    /// Reads the schema's shape, defaults included.
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.internetMessageID = try values.decode(String.self, forKey: .internetMessageID)
        self.targets = try values.decode([Target].self, forKey: .targets)
        self.from = values.contains(.from) ? try values.decode(String.self, forKey: .from) : nil
        self.reason = try values.decode(String.self, forKey: .reason)
        self.requestedBy = try values.decode(String.self, forKey: .requestedBy)
        self.campaign = values.contains(.campaign) ? try values.decode(String.self, forKey: .campaign) : nil
        self.notify = values.contains(.notify) ? try values.decode([String].self, forKey: .notify) : []
        self.customer = values.contains(.customer) ? try values.decode(String.self, forKey: .customer) : nil
        self.language = values.contains(.language) ? try values.decode(String.self, forKey: .language) : nil
        self.dryRun = values.contains(.dryRun) ? try values.decode(Bool.self, forKey: .dryRun) : false
    }

    /// The first rule of the schema that is broken.
    package func violation() -> String? {
        if let violation = MessageRule.violation(ofMessageID: self.internetMessageID) { return violation }
        if let violation = self.targetViolation() { return violation }
        if let from, !PayloadRule.isEmailAddress(from) { return "`data.from` is not an e-mail address." }
        if let campaign, !MessageRule.isCampaign(campaign) { return MessageRule.campaignViolation }
        return MessageRule.violation(of: self)
    }

    private func targetViolation() -> String? {
        if let violation = MessageRule.violation(ofMailboxes: self.targets.map(\.mailbox), field: "targets") {
            return violation
        }
        for (index, target) in self.targets.enumerated() {
            if let after = target.receivedAfter, let before = target.receivedBefore, after >= before {
                return "`data.targets[\(index)].receivedBefore` is not later than its `receivedAfter`."
            }
        }
        return nil
    }
}

/// What the two message jobs demand alike.
package enum MessageRule {
    static let campaignViolation =
        "`data.campaign` is not 1 to 100 letters, digits, dots, underscores, colons and hyphens, the first a letter or digit."

    /// Whether the text names a mailbox: the object id of a user, or an e-mail address.
    package static func isMailbox(_ text: String) -> Bool {
        JobID(text) != nil || PayloadRule.isEmailAddress(text)
    }

    /// Whether the text names a campaign: 1 to 100 letters, digits and `._:-`, the first a letter or a digit.
    package static func isCampaign(_ text: String) -> Bool {
        func isWord(_ byte: UInt8) -> Bool {
            (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
        }
        guard let first = text.utf8.first, isWord(first), text.utf8.count <= 100 else { return false }
        return text.utf8.allSatisfy { isWord($0) || "._:-".utf8.contains($0) }
    }

    /// Why the text is no internet message id; nil when it is one.
    static func violation(ofMessageID text: String) -> String? {
        if text.isEmpty { return "`data.internetMessageId` is empty." }
        guard text.hasPrefix("<"), text.hasSuffix(">") else {
            return "`data.internetMessageId` lacks its angle brackets: `<` at its start and `>` at its end."
        }
        guard text.unicodeScalars.count >= 3, PayloadRule.isLine(text, maximum: PullMessage.internetMessageIDMax) else {
            return """
                `data.internetMessageId` is not a line of 3 to \(PullMessage.internetMessageIDMax) characters in angle \
                brackets.
                """
        }
        return nil
    }

    /// Why the mailboxes are no list of 1 to ``PullMessage/targetsMax`` mailboxes, each once; nil when they are.
    static func violation(ofMailboxes mailboxes: [String], field: String) -> String? {
        guard (1...PullMessage.targetsMax).contains(mailboxes.count) else {
            return "`data.\(field)` has \(mailboxes.count) entries; 1 to \(PullMessage.targetsMax) are allowed."
        }
        if let index = mailboxes.firstIndex(where: { !self.isMailbox($0) }) {
            return "`data.\(field)[\(index)]` is neither the object id of a user nor an e-mail address."
        }
        var seen: [String: Int] = [:]
        for (index, mailbox) in mailboxes.enumerated() {
            if let first = seen.updateValue(index, forKey: mailbox.lowercased()) {
                return "`data.\(field)[\(index)]` names the same mailbox as `data.\(field)[\(first)]`."
            }
        }
        return nil
    }

    /// The rule that a job's record of who asked, why, and who is told breaks; nil when it keeps them all.
    static func violation(of job: some MessageJob) -> String? {
        if let customer = job.customer, let violation = PayloadRule.customerViolation(customer) { return violation }
        if !PayloadRule.isLine(job.reason, maximum: PullMessage.reasonMax) {
            return "`data.reason` is not a line of 1 to \(PullMessage.reasonMax) characters."
        }
        return PayloadRule.requesterViolation(job.requestedBy)
            ?? PayloadRule.recipientsViolation(job.notify, maximum: ConnectTenant.notifyMax)
            ?? PayloadRule.languageViolation(job.language)
    }
}
