import Foundation
import JobModel
import Microsoft365

/// What one look at a mailbox showed of a message: which copies are in quarantine, and which are not.
///
/// Pure from here on: what is still to do, and what each copy's disposition is.
struct QuarantineView: Equatable {
    /// A copy and the look that showed it.
    typealias Seen = MailFinding<MailCopy>

    /// The copies in quarantine, by id.
    private(set) var inside: [String: Seen] = [:]
    /// The copies elsewhere, by id.
    private(set) var outside: [String: Seen] = [:]

    /// Sorts copies by where they are; a later look at the same copy counts.
    init(_ looks: [MailFinding<[MailCopy]>], quarantine: String?) {
        for look in looks {
            for copy in look.value { self.see(MailFinding(copy, look.evidence), quarantine: quarantine) }
        }
    }

    mutating func see(_ seen: Seen, quarantine: String?) {
        self.inside[seen.value.id] = nil
        self.outside[seen.value.id] = nil
        if seen.value.folderID == quarantine {
            self.inside[seen.value.id] = seen
        } else {
            self.outside[seen.value.id] = seen
        }
    }

    /// Forgets a copy that is gone.
    mutating func lose(_ id: String) {
        self.inside[id] = nil
        self.outside[id] = nil
    }

    /// Whether a copy is a second item that the service made of another one which is in quarantine: it bears the stamp of
    /// the first, and was made after it.
    ///
    /// Owners copy stamps too, with copies that were restored or that they took out of quarantine. So outside it only the
    /// very stamp of one inside counts; any other is history.
    func isTwin(_ copy: MailCopy) -> Bool {
        guard let stamp = copy.stamp, stamp.origin.copy != copy.id else { return false }
        guard self.inside[copy.id] != nil else { return self.inside.values.contains { $0.value.stamp == stamp } }
        if self.inside[stamp.origin.copy] != nil || self.outside[stamp.origin.copy] != nil { return true }
        // The first is gone: of those left, one takes its place.
        let left = self.inside.values.map(\.value).filter { $0.stamp?.origin.copy == stamp.origin.copy }
        return left.map(\.id).min().map { $0 != copy.id } ?? false
    }

    /// The copies in quarantine that count: every one but twins.
    var held: [Seen] { self.inside.values.filter { !self.isTwin($0.value) }.sorted { $0.value.id < $1.value.id } }
}

/// What a pull job looks for in one mailbox.
struct PullSelection: Sendable {
    let from: String?
    let receivedAfter: Date?
    let receivedBefore: Date?

    init(job: PullMessage, target: PullMessage.Target) {
        self.from = job.from?.lowercased()
        self.receivedAfter = target.receivedAfter
        self.receivedBefore = target.receivedBefore
    }

    /// Why a copy is not the message meant; nil when it is.
    ///
    /// A copy whose sender or time the service does not tell is not the one, when the job names them.
    func mismatch(_ copy: MailCopy) -> DispositionNote? {
        if let from, copy.sender != from { return .senderDiffers }
        if let after = self.receivedAfter, copy.receivedAt.map({ $0 < after }) ?? true { return .outsideWindow }
        if let before = self.receivedBefore, copy.receivedAt.map({ $0 > before }) ?? true { return .outsideWindow }
        return nil
    }
}

extension MailCopy {
    /// What it has in common with the other copies.
    var print: CopyPrint { CopyPrint(sender: self.sender, subjectHash: self.subjectHash) }
}
