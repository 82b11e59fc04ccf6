import JobModel
import Microsoft365

/// What one look at a mailbox showed of the copies to restore, and what each of them needs.
///
/// Pure. Copies that the service made twice are one group: they bear the stamp of the one that was pulled, and only that one,
/// or else the first of them, goes back.
struct RestoreView: Equatable {
    /// A copy and the look that showed it.
    typealias Seen = MailFinding<MailCopy>

    /// What a group of copies needs next.
    enum Need: Equatable {
        /// It goes back; the others of its group are to vanish afterwards.
        case restore(String)
        /// It lies where it belongs, because this job put it there.
        case restored(String)
        /// It lies where it belongs, and this job has not moved it.
        case inPlace(String)
        /// It lies where somebody has put it.
        case elsewhere(String)
    }

    let job: JobID
    private(set) var inside: [String: Seen] = [:]
    private(set) var outside: [String: Seen] = [:]

    /// Sorts copies by where they are; those without a stamp were never pulled, and are none of our business.
    init(job: JobID, _ looks: [MailFinding<[MailCopy]>], quarantines: Set<String>) {
        self.job = job
        for look in looks {
            for copy in look.value { self.see(MailFinding(copy, look.evidence), quarantines: quarantines) }
        }
    }

    mutating func see(_ seen: Seen, quarantines: Set<String>) {
        self.lose(seen.value.id)
        guard seen.value.stamp != nil else { return }
        if quarantines.contains(seen.value.folderID) {
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

    /// The copies by the one whose stamp they bear.
    var groups: [String] {
        Set((self.inside.values.map(\.value) + self.outside.values.map(\.value)).compactMap(\.stamp?.origin.copy))
            .sorted()
    }

    /// What a group needs.
    func need(of group: String) -> Need? {
        let outside = self.outsiders(of: group)
        // The one that was pulled comes first, also when a second item of it lies outside already.
        if self.inside[group] != nil, outside.allSatisfy({ self.isOurs($0) }) { return .restore(group) }
        if let copy = self.first(of: outside, group) {
            guard let stamp = copy.stamp else { return nil }
            if self.isOurs(copy) { return .restored(copy.id) }
            let places = [stamp.origin.folder, stamp.restore?.folder].compactMap { $0 }
            return places.contains(copy.folderID) ? .inPlace(copy.id) : .elsewhere(copy.id)
        }
        return self.first(of: self.members(self.inside, group), group).map { .restore($0.id) }
    }

    /// The copies of a group that must not stay when this job has put one back: second items that the service made.
    func surplus(of group: String) -> [MailCopy] {
        guard case .restored = self.need(of: group) else { return [] }
        return self.members(self.inside, group)
    }

    /// Second items outside that stand in the way of the one that was pulled.
    func twinsOutside(of group: String) -> [MailCopy] {
        self.outsiders(of: group).filter { $0.id != group && self.isOurs($0) }
    }

    /// Whether a copy lies where this job has put it.
    func isHere(_ id: String) -> Bool { self.outside[id].map { self.isOurs($0.value) } ?? false }

    /// Whether this job has put the copy where it is.
    private func isOurs(_ copy: MailCopy) -> Bool {
        copy.stamp?.restore.map { $0.job == self.job && $0.folder == copy.folderID } ?? false
    }

    private func members(_ copies: [String: Seen], _ group: String) -> [MailCopy] {
        copies.values.map(\.value).filter { $0.stamp?.origin.copy == group }.sorted { $0.id < $1.id }
    }

    /// The members outside quarantine; a copy with the stamp of another pull than the first one's is its owner's, who made it
    /// of one that was restored.
    private func outsiders(of group: String) -> [MailCopy] {
        let first = (self.inside[group] ?? self.outside[group])?.value.stamp
        return self.members(self.outside, group).filter {
            $0.id == group || first.map(\.job) ?? $0.stamp?.job == $0.stamp?.job
        }
    }

    private func first(of copies: [MailCopy], _ group: String) -> MailCopy? {
        copies.first { $0.id == group } ?? copies.first
    }
}
