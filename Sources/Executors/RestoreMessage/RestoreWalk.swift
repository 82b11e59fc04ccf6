import Foundation
import JobModel
import Microsoft365

/// The way of one mailbox through a restore: mark, move, look again, until nothing is left to do.
///
/// As with a pull, only what was read last decides.
struct RestoreWalk {
    /// Where second items that the service made go: what their owner can still recover, and nobody sees.
    static let wasteFolder = "recoverableitemsdeletions"

    let job: JobID
    let selector: RestoreMessage.Selector
    let target: MailboxTarget
    let room: MailboxRoom

    // What was learnt on the way.
    private var quarantine: MailFolder?
    private var places: RestorePlaces
    private var view: RestoreView
    private var firstLooks: [String: RestoreView.Seen] = [:]
    private var groups: Set<String> = []
    private var destinations: [String: RestorePlace] = [:]
    private var before: [String: CopyStamp.Origin] = [:]
    private var kept: [String: [String]] = [:]
    private var refused: [String: DispositionNote] = [:]
    private var hadTwin: Set<String> = []
    private var looked: MailEvidence?

    init(job: JobID, selector: RestoreMessage.Selector, target: MailboxTarget, room: MailboxRoom) {
        self.job = job
        self.selector = selector
        self.target = target
        self.room = room
        self.places = RestorePlaces(room: room, folders: MailboxFolders(top: []))
        self.view = RestoreView(job: job, [], quarantine: nil)
    }

    /// Puts every copy back that was pulled so, and says what became of each.
    ///
    /// `doubt` is called before the first move.
    mutating func restore(
        isDryRun: Bool,
        doubt: () async -> Void
    ) async throws(MailboxTrouble) -> [CopyDisposition<RestoreDisposition>] {
        let folders = try await self.room.folders()
        self.quarantine = folders.quarantine
        self.places = RestorePlaces(room: self.room, folders: folders)
        guard try await self.look() else { return [self.target.row(.refusedByCap, .tooManyCopies)] }
        if self.groups.isEmpty, let former = try await self.discardedQuarantine() {
            self.quarantine = former
            guard try await self.look() else { return [self.target.row(.refusedByCap, .tooManyCopies)] }
        }
        self.places.limit(to: self.firstLooks.values.compactMap(\.value.stamp?.origin))
        if !isDryRun {
            for round in 0..<PullWalk.roundsMax {
                let work = self.work()
                guard !work.isEmpty else { break }
                if round == 0 { await doubt() }
                if round > 1 { try await PullWalk.rest(round) }
                for id in work { try await self.putBack(id) }
                _ = try await self.look()
                try await self.clear()
            }
        }
        return self.rows(isDryRun: isDryRun)
    }

    // MARK: Deciding

    /// The copies that are to go back now.
    private func work() -> [String] {
        self.view.groups.compactMap { group in
            guard case .restore(let id) = self.view.need(of: group), self.refused[id] == nil else { return nil }
            return id
        }
    }

    private func rows(isDryRun: Bool) -> [CopyDisposition<RestoreDisposition>] {
        let rows = self.groups.sorted().compactMap { self.row($0, isDryRun: isDryRun) }
        guard rows.isEmpty else { return rows }
        var row = self.target.row(RestoreDisposition.notFound)
        row.before = self.looked.map { MailboxRead($0, folder: nil) }
        return [row]
    }

    private func row(_ group: String, isDryRun: Bool) -> CopyDisposition<RestoreDisposition>? {
        var row: CopyDisposition<RestoreDisposition>
        switch self.view.need(of: group) {
        case .restored(let id):
            let place = self.destinations[group]
            row = self.target.row(id, place?.isElsewhere == true ? .restoredElsewhere : .restored)
            row.note = place?.note ?? (self.hadTwin.contains(group) ? .twinRemoved : nil)
            row.folder = place?.path
            row.kept = self.kept[group]
        case .inPlace(let id): row = self.target.row(id, .alreadyRestored)
        case .elsewhere(let id): row = self.target.row(id, .movedByUser)
        case .restore(let id) where isDryRun: row = self.target.row(id, .found)
        case .restore(let id):
            row = self.target.row(id, self.refused[id] == nil ? .undetermined : .mailboxUnavailable, self.refused[id])
        case nil: row = self.target.row(group, .movedByUser, .deletedMeanwhile)
        }
        let id = row.copyID ?? group
        let (first, last) = (self.firstLooks[id] ?? self.firstLooks[group], self.view.outside[id])
        row.before = first.map { MailboxRead($0.evidence, folder: $0.value.folderID) }
        if let last, last != first { row.after = MailboxRead(last.evidence, folder: last.value.folderID) }
        return row
    }

    // MARK: Doing

    /// A quarantine that somebody threw into Deleted Items, with what is in it; nil when there is none.
    private func discardedQuarantine() async throws(MailboxTrouble) -> MailFolder? {
        try await self.room.folders(in: "deleteditems").first(where: \.isQuarantine)
    }

