import Foundation
import Synchronization

/// What this process remembers of the folders of mailboxes, so that the next job in the same mailbox need not ask again.
///
/// A help, never a truth: a quarantine that is gone is found out by the service's answer, then the folders are read anew.
package final class FolderMemory: Sendable {
    /// How many mailboxes are remembered: about 2 KB each.
    static let mailboxesMax = 12_000
    /// How long after they were listed: folders are renamed now and then.
    static let keptFor: TimeInterval = 1_800
    /// How long after it was seen a quarantine is used without another look: campaigns of several messages go through the
    /// same mailboxes one after the other, and the look is one call in six.
    static let trustedFor: TimeInterval = 300

    private struct Entry {
        var folders: MailboxFolders
        let listedAt: Date
        var seenAt: Date
    }

    private let entries = Mutex<[String: Entry]>([:])

    /// Nothing is known yet.
    package init() {}

    /// What is known of a mailbox; nil when that is nothing, or too old, or of a time that is still to come as the clock was
    /// set back.
    func folders(of user: String, in tenant: UUID, now: Date) -> MailboxFolders? {
        self.entries.withLock { entries in
            guard let entry = entries[Self.key(user, tenant)],
                (0..<Self.keptFor).contains(now.timeIntervalSince(entry.listedAt))
            else { return nil }
            let isFresh = (0..<Self.trustedFor).contains(now.timeIntervalSince(entry.seenAt))
            return entry.folders.remembered(asOld: !isFresh)
        }
    }

    /// Remembers a mailbox whose quarantine is known; nothing is worth remembering of others.
    ///
    /// When there are too many, the older half is forgotten.
    func keep(_ folders: MailboxFolders, of user: String, in tenant: UUID, now: Date) {
        guard folders.quarantine != nil else { return self.forget(user, in: tenant) }
        let key = Self.key(user, tenant)
        self.entries.withLock { entries in
            guard folders.source != .list else {
                if entries.count >= Self.mailboxesMax, entries[key] == nil {
                    let ages = entries.values.map(\.listedAt).sorted()
                    let middle = ages[ages.count / 2]
                    entries = entries.filter { $0.value.listedAt > middle }
                }
                entries[key] = Entry(folders: folders, listedAt: now, seenAt: now)
                return
            }
            entries[key]?.folders = folders
            if folders.source == .look { entries[key]?.seenAt = now }
        }
    }

    /// Forgets a mailbox.
    func forget(_ user: String, in tenant: UUID) {
        self.entries.withLock { $0[Self.key(user, tenant)] = nil }
    }

    private static func key(_ user: String, _ tenant: UUID) -> String { "\(tenant)/\(user)" }
}
