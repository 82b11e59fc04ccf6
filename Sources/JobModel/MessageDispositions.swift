package import Foundation

/// What became of one copy, or of a mailbox without one, in a pull: the closed list.
package enum PullDisposition: String, Codable, Sendable, Hashable, CaseIterable {
    /// This job moved the copy to quarantine, and it was read there.
    case pulled
    /// The copy was in quarantine before, through another job.
    case alreadyPulled = "already-pulled"
    /// The mailbox holds no copy.
    case notFound = "not-found"
    /// A copy is there, but its sender or time of receipt is not what the job names; it stays.
    case recipientMismatch = "recipient-mismatch"
    /// The copy was found, and was moved on or deleted by someone else before it could be pulled.
    case movedByUser = "moved-by-user"
    /// The mailbox could not be reached: none of this tenant, without Exchange Online, or out of order to the end.
    case mailboxUnavailable = "mailbox-unavailable"
    /// The tenant does not let the application into the mailbox.
    case accessDenied = "access-denied"
    /// A bound of the job's forbade it; nothing was moved.
    case refusedByCap = "refused-by-cap"
    /// A move was sent, and no reading within bounds could tell what became of it.
    case undetermined
    /// A dry run found the copy; a pull would move it.
    case found
}

/// What became of one copy, or of a mailbox without one, in a restore: the closed list.
package enum RestoreDisposition: String, Codable, Sendable, Hashable, CaseIterable {
    /// The copy is back in the folder it was pulled from, and was read there.
    case restored
    /// That folder is gone and could not be made again: the copy is in the nearest folder above it.
    case restoredElsewhere = "restored-elsewhere"
    /// The copy was back in its place before; nothing was changed.
    case alreadyRestored = "already-restored"
    /// The mailbox holds no copy that was pulled so.
    case notFound = "not-found"
    /// Someone took the copy out of quarantine and put it elsewhere, and it stays there.
    case movedByUser = "moved-by-user"
    /// The mailbox could not be reached: none of this tenant, without Exchange Online, or out of order to the end.
    case mailboxUnavailable = "mailbox-unavailable"
    /// The tenant does not let the application into the mailbox.
    case accessDenied = "access-denied"
    /// A bound of the job's forbade it; nothing was moved.
    case refusedByCap = "refused-by-cap"
    /// A move was sent, and no reading within bounds could tell what became of it.
    case undetermined
    /// A dry run found the copy; a restore would move it.
    case found
}

/// Why a disposition is what it is, where its name does not say.
package enum DispositionNote: String, Codable, Sendable, Hashable, CaseIterable {
    /// The directory of this tenant knows no such user or address.
    case notInTenant = "not-in-tenant"
    /// The user has no mailbox in Exchange Online: on premises, inactive, soft-deleted or unlicensed.
    case noMailbox = "no-mailbox"
    /// The mailbox or its service was out of order until patience ended.
    case outOfOrder = "out-of-order"
    /// An access policy of the tenant keeps the application out of this mailbox.
    case blockedByPolicy = "blocked-by-policy"
    /// The copy has another sender.
    case senderDiffers = "sender-differs"
    /// The copy was received outside the window.
    case outsideWindow = "outside-window"
    /// The mailbox holds more copies than a job handles.
    case tooManyCopies = "too-many-copies"
    /// The copy differs from the others in sender or subject, and came to light when they had been moved.
    case differsFromOthers = "differs-from-others"
    /// The copy is no longer in the mailbox.
    case deletedMeanwhile = "deleted-meanwhile"
    /// The service left a second item behind when it moved the copy; that item is gone too.
    case twinRemoved = "twin-removed"
    /// The item is damaged; the service cannot move it.
    case damagedItem = "damaged-item"
    /// The mailbox is full.
    case mailboxFull = "mailbox-full"
    /// The folder was gone and was made again under its path.
    case folderRemade = "folder-remade"
    /// The folder that the copy was pulled from is in Deleted Items now, where its owner put it.
    case folderDiscarded = "folder-discarded"
}

/// One look at a copy, or for one: the service's own ids, so that its logs can be asked.
package struct MailboxRead: Codable, Sendable, Equatable {
    /// When it was answered, RFC 3339.
    package var at: String
    /// The service's id of the request; nil when it gave none.
    package var requestID: String?
    /// The folder that the copy was seen in; nil when none was seen.
    package var folderID: String?

    private enum CodingKeys: String, CodingKey {
        case requestID = "requestId"
        case folderID = "folderId"
        case at
    }

    /// Collects the parts.
    package init(at: Date, requestID: String?, folderID: String?) {
        self.at = Timestamp.text(at)
        self.requestID = requestID
        self.folderID = folderID
    }
}