    /// Looks in quarantine and everywhere else, and at each copy by itself that is not where it should be; false when there
    /// are more copies than a job handles.
    private mutating func look() async throws(MailboxTrouble) -> Bool {
        let (room, selector, quarantine) = (self.room, self.selector, self.quarantine)
        async let elsewhere = MailboxRoom.result { () async throws(MailboxTrouble) in
            try await room.copies(selector, in: nil)
        }
        async let held = MailboxRoom.result { () async throws(MailboxTrouble) -> MailFinding<[MailCopy]>? in
            guard let quarantine else { return nil }
            return try await room.held { () async throws(MailboxTrouble) in
                try await room.copies(selector, in: quarantine.id)
            }
        }
        let (outside, found) = (try await elsewhere.get(), try await held.get())
        let inside = found ?? MailFinding([], outside.evidence)
        self.looked = inside.evidence
        guard max(outside.value.count, inside.value.count) <= Mail.copiesMax else { return false }
        var view = RestoreView(job: self.job, [outside, inside], quarantine: quarantine?.id)
        let sent = self.firstLooks.filter { self.destinations[$0.value.value.stamp?.origin.copy ?? ""] != nil }.keys
        for id in Set(sent).union(view.outside.keys).sorted() where !view.isHere(id) {
            // Lists lag behind; the copy itself does not.
            guard let seen = try await room.copy(id) else {
                view.lose(id)
                continue
            }
            let folder = try await self.places.folder(seen.value.folderID)
            if self.quarantine == nil, let folder, folder.isQuarantine { self.quarantine = folder }
            view.see(seen, quarantine: self.quarantine?.id)
        }
        self.view = view
        for seen in Array(view.inside.values) + Array(view.outside.values) where self.firstLooks[seen.value.id] == nil {
            self.firstLooks[seen.value.id] = seen
        }
        self.groups.formUnion(view.groups)
        return true
    }

    /// Marks a copy as going back and moves it.
    private mutating func putBack(_ id: String) async throws(MailboxTrouble) {
        guard let copy = self.view.inside[id]?.value, var stamp = copy.stamp else { return }
        let group = stamp.origin.copy
        // Second items that a move left outside would be duplicates.
        for twin in self.view.twinsOutside(of: group) { try await self.discard(twin, of: group) }
        let place = try await self.places.place(for: stamp.origin)
        if self.destinations[group] == nil {
            self.kept[group] = copy.difference(from: stamp.origin)?.names
            self.before[group] = CopyStamp.Origin(now: copy, path: stamp.origin.path)
        }
        self.destinations[group] = place
        let mark = CopyStamp.RestoreMark(job: self.job, folder: place.id)
        if stamp.restore != mark {
            stamp.restore = mark
            let change = MailChange(properties: [CopyStamp.restoreProperty: mark.text])
            switch try await self.room.change(copy, change) {
            case .done: break
            case .open, .overtaken: return
            case .refused(let note):
                self.refused[id] = note
                return
            }
        }
        switch try await self.room.move(id, to: place.id) {
        case .done, .open: break
        case .overtaken: self.places.forget(stamp.origin)
        case .refused(let note): self.refused[id] = note
        }
    }

    /// Removes second items of copies that are back, and puts right what moving changed of them.
    private mutating func clear() async throws(MailboxTrouble) {
        for group in self.view.groups {
            guard case .restored(let id) = self.view.need(of: group) else { continue }
            for twin in self.view.surplus(of: group, beside: id) { try await self.discard(twin, of: group) }
            guard let copy = self.view.outside[id]?.value, let before = self.before[group],
                let change = copy.difference(from: before)
            else { continue }
            if try await self.room.change(copy, change) == .done, let again = try await self.room.copy(id) {
                self.view.see(again, quarantine: self.quarantine?.id)
            }
        }
    }

    private mutating func discard(_ twin: MailCopy, of group: String) async throws(MailboxTrouble) {
        self.hadTwin.insert(group)
        _ = try await self.room.move(twin.id, to: Self.wasteFolder)
        self.view.lose(twin.id)
    }
}

extension MailboxRoom {
    /// The copies that a restore speaks of.
    fileprivate func copies(
        _ selector: RestoreMessage.Selector,
        in folder: String?
    ) async throws(MailboxTrouble) -> MailFinding<[MailCopy]> {
        switch selector {
        case .pullJob(let job):
            return try await self.copies(marked: CopyStamp.jobProperty, as: job.description, in: folder)
        case .campaign(let campaign):
            let found = try await self.copies(marked: CopyStamp.campaignProperty, as: campaign, in: folder)
            // The service compares without regard to case.
            return MailFinding(found.value.filter { $0.stamp?.campaign == campaign }, found.evidence)
        case .internetMessageID(let id): return try await self.copies(of: id, in: folder)
        }
    }
}

extension MailChange {
    /// What it sets beside properties, by the service's names.
    fileprivate var names: [String] {
        [self.isRead.map { _ in "isRead" }, self.flag.map { _ in "flag" }, self.categories.map { _ in "categories" }]
            .compactMap { $0 }
    }
}

extension CopyStamp.Origin {
    /// A copy as it is now.
    fileprivate init(now copy: MailCopy, path: [FolderName]) {
        self.init(copy: copy.id, path: path, isRead: copy.isRead, flag: copy.flag, categories: copy.categories)
    }
}
