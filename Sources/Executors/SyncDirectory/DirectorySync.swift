import Foundation
import JobModel
import Microsoft365

/// One attempt of one sync-directory job: rounds of delta queries in, pages out, and a commit at the end.
///
/// It holds one page of the service and one of its own at a time. What was sent is remembered with the link behind it, so that
/// the next attempt reads that page again and sends it under another part; see `schemas/README.md` for what pages mean.
struct DirectorySync: TenantAttempt {
    /// The steps, as people see them.
    enum Step: String, CaseIterable { case permissions, users, groups, commit }

    /// How many pages may be on their way to the worker's records.
    static let pagesUnderWayMax = 4
    /// How often rounds may be begun again in one job before something is wrong with the service.
    static let restartsMax = 10
    /// How much of an attempt's time is kept for ending it.
    static let reserve = Duration.seconds(60)

    let job: SyncDirectory
    let context: ExecutorContext
    let settings: ExecutorSettings
    let tenant: Microsoft365
    let filters: DirectoryFilters
    /// From where the job goes on; nil for a console that holds nothing.
    let state: DirectoryState?
    /// The name of this attempt's pages.
    let part: String
    var memo: DirectoryMemo
    var assembly = PageAssembly()

    init(job: SyncDirectory, context: ExecutorContext, settings: ExecutorSettings, part: String) throws(Problem) {
        self.job = job
        self.context = context
        self.settings = settings
        self.tenant = settings.tenant(of: context)
        var memo = DirectoryMemo.left(in: context)
        if !memo.hasBegun { memo.standard = settings.directory.filters }
        // What is committed together was chosen by the same filters, whichever worker ends it.
        let standard = memo.standard ?? settings.directory.filters
        self.filters = job.filters?.over(standard) ?? standard
        if let text = job.state {
            self.state = try DirectoryState(text: text, tenant: context.tenant)
        } else {
            self.state = nil
        }
        self.part = part
        self.memo = memo
        // Room for this part and the last page; without it the commit would not fit its schema.
        if self.memo.stretches.count + 2 > DirectoryCommit.stretchesMax {
            self.memo.begin(self.memo.full, from: self.state)
        }
    }

    var steps: [Step] { Step.allCases }

    mutating func take(_ step: Step) async throws {
        switch step {
        case .permissions: try await self.requirePermissions(of: .syncDirectory)
        case .users:
            if !self.memo.hasBegun { self.memo.begin(try self.fullReason(), from: self.state) }
            try await self.read(until: .groups)
        case .groups: try await self.read(until: .read)
        case .commit: try await self.commit()
        }
    }

    /// Why everything is to be read; nil when what has changed is enough.
    private func fullReason() throws -> SyncDirectoryOutput.FullReason? {
        guard let state else { return .first }
        if self.job.full { return .asked }
        let isSame = try DirectoryState.fingerprint(of: self.filters) == state.filters
        return isSame ? nil : .filtersChanged
    }

    /// Reads pages until a phase is over; a round that the service does not go on with is begun again.
    private mutating func read(until end: DirectoryMemo.Phase) async throws {
        while self.memo.phase == .users || (end == .read && self.memo.phase == .groups) {
            do {
                try self.checkTime()
                try await self.readPage()
            } catch let error as Microsoft365Error where error.code == .resyncRequired {
                try self.restart { memo, state in memo.begin(.resyncRequired, from: state) }
            } catch let error as Microsoft365Error where error.code == .pageExpired {
                try self.restart { memo, state in memo.beginRoundAgain(from: state) }
            } catch {
                await self.flush()
                throw error
            }
        }
    }

    private mutating func readPage() async throws {
        let next: DeltaLink
        let load: Double?
        if self.memo.phase == .users {
            (next, load) = try await self.readUsers()
        } else {
            (next, load) = try await self.readGroups()
        }
        switch next {
        case .page(let link): self.memo.link = link
        case .round(let link):
            await self.flush()
            self.memo.endRound(next: link, hasGroups: self.filters.groups != .none)
        }
        if self.assembly.isEnough || self.memo.link == nil { await self.flush() }
        let pause = DirectoryPace.pause(at: load)
        if pause > .zero { try await Task.sleep(for: pause) }
    }

    /// The page that the round goes on with; `start` is the state's link, where the round has one.
    ///
    /// A service that makes nothing of that link cannot go on from the state: that is a resynchronisation too, whatever it
    /// calls it. Else the job would fail for ever, as the state does not become better.
    func page<Item>(
        from start: String?,
        _ read: (String?) async throws(Microsoft365Error) -> DeltaPage<Item>
    ) async throws(Microsoft365Error) -> DeltaPage<Item> {
        let link = self.memo.link ?? start
        do throws(Microsoft365Error) {
            return try await read(link)
        } catch {
            let isStates = self.memo.link == nil && start != nil
            let isForeign = error.code == .foreignLink && error.status == nil  // refused before anything was sent
            guard isStates, isForeign || error.code == .invalidRequest || error.code == .pageExpired else {
                throw error
            }
            throw Microsoft365Error(.resyncRequired, operation: error.operation, tenant: error.tenant)
        }
    }

