import Foundation
import JobModel
import Microsoft365

/// The way of one mailbox through a pull: stamp, move, look again, until nothing is left to do.
///
/// Every decision is made on what was read last; an answer to a move decides nothing. So the walk may be broken off anywhere
/// and begun anew, by this job or by another.
struct PullWalk {
    /// How often a mailbox is looked at again, while something in it moves or an answer stays open.
    static let roundsMax = 6
    /// The pause before the third look; it doubles with each.
    static let pause: Duration = .milliseconds(250)

    let job: JobID
    let campaign: String?
    let internetMessageID: String
    let target: MailboxTarget
    let selection: PullSelection
    /// What the copies of all mailboxes have in common; nil when there are none.
    let agreed: CopyPrint?
    let room: MailboxRoom
    let manners: TenantManners
    private(set) var folders: MailboxFolders

    // What was learnt on the way.
    private var view = QuarantineView([], quarantine: nil)
    private var firstLooks: [String: QuarantineView.Seen] = [:]
    private var moved: Set<String> = []
    private var overtaken: Set<String> = []
    private var repaired: Set<String> = []
    private var refused: [String: DispositionNote] = [:]
    private var twins: Set<String> = []
    private var hadTwin: Set<String> = []
    private var surveyed: MailEvidence?
    private var lookedInside: MailEvidence?

    init(
        job: JobID,
        payload: PullMessage,
        target: MailboxTarget,
        agreed: CopyPrint?,
        room: MailboxRoom,
        manners: TenantManners,
        folders: MailboxFolders
    ) {
        self.job = job
        self.campaign = payload.campaign
        self.internetMessageID = payload.internetMessageID
        self.target = target
        self.selection = PullSelection(job: payload, target: payload.targets[target.index])
        self.agreed = agreed
        self.room = room
        self.manners = manners
        self.folders = folders
    }

    /// Pulls every copy that is the message meant, and says what became of each.
    ///
    /// `survey` is the first look at the folders outside quarantine; `doubt` is called before the first move. When there is
    /// still something to do at the end, the mailbox is in trouble: writes fail though reads do not.
    mutating func pull(
        _ survey: MailFinding<[MailCopy]>,
        doubt: () async -> Void
    ) async throws(MailboxTrouble) -> [CopyDisposition<PullDisposition>] {
        self.surveyed = survey.evidence
        self.see(QuarantineView([survey], quarantine: self.folders.quarantine?.id))
        try await self.confirm()
        try await self.seekQuarantine()
        if self.work().isEmpty, self.folders.quarantine != nil { try await self.look() }
        for round in 0..<Self.roundsMax {
            let work = self.work()
            guard !work.isEmpty else { break }
            if round == 0 { await doubt() }
            if round > 1 { try await Self.rest(round) }
            do throws(MailboxTrouble) {
                let quarantine = try await self.quarantine()
                try await self.move(work, to: quarantine)
            } catch {
                guard case .refused(let note) = error else { throw error }
                for seen in work { self.refused[seen.value.id] = note }
            }
            try await self.look()
        }
        guard self.work().isEmpty else { throw Self.unfinished }
        try await self.repair()
        return self.rows()
    }

    /// That what was to be done could not be, for no reason that the service gave.
    static let unfinished = MailboxTrouble.transient(
        Microsoft365Error(.unavailable, operation: "mail.move", isRetryable: true)
    )

    /// What can be said of single copies when the walk ends in trouble.
    var known: [CopyDisposition<PullDisposition>] { self.rows().filter { $0.copyID != nil } }

    /// What would be pulled, without changing anything.
    mutating func find(
        _ survey: MailFinding<[MailCopy]>
    ) async throws(MailboxTrouble) -> [CopyDisposition<PullDisposition>] {
        self.surveyed = survey.evidence
        self.see(QuarantineView([survey], quarantine: self.folders.quarantine?.id))
        try await self.confirm()
        try await self.seekQuarantine()
        if self.folders.quarantine != nil { try await self.look() }
        return self.rows(isDryRun: true)
    }

    /// What the next job in this mailbox need not ask for.
    var briefing: MailboxFolders {
        self.folders.brief(for: Set(self.firstLooks.values.map(\.value.folderID)))
    }

