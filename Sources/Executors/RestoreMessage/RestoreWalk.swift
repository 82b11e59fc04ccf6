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
    let manners: TenantManners
    /// The quarantine that an earlier job of this process used: lists may not show it yet.
    let remembered: String?

    // What was learnt on the way.
    private var quarantines: Set<String> = []
    private var places: RestorePlaces
    private var view: RestoreView
    private var firstLooks: [String: RestoreView.Seen] = [:]
    private var groups: Set<String> = []
    private var touched: Set<String> = []
    private var moved: Set<String> = []
    private var before: [String: CopyStamp.Origin] = [:]
    private var repaired: Set<String> = []
    private var refused: [String: DispositionNote] = [:]
    private var discarded: [String: MailCopy] = [:]
    private var hadTwin: Set<String> = []
    private var looked: MailEvidence?

    init(
        job: JobID,
        selector: RestoreMessage.Selector,
        target: MailboxTarget,
        room: MailboxRoom,
        manners: TenantManners,
        remembered: String?
    ) {
        self.job = job
        self.selector = selector
        self.target = target
        self.room = room
        self.manners = manners
        self.remembered = remembered
        self.places = RestorePlaces(room: room, folders: MailboxFolders(top: []))
        self.view = RestoreView(job: job, [], quarantines: [])
    }

    /// Puts every copy back that was pulled so, and says what became of each.
    ///
    /// `doubt` is called before the first move. When there is still something to do at the end, the mailbox is in trouble.
    mutating func restore(
        isDryRun: Bool,
        doubt: () async -> Void
    ) async throws(MailboxTrouble) -> [CopyDisposition<RestoreDisposition>] {
        try await self.findQuarantines()
        try await self.look()
        if self.work().isEmpty, self.surplus().isEmpty {
            // Each list lags behind by itself: what went from the one to the other between our looks at them was in neither.
            if self.quarantines.isEmpty { try await self.findQuarantines() }
            try await self.look()
        }
        self.places.limit(to: self.firstLooks.values.compactMap(\.value.stamp?.origin))
        if !isDryRun {
            try await self.carryOut(doubt)
            try await self.repair()
        }
        return self.rows(isDryRun: isDryRun)
    }

    /// What can be said of single copies when the walk ends in trouble.
    var known: [CopyDisposition<RestoreDisposition>] { self.rows(isDryRun: false).filter { $0.copyID != nil } }

    /// Goes on while something is brought about, however much there is; gives up after some rounds in which nothing was.
    private mutating func carryOut(_ doubt: () async -> Void) async throws(MailboxTrouble) {
        var (idle, isFirst) = (0, true)
        while true {
            let (work, surplus) = (self.work(), self.surplus())
            guard !work.isEmpty || !surplus.isEmpty else { return }
            guard idle < PullWalk.roundsMax else { throw PullWalk.unfinished }
            if isFirst { await doubt() }
            isFirst = false
            if idle > 1 { try await PullWalk.rest(idle) }
            for id in work { try await self.putBack(id) }
            for twin in surplus { try await self.discard(twin) }
            try await self.look()
            let isIdle = Set(work + surplus.map(\.id)).isSubset(of: self.work() + self.surplus().map(\.id))
            idle = isIdle ? idle + 1 : 0
        }
    }

    // MARK: Deciding

    /// The copies that are to go back now.
    private func work() -> [String] {
        self.view.groups.compactMap { group in
            guard case .restore(let id) = self.view.need(of: group), self.refused[id] == nil else { return nil }
            return id
        }
    }

    /// The second items that are to vanish now.
    private func surplus() -> [MailCopy] {
        self.view.groups.flatMap { self.view.surplus(of: $0) }.filter { self.refused[$0.id] == nil }
    }

    /// What moving changed of a copy that is back, as a change that puts it right; nil for nothing.
    ///
    /// What an earlier process moved may have been changed by its owner since. So only what the service's moves are known to
    /// change is put right then, and only once.
    private func repair(of copy: MailCopy) -> MailChange? {
        guard let stamp = copy.stamp, copy.repairs?.job != self.job else { return nil }
        if let before = self.before[stamp.origin.copy] {
            return self.manners.movesDoing(copy.difference(from: before))
        }
        return copy.difference(from: self.wanted(stamp))?.limited(to: copy.repairs?.fields ?? [])
    }

    /// How a copy that is back has to be, as the process that moved it left word.
    private func wanted(_ stamp: CopyStamp) -> CopyStamp.Origin {
        let (origin, kept) = (stamp.origin, stamp.restore?.kept ?? [])
        return CopyStamp.Origin(
            copy: origin.copy,
            path: origin.path,
            isRead: kept.contains("isRead") ? origin.isRead.map { !$0 } : origin.isRead,
            flag: kept.contains("flag") ? nil : origin.flag,
            categories: kept.contains("categories") ? nil : origin.categories
        )
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
            let mark = self.view.outside[id]?.value.stamp?.restore
            row = self.target.row(id, mark?.isElsewhere == true ? .restoredElsewhere : .restored)
            row.note = mark?.note ?? (self.hadTwin.contains(group) ? .twinRemoved : nil)
            row.folder = mark?.path
            row.kept = mark.flatMap { $0.kept.isEmpty ? nil : $0.kept }
        case .inPlace(let id): row = self.target.row(id, .alreadyRestored)
        case .elsewhere(let id): row = self.target.row(id, .movedByUser)
        case .restore(let id) where isDryRun: row = self.target.row(id, .found)
        case .restore(let id) where self.refused[id] == nil && self.moved.contains(id):
            row = self.target.row(id, .undetermined)
        case .restore(let id): row = self.target.row(id, .mailboxUnavailable, self.refused[id] ?? .outOfOrder)
        case nil where self.refused[group] != nil: row = self.target.row(group, .undetermined, self.refused[group])
        case nil: row = self.target.row(group, .movedByUser, .deletedMeanwhile)
        }
        let id = row.copyID ?? group
        let (first, last) = (self.firstLooks[id] ?? self.firstLooks[group], self.view.outside[id])
        row.before = first.map { MailboxRead($0.evidence, folder: $0.value.folderID) }
        if let last, last != first { row.after = MailboxRead(last.evidence, folder: last.value.folderID) }
        return row
    }

    // MARK: Looking

    /// Finds the quarantine, and those that somebody threw into Deleted Items with what is in them.
    private mutating func findQuarantines() async throws(MailboxTrouble) {
        let room = self.room
        async let top = MailboxRoom.result { () async throws(MailboxTrouble) in try await room.folders() }
        async let bin = MailboxRoom.result { () async throws(MailboxTrouble) in
            try await room.folders(in: "deleteditems")
        }
        let (folders, thrown) = (try await top.get(), try await bin.get())
        self.quarantines = Set(
            (folders.quarantines + thrown.filter(\.isOurs)).map(\.id) + [self.remembered].compactMap(\.self)
        )
        self.places = RestorePlaces(room: room, folders: folders)
    }

    /// Looks in quarantine and everywhere else, and at each copy by itself that is not where it should be.
    private mutating func look() async throws(MailboxTrouble) {
        let (room, selector) = (self.room, self.selector)
        async let elsewhere = MailboxRoom.result { () async throws(MailboxTrouble) in
            try await room.copies(selector, in: nil)
        }
        var looks: [String: MailFinding<[MailCopy]>?] = [:]
        var view = self.view
        repeat {
            for quarantine in self.quarantines.sorted() where looks[quarantine] == nil {
                let held = try await room.held { () async throws(MailboxTrouble) in
                    try await room.copies(selector, in: quarantine)
                }
                looks.updateValue(held, forKey: quarantine)
            }
            let all = [try await elsewhere.get()] + looks.sorted { $0.key < $1.key }.compactMap(\.value)
            self.looked = all.last?.evidence
            view = RestoreView(job: self.job, all, quarantines: self.quarantines)
            try await self.verify(&view)
            // A copy may lie in a quarantine that no list of folders showed yet, and others beside it.
        } while !self.quarantines.isSubset(of: looks.keys)
        self.view = view
        for seen in Array(view.inside.values) + Array(view.outside.values) where self.firstLooks[seen.value.id] == nil {
            self.firstLooks[seen.value.id] = seen
        }
        self.groups.formUnion(view.groups)
        let fresh = view.outside.values.map(\.value).filter { $0.repairs?.job != self.job && view.isHere($0.id) }
        self.manners.learn(
            from: fresh.compactMap { copy in self.before[copy.stamp?.origin.copy ?? ""].map { ($0.isRead, copy.isRead) }
            }
        )
    }

    /// Looks at single copies: lists lag behind, a copy itself does not.
    ///
    /// Those that a restore marked may have gone back before the list that shows them in quarantine was made.
    private mutating func verify(_ view: inout RestoreView) async throws(MailboxTrouble) {
        let marked = view.inside.values.filter { $0.value.stamp?.restore != nil }.map(\.value.id)
        for id in self.touched.union(view.outside.keys).union(marked).sorted() {
            let twin = self.discarded[id]
            guard twin != nil || !view.isHere(id) else { continue }
            let look = try await self.room.look(at: id)
            if case .refused(let note) = look {
                self.refused[id] = note
                continue
            }
            guard case .seen(let seen) = look, twin.map({ $0.folderID == seen.value.folderID }) ?? true else {
                view.lose(id)
                if let group = twin?.stamp?.origin.copy { self.hadTwin.insert(group) }
                continue
            }
            if try await self.places.folder(seen.value.folderID)?.isOurs == true {
                self.quarantines.insert(seen.value.folderID)
            }
            view.see(seen, quarantines: self.quarantines)
        }
    }

    // MARK: Doing

    /// Marks a copy as going back and moves it, once no second item is in its way.
    private mutating func putBack(_ id: String) async throws(MailboxTrouble) {
        guard let copy = self.view.inside[id]?.value, var stamp = copy.stamp else { return }
        let group = stamp.origin.copy
        let twins = self.view.twinsOutside(of: group)
        guard twins.isEmpty else {
            for twin in twins { try await self.discard(twin) }
            if let note = twins.compactMap({ self.refused[$0.id] }).first { self.refused[id] = note }
            return
        }
        let place: RestorePlace
        do throws(MailboxTrouble) {
            place = try await self.places.place(for: stamp.origin)
        } catch {
            guard case .refused(let note) = error else { throw error }
            self.refused[id] = note
            return
        }
        self.touched.insert(id)
        let mark = self.mark(copy, stamp, place)
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
        // Certain by now: the mark was written over this very state, or the copy itself was read with it.
        self.before[group] = CopyStamp.Origin(now: copy, path: stamp.origin.path)
        switch try await self.room.move(copy, to: place.id) {
        case .done: self.moved.insert(id)
        case .open, .overtaken:
            // The place may be gone, too.
            self.places.forget(stamp.origin)
            self.moved.insert(id)
        case .refused(let note): self.refused[id] = note
        }
    }

    private func mark(_ copy: MailCopy, _ stamp: CopyStamp, _ place: RestorePlace) -> CopyStamp.RestoreMark {
        var mark = CopyStamp.RestoreMark(job: self.job, folder: place.id)
        (mark.note, mark.isElsewhere, mark.path) = (place.note, place.isElsewhere, place.path)
        mark.kept = copy.difference(from: stamp.origin)?.names ?? []
        return mark
    }

    /// Sends a second item away; whether it went shows when it is looked at again.
    private mutating func discard(_ twin: MailCopy) async throws(MailboxTrouble) {
        self.touched.insert(twin.id)
        self.discarded[twin.id] = twin
        if case .refused(let note) = try await self.room.move(twin, to: Self.wasteFolder) {
            self.refused[twin.id] = note
        }
    }

    /// Puts right what moving changed of copies that are back, also when an earlier process moved them.
    private mutating func repair() async throws(MailboxTrouble) {
        for round in 0..<PullWalk.roundsMax {
            let changes = self.view.groups.compactMap { group -> (copy: MailCopy, change: MailChange)? in
                guard case .restored(let id) = self.view.need(of: group), !self.repaired.contains(id),
                    let copy = self.view.outside[id]?.value, let change = self.repair(of: copy)
                else { return nil }
                return (copy, change.told(by: self.job, copy.repairs))
            }
            guard !changes.isEmpty else { return }
            if round > 1 { try await PullWalk.rest(round) }
            for (copy, change) in changes {
                switch try await self.room.repair(copy, change) {
                case .done, .refused: self.repaired.insert(copy.id)
                case .open, .overtaken: break
                }
                guard case .seen(let again) = try await self.room.look(at: copy.id) else { continue }
                self.view.see(again, quarantines: self.quarantines)
            }
        }
        throw PullWalk.unfinished
    }
}

extension MailboxRoom {
    /// The copies that a restore speaks of.
    fileprivate func copies(
        _ selector: RestoreMessage.Selector,
        in folder: String?
    ) async throws(MailboxTrouble) -> MailFinding<[MailCopy]> {
        let max = Mail.foundMax
        switch selector {
        case .pullJob(let job):
            return try await self.copies(marked: CopyStamp.jobProperty, as: job.description, in: folder, max: max)
        case .campaign(let campaign):
            let found = try await self.copies(marked: CopyStamp.campaignProperty, as: campaign, in: folder, max: max)
            // The service compares without regard to case.
            return MailFinding(found.value.filter { $0.stamp?.campaign == campaign }, found.evidence)
        case .internetMessageID(let id): return try await self.copies(of: id, in: folder, max: max)
        }
    }
}

extension CopyStamp.Origin {
    /// A copy as it is now.
    fileprivate init(now copy: MailCopy, path: [FolderName]) {
        self.init(copy: copy.id, path: path, isRead: copy.isRead, flag: copy.flag, categories: copy.categories)
    }
}