    private mutating func restart(_ begin: (inout DirectoryMemo, DirectoryState?) -> Void) throws {
        _ = self.assembly.take()
        self.memo.restarts += 1
        guard self.memo.restarts <= Self.restartsMax else {
            throw Problem(.unexpectedAnswer, "Graph broke off \(Self.restartsMax) rounds of delta queries in one job.")
        }
        begin(&self.memo, self.state)
        self.remember()
    }

    /// Leaves while there is time to hand over what was done: the next attempt goes on.
    func checkTime() throws {
        try Task.checkCancellation()
        guard .now + Self.reserve < self.context.end else { throw CancellationError() }
    }
}

// MARK: - Pages

extension DirectorySync {
    /// Adds a change, and sends the page that it makes full.
    mutating func add(_ change: DirectoryChange) async {
        guard let page = self.assembly.add(change) else { return }
        await self.send(page)
    }

    /// Sends what was gathered and remembers how far it goes.
    mutating func flush() async {
        let changes = self.assembly.take()
        if !changes.isEmpty { await self.send(changes) }
        self.remember()
    }

    private mutating func send(_ changes: [DirectoryChange]) async {
        self.memo.addPage(of: self.part)
        await self.send(changes, commit: nil)
    }

    private func send(_ changes: [DirectoryChange], commit: DirectoryCommit?) async {
        await self.context.waitForEvents(downTo: Self.pagesUnderWayMax - 1)
        let page = DirectoryPage(
            part: self.part,
            page: self.memo.pages,
            full: self.memo.full != nil,
            changes: changes,
            commit: commit
        )
        self.context.event(.directoryPage, page)
    }
}

// MARK: - The commit

extension DirectorySync {
    private var base: Int { self.state?.generation ?? 0 }

    /// Sends the last page, unless it would remove too much.
    private mutating func commit() async throws {
        guard self.memo.phase != .committed else { return }
        // A tenant without a single user is a fault of the service: whoever consented is one.
        if self.memo.full != nil, self.memo.userTally.upserted + self.memo.userTally.filtered == 0 {
            throw Problem(.unexpectedAnswer, "Graph lists no user at all; nothing was removed.")
        }
        try self.checkRemovals()
        let text = try self.nextState().text()
        self.memo.addPage(of: self.part)
        let commit = DirectoryCommit(
            base: self.base,
            generation: self.base + 1,
            state: text,
            pages: self.memo.stretches
        )
        await self.send([], commit: commit)
        self.memo.phase = .committed
        self.remember()
    }

    private mutating func checkRemovals() throws {
        guard let state else { return }
        let removals = RemovalGuard(
            percentMax: self.settings.directory.removalsPercentMax,
            numberMax: self.settings.directory.removalsNumberMax,
            confirmed: self.job.confirmRemovals
        )
        let users = DirectoryHeld.Removals(
            removals: state.users.missing(in: self.memo.users),
            held: state.users.estimate
        )
        let groups = DirectoryHeld.Removals(
            removals: state.groups.missing(in: self.memo.groups),
            held: state.groups.estimate
        )
        // A full round sends no removals: what is not in it is gone.
        let sent: (users: Int, groups: Int)? =
            self.memo.full == nil ? (self.memo.userTally.removed, self.memo.groupTally.removed) : nil
        guard let held = removals.objection(users: users, groups: groups, sent: sent) else { return }
        self.context.event(.directoryHeld, held)
        if !self.memo.hasAsked {
            self.context.notify(
                self.job.notify,
                .directoryHeld(removals: users.removals + groups.removals, known: users.held + groups.held),
                customer: self.job.customer,
                requestedBy: self.job.requestedBy,
                language: self.job.language
            )
        }
        // Sent again from the dead letters the job begins anew: a console drops the pages of a job that has failed.
        self.memo.hasAsked = true
        self.memo.hasBegun = false
        self.remember()
        throw held.problem
    }

    private func nextState() throws -> DirectoryState {
        guard let usersLink = self.memo.usersLink else {
            throw Problem(.internalError, "The users' round ended without a link.")
        }
        return try DirectoryState(
            tenant: self.context.tenant,
            generation: self.base + 1,
            filters: self.filters,
            usersLink: usersLink,
            groupsLink: self.memo.groupsLink,
            users: self.memo.users,
            groups: self.memo.groups
        )
    }

    func output() throws -> SyncDirectoryOutput {
        func counts(_ tally: DirectoryMemo.Tally, _ sample: IDSample) -> SyncDirectoryOutput.Counts {
            SyncDirectoryOutput.Counts(
                upserted: tally.upserted,
                removed: tally.removed,
                filtered: tally.filtered,
                held: sample.estimate
            )
        }
        return SyncDirectoryOutput(
            full: self.memo.full,
            base: self.base,
            generation: self.base + 1,
            state: try self.nextState().text(),
            pages: self.memo.stretches.reduce(0) { $0 + $1.last - $1.first + 1 },
            filters: self.filters,
            users: counts(self.memo.userTally, self.memo.users),
            groups: counts(self.memo.groupTally, self.memo.groups),
            membersAdded: self.memo.membersAdded,
            membersRemoved: self.memo.membersRemoved
        )
    }
}