    // MARK: Deciding

    /// The copies that are to go to quarantine now: those meant, and twins of those that are there.
    private func work() -> [QuarantineView.Seen] {
        self.view.outside.values.filter { seen in
            guard self.refused[seen.value.id] == nil else { return false }
            return self.view.isTwin(seen.value) || self.isMeant(seen.value)
        }.sorted { $0.value.id < $1.value.id }
    }

    private func isMeant(_ copy: MailCopy) -> Bool {
        self.selection.mismatch(copy) == nil && (self.agreed == nil || copy.print == self.agreed)
    }

    /// A row for every copy there was or is, twins apart; one for the mailbox when there is none.
    private func rows(isDryRun: Bool = false) -> [CopyDisposition<PullDisposition>] {
        var rows: [CopyDisposition<PullDisposition>] = []
        for id in Set(self.firstLooks.keys).union(self.view.inside.keys).sorted() {
            guard let row = self.row(id, isDryRun: isDryRun) else { continue }
            rows.append(row)
        }
        guard rows.isEmpty else { return rows }
        var row = self.target.row(PullDisposition.notFound)
        row.before = self.surveyed.map { MailboxRead($0, folder: nil) }
        row.after = self.lookedInside.map { MailboxRead($0, folder: nil) }
        return [row]
    }

    private func row(_ id: String, isDryRun: Bool) -> CopyDisposition<PullDisposition>? {
        let first = self.firstLooks[id]
        var row: CopyDisposition<PullDisposition>
        if let inside = self.view.inside[id] {
            guard !self.view.isTwin(inside.value) else { return nil }
            let isOurs = inside.value.stamp?.job == self.job
            row = self.target.row(id, isOurs ? .pulled : .alreadyPulled)
            if self.hadTwin.contains(id) { row.note = .twinRemoved }
            row.after = MailboxRead(inside.evidence, folder: inside.value.folderID)
        } else if let outside = self.view.outside[id] {
            row = self.remaining(outside.value, isDryRun: isDryRun)
        } else if let note = self.refused[id] {
            row = self.target.row(id, self.moved.contains(id) ? .undetermined : .mailboxUnavailable, note)
        } else if let first, self.isMeant(first.value), !self.twins.contains(id) {
            row = self.target.row(id, .movedByUser, .deletedMeanwhile)
        } else {
            return nil
        }
        row.before = first.map { MailboxRead($0.evidence, folder: $0.value.folderID) }
        return row
    }

    private func remaining(_ copy: MailCopy, isDryRun: Bool) -> CopyDisposition<PullDisposition> {
        if let mismatch = self.selection.mismatch(copy) {
            return self.target.row(copy.id, .recipientMismatch, mismatch)
        }
        guard self.isMeant(copy) else { return self.target.row(copy.id, .refusedByCap, .differsFromOthers) }
        if isDryRun { return self.target.row(copy.id, .found) }
        if let note = self.refused[copy.id] { return self.target.row(copy.id, .mailboxUnavailable, note) }
        if self.moved.contains(copy.id) { return self.target.row(copy.id, .undetermined) }
        return self.target.row(copy.id, .mailboxUnavailable, .outOfOrder)
    }

    // MARK: Doing

    private mutating func see(_ view: QuarantineView) {
        self.view = view
        for seen in Array(view.inside.values) + Array(view.outside.values) where self.firstLooks[seen.value.id] == nil {
            self.firstLooks[seen.value.id] = seen
        }
        for copy in view.inside.values.map(\.value) + view.outside.values.map(\.value) where view.isTwin(copy) {
            self.twins.insert(copy.id)
            if let first = copy.stamp?.origin.copy { self.hadTwin.insert(first) }
        }
    }

    /// The quarantine's id; made when the mailbox has none yet.
    private mutating func quarantine() async throws(MailboxTrouble) -> String {
        if self.folders.source == .oldMemory, let known = self.folders.quarantine {
            let folder = try await self.room.folder(known.id)
            if let folder, folder.parentID == self.folders.root {
                self.folders.confirm()
            } else {
                self.folders = try await self.room.folders()
            }
        }
        if let folder = self.folders.quarantine { return folder.id }
        for name in MailboxFolders.quarantineNames {
            guard let made = try await self.room.makeFolder(name, isQuarantine: true, in: nil) else {
                // Somebody else made it a moment ago, and no list shows it yet.
                throw .transient(Microsoft365Error(.notFound, operation: "mail.folders", isRetryable: true))
            }
            guard made.isOurs else { continue }
            self.folders.learn(made)
            return made.id
        }
        throw .transient(Microsoft365Error(.alreadyExists, operation: "mail.makeFolder", isRetryable: true))
    }