/// What one row of a result says about one copy, or about a mailbox without one.
package struct CopyDisposition<Disposition: Codable & Sendable & Equatable>: Codable, Sendable, Equatable {
    /// The mailbox's place in the job's list, from 0.
    package var target: Int
    /// The mailbox as the job names it.
    package var mailbox: String
    /// The object id of its user; nil when it could not be found.
    package var mailboxID: String?
    /// The copy's immutable id; nil for a mailbox without one.
    package var copyID: String?
    /// What became of it.
    package var disposition: Disposition
    /// For how many copies of the mailbox the row stands, 2 or more; nil for one.
    package var copies: Int?
    /// Why, where the disposition does not say.
    package var note: DispositionNote?
    /// Where it went, as a path of folder names, when that is not the folder it was pulled from; restores alone.
    package var folder: String?
    /// What was left as someone had changed it since the pull: `isRead`, `flag`, `categories`; restores alone.
    package var kept: [String]?
    /// The look before anything was changed.
    package var before: MailboxRead?
    /// The look that proved the disposition.
    package var after: MailboxRead?

    private enum CodingKeys: String, CodingKey {
        case mailboxID = "mailboxId"
        case copyID = "copyId"
        case target, mailbox, disposition, copies, note, folder, kept, before, after
    }

    /// A row without evidence yet.
    package init(target: Int, mailbox: String, mailboxID: String?, disposition: Disposition) {
        self.target = target
        self.mailbox = mailbox
        self.mailboxID = mailboxID
        self.disposition = disposition
    }
}

/// The `output` of `results.pull-message.v1` and of `results.restore-message.v1`.
package struct MessageOutput<Disposition>: Codable, Sendable, Equatable
where Disposition: Codable & Sendable & Hashable & CaseIterable & RawRepresentable<String> {
    /// The most copies, and mailboxes without one, of a pull: with every row at its longest they fit a message of 1 MiB.
    package static var copiesMax: Int { 2_500 }
    /// The most rows of a result: one for each mailbox and disposition when rows are folded.
    package static var rowsMax: Int { 10_000 }

    /// Whether nothing was moved, as the job asked.
    package var dryRun: Bool
    /// How many mailboxes the job named; each has one row or more, unless the job was called off.
    package var targets: Int
    /// How many copies there are of each disposition, mailboxes without one included.
    package var totals: [String: Int]
    /// Whether evidence was left out, or rows were folded, so that the result fits a message.
    package var isAbridged: Bool
    /// The rows, ordered by target.
    package var dispositions: [CopyDisposition<Disposition>]

    /// Counts the rows, each as often as it stands for copies.
    package init(
        dryRun: Bool,
        targets: Int,
        isAbridged: Bool,
        dispositions: [CopyDisposition<Disposition>]
    ) {
        var totals = Dictionary(uniqueKeysWithValues: Disposition.allCases.map { ($0.rawValue, 0) })
        for row in dispositions { totals[row.disposition.rawValue, default: 0] += row.copies ?? 1 }
        self.dryRun = dryRun
        self.targets = targets
        self.totals = totals
        self.isAbridged = isAbridged
        self.dispositions = dispositions
    }
}

/// The `output` of `results.pull-message.v1`.
package typealias PullMessageOutput = MessageOutput<PullDisposition>
/// The `output` of `results.restore-message.v1`.
package typealias RestoreMessageOutput = MessageOutput<RestoreDisposition>

/// The own members of `events.message.pulled.v1` and `events.message.restored.v1`.
package struct CopiesMoved: Sendable, Codable, Equatable {
    /// The most copies in one event.
    package static let copiesMax = 100

    /// One copy that was moved, and read where it is now.
    package struct Copy: Sendable, Codable, Equatable {
        /// The mailbox as the job names it.
        package let mailbox: String
        /// The object id of its user.
        package let mailboxID: String
        /// The copy's immutable id.
        package let copyID: String

        private enum CodingKeys: String, CodingKey {
            case mailboxID = "mailboxId"
            case copyID = "copyId"
            case mailbox
        }

        /// Collects the parts.
        package init(mailbox: String, mailboxID: String, copyID: String) {
            self.mailbox = mailbox
            self.mailboxID = mailboxID
            self.copyID = copyID
        }
    }

    /// The campaign that the job names, if any.
    package let campaign: String?
    /// The copies: 1 to ``copiesMax``.
    package let copies: [Copy]

    /// Collects the parts.
    package init(campaign: String?, copies: [Copy]) {
        self.campaign = campaign
        self.copies = copies
    }
}