    /// Stamps and moves copies, all at once.
    private mutating func move(
        _ work: [QuarantineView.Seen],
        to quarantine: String
    ) async throws(MailboxTrouble) {
        var stamped: [(copy: MailCopy, change: MailChange?)] = []
        for seen in work { stamped.append((seen.value, try await self.stamp(seen.value))) }
        let room = self.room
        let effects = await withTaskGroup(of: (String, Result<MailboxRoom.Effect, MailboxTrouble>).self) { group in
            for (copy, change) in stamped {
                group.addTask { (copy.id, await Self.pull(copy, change, to: quarantine, room)) }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        for (id, result) in effects {
            switch try result.get() {
            case .done, .open: self.moved.insert(id)
            case .overtaken: self.overtaken.insert(id)
            case .refused(let note): self.refused[id] = note
            }
        }
    }

    private static func pull(
        _ copy: MailCopy,
        _ change: MailChange?,
        to quarantine: String,
        _ room: MailboxRoom
    ) async -> Result<MailboxRoom.Effect, MailboxTrouble> {
        do throws(MailboxTrouble) {
            if let change {
                let stamped = try await room.change(copy, change)
                // Without a stamp that is certain nothing is moved: the next look shows it.
                guard stamped == .done else { return .success(stamped == .open ? .overtaken : stamped) }
            }
            return .success(try await room.move(copy, to: quarantine))
        } catch {
            return .failure(error)
        }
    }

    /// The stamp that a copy needs; nil when it bears it, or the one of the copy whose twin it is.
    private mutating func stamp(_ copy: MailCopy) async throws(MailboxTrouble) -> MailChange? {
        if self.view.isTwin(copy) { return nil }
        let stamp = CopyStamp(job: self.job, campaign: self.campaign, origin: try await self.origin(of: copy))
        guard copy.stamp != stamp, let properties = try? stamp.properties() else { return nil }
        return MailChange(properties: properties)
    }

    /// Where a copy belongs: where it lies, unless that is a quarantine that somebody threw away with it.
    private mutating func origin(of copy: MailCopy) async throws(MailboxTrouble) -> CopyStamp.Origin {
        let path = try await self.path(of: copy.folderID)
        if let origin = copy.stamp?.origin, self.folders.isQuarantine(copy.folderID) ?? false { return origin }
        return CopyStamp.Origin(
            copy: copy.id,
            path: path,
            isRead: copy.isRead,
            flag: copy.flag,
            categories: copy.categories
        )
    }

    /// Whether a folder is one that people see, or the quarantine; what lies in recoverable items has been deleted.
    private mutating func isInReach(_ folder: String) async throws(MailboxTrouble) -> Bool {
        try await self.learn(folder)
        return self.folders.isVisible(folder) ?? false
    }

    private mutating func learn(_ folder: String) async throws(MailboxTrouble) {
        while let missing = self.folders.missing(above: folder) {
            guard let found = try await self.room.folder(missing) else { return }
            self.folders.learn(found)
        }
    }

    private mutating func path(of folder: String) async throws(MailboxTrouble) -> [FolderName] {
        try await self.learn(folder)
        return self.folders.path(of: folder) ?? [FolderName(id: folder, name: "")]
    }

    /// Looks at the copies themselves that were pulled before and that a list, which may lag behind, shows outside; and at
    /// those that they may be second items of.
    private mutating func confirm() async throws(MailboxTrouble) {
        var view = self.view
        let stamped = view.outside.values.map(\.value).filter { $0.stamp != nil }
        for id in Set(stamped.flatMap { [$0.id, $0.stamp?.origin.copy ?? $0.id] }).sorted() {
            try await self.look(at: id, &view)
        }
        self.see(view)
    }

    /// Asks once more for the folders of a mailbox that showed neither a copy nor a quarantine: the list of folders may have
    /// been too early, and that of copies too late, to show what lies there.
    private mutating func seekQuarantine() async throws(MailboxTrouble) {
        guard self.firstLooks.isEmpty, self.folders.quarantine == nil else { return }
        self.folders = try await self.room.folders()
    }

    /// Looks again: in quarantine, everywhere else, and at each copy by itself that neither list shows where it should be.
    private mutating func look() async throws(MailboxTrouble) {
        let (room, id, quarantine) = (self.room, self.internetMessageID, self.folders.quarantine?.id)
        async let elsewhere = MailboxRoom.result { () async throws(MailboxTrouble) in try await room.copies(of: id) }
        async let held = MailboxRoom.result { () async throws(MailboxTrouble) -> MailFinding<[MailCopy]>? in
            guard let quarantine else { return nil }
            return try await room.held { () async throws(MailboxTrouble) in
                try await room.copies(of: id, in: quarantine)
            }
        }
        let (outside, found) = (try await elsewhere.get(), try await held.get())
        let inside = found ?? MailFinding([], outside.evidence)
        if found == nil, quarantine != nil { self.folders = try await room.folders() }
        self.lookedInside = inside.evidence
        var view = QuarantineView([outside, inside], quarantine: quarantine)
        for id in Set(self.firstLooks.keys).union(view.inside.keys).sorted() {
            // Lists lag behind; the copy itself does not.
            if let copy = view.inside[id]?.value, copy.stamp?.restore == nil { continue }
            let isTouched = self.moved.contains(id) || self.overtaken.contains(id)
            if let copy = view.outside[id]?.value, copy.stamp == nil, !isTouched { continue }
            try await self.look(at: id, &view)
        }
        self.see(view)
        let fresh = view.held.map(\.value).filter { self.moved.contains($0.id) && $0.repairs == nil }
        self.manners.learn(from: fresh.compactMap { copy in copy.stamp.map { ($0.origin.isRead, copy.isRead) } })
    }

    /// Looks at one copy itself; one that the service cannot read stays as a list showed it.
    private mutating func look(at id: String, _ view: inout QuarantineView) async throws(MailboxTrouble) {
        switch try await self.room.look(at: id) {
        case .refused(let note): self.refused[id] = note
        case .gone: view.lose(id)
        case .seen(let seen):
            guard try await self.isInReach(seen.value.folderID) else { return view.lose(id) }
            view.see(seen, quarantine: self.folders.quarantine?.id)
        }
    }

    /// Puts back what moving changed of a copy, also when an earlier process moved it: read state, flag and categories are
    /// its owner's.
    private mutating func repair() async throws(MailboxTrouble) {
        for round in 0..<Self.roundsMax {
            let changes = self.view.held.compactMap { seen -> (copy: MailCopy, change: MailChange)? in
                guard let stamp = seen.value.stamp, stamp.job == self.job, seen.value.repairs?.job != self.job,
                    !self.repaired.contains(seen.value.id),
                    let change = self.manners.movesDoing(seen.value.difference(from: stamp.origin))
                else { return nil }
                return (seen.value, change.told(by: self.job, seen.value.repairs))
            }
            guard !changes.isEmpty else { return }
            if round > 1 { try await Self.rest(round) }
            for (copy, change) in changes {
                switch try await self.room.repair(copy, change) {
                case .done, .refused: self.repaired.insert(copy.id)
                case .open, .overtaken: break
                }
                guard case .seen(let again) = try await self.room.look(at: copy.id) else { continue }
                self.view.see(again, quarantine: self.folders.quarantine?.id)
            }
        }
        throw Self.unfinished
    }

    /// Waits before another look, longer each time.
    static func rest(_ round: Int) async throws(MailboxTrouble) {
        do {
            try await Task.sleep(for: self.pause * (1 << (round - 2)))
        } catch {
            throw .jobWide(Microsoft365Error(.cancelled, operation: "mail.move"))
        }
    }
}

extension MailboxRead {
    /// A look, as a result tells it.
    init(_ evidence: MailEvidence, folder: String?) {
        self.init(at: evidence.at, requestID: evidence.requestID, folderID: folder)
    }
}
