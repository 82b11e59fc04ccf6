import Foundation
import JobModel
import Microsoft365

/// One attempt of a job on a message in many mailboxes: who the mailboxes are, all of them at once, what is left.
///
/// Pull and restore differ in what a mailbox's walk does, and in what is checked before it.
protocol MessageAttempt: TenantAttempt where Memo == MessageMemo {
    associatedtype Job: MessageJob
    associatedtype Disposition: Codable & Sendable & Hashable & CaseIterable & RawRepresentable<String>

    static var type: JobType { get }
    /// The member of the job's data that holds the mailboxes.
    static var field: String { get }
    var job: Job { get }
    var mailboxes: [String] { get }
    var mail: Mail { get }
    var tally: MessageTally<Disposition> { get }

    /// Refuses the job before anything is asked of a mailbox.
    func check(_ targets: [MailboxTarget]) async throws
    /// Works on the targets that are not settled.
    func work(on targets: [MailboxTarget]) async throws -> [MailboxRound<Disposition>.Left]
    /// What is said of mailboxes that keep their copies to themselves.
    var unsettled: UnsettledAs<Disposition> { get }
    /// What people are told at the end.
    func notification(totals: [String: Int]) -> NotificationContent
}

/// The dispositions of mailboxes in which nothing can be told of any copy.
struct UnsettledAs<Disposition> {
    /// There is none, or it does not answer.
    let unreachable: Disposition
    /// The tenant keeps the application out.
    let denied: Disposition
    /// A move was sent that was not seen to work.
    let doubtful: Disposition
}

/// The one step that people see: its progress counts mailboxes.
enum MessageStep: String { case mailboxes }

extension MessageAttempt {
    /// How long after a user was made a mailbox may still come; Microsoft names no bound, backup products wait as long.
    static var newMailboxLimit: TimeInterval { 15 * 60 }
    /// So long before its wait would be over for good a job tells what it has.
    static var waitReserve: Duration { .seconds(60) }
    /// So long before its deadline an attempt leaves the rest to the next.
    static var reserve: Duration { .seconds(60) }

    var steps: [MessageStep] { [.mailboxes] }

    /// What moves do to copies in this tenant.
    var manners: TenantManners { TenantManners(self.settings.mailboxes.manners, tenant: self.context.tenant.uuid) }

    /// What this process knows of a mailbox's folders; nil for nothing.
    func foldersRemembered(of user: String) -> MailboxFolders? {
        let (memory, tenant) = (self.settings.mailboxes.memory, self.context.tenant.uuid)
        return memory.folders(of: user, in: tenant, now: self.settings.now())
    }

    /// How long the attempt may work.
    var time: Duration { max(ContinuousClock.now.duration(to: self.context.end) - Self.reserve, .seconds(1)) }

    /// Runs the attempt to its end.
    mutating func carryOut() async -> Outcome {
        do {
            try await self.requirePermissions(of: Self.type)
            let attempt = self
            let result = await self.mail.during { await attempt.tellingLeftovers() }
            self.memo = await self.tally.state
            let left = try result.get()
            if let (pause, problem) = await self.pause(for: left) {
                return .postponed(after: pause, waitingFor: problem)
            }
            return try await self.finish()
        } catch {
            if Task.isCancelled { return .interrupted }
            return self.outcome(of: error)
        }
    }

    /// Works, and tells how far it is from the first moment on.
    private func tellingLeftovers() async -> Result<[MailboxRound<Disposition>.Left], any Error> {
        let tally = self.tally
        await tally.tellProgress(always: true)
        return await withTaskGroup(of: Void.self) { group in
            group.addTask { await tally.keepTelling() }
            let result = await self.leftovers()
            group.cancelAll()
            return result
        }
    }

    private func leftovers() async -> Result<[MailboxRound<Disposition>.Left], any Error> {
        do {
            let hasBegun = self.memo.hasBegun
            let search = TargetSearch(mail: self.mail, field: Self.field)
            let targets = try await search.targets(self.mailboxes, hasBegun: hasBegun)
            if !hasBegun { try await self.check(targets) }
            let settled = await self.tally.settled
            return .success(try await self.work(on: targets.filter { !settled.contains($0.index) }))
        } catch {
            return .failure(error)
        }
    }

    // MARK: A mailbox in trouble

    /// How the work on a mailbox in trouble ends.
    func end(_ target: MailboxTarget, _ trouble: MailboxTrouble) async -> MailboxRound<Disposition>.End {
        switch trouble {
        case .notInTenant: .settled([target.row(self.unsettled.unreachable, .notInTenant)])
        case .noMailbox(let error): await self.withoutMailbox(target, error)
        case .denied: .settled([target.row(self.unsettled.denied, .blockedByPolicy)])
        case .refused(let note): .settled([target.row(self.unsettled.unreachable, note)])
        case .transient(let error): .left(error)
        case .jobWide(let error): .over(error)
        }
    }

    /// A user made just now may get the mailbox yet; anybody else has none.
    private func withoutMailbox(
        _ target: MailboxTarget,
        _ error: Microsoft365Error
    ) async -> MailboxRound<Disposition>.End {
        guard let key = target.userID else { return .settled([target.row(self.unsettled.unreachable, .notInTenant)]) }
        do throws(Microsoft365Error) {
            let user = try await self.mail.user(key)
            if let made = user?.createdAt, self.settings.now().timeIntervalSince(made) < Self.newMailboxLimit {
                return .left(error)
            }
            return .settled([target.row(self.unsettled.unreachable, .noMailbox)])
        } catch {
            let trouble = MailboxTrouble(error)
            guard case .denied = trouble else { return await self.end(target, trouble) }
            return .settled([target.row(self.unsettled.unreachable, .noMailbox)])
        }
    }

    // MARK: What is left

    /// After which pause the job comes back for what is left, and why; nil when it does not.
    ///
    /// What has been left for too long is settled as it is.
    private mutating func pause(for left: [MailboxRound<Disposition>.Left]) async -> (Duration, Problem)? {
        let now = self.settings.now()
        await self.tally.leave(left.filter { $0.error != nil }.map(\.target.index), at: now)
        let since = await self.tally.state.leftSince ?? [:]
        let policy = LeftPolicy(
            jobAge: now.timeIntervalSince(self.context.since),
            waitLimit: Self.type.waitLimit - Self.waitReserve,
            firstPause: self.settings.propagationDelay
        )
        let ages = left.map { target, error in
            (error: error, age: since[target.index].map { now.timeIntervalSince($0) } ?? 0)
        }
        let (waiting, pause) = policy.waiting(ages)
        for place in left.indices where !waiting.contains(place) {
            let target = left[place].target
            await self.tally.settle(target.index, [await self.last(target)])
        }
        if !waiting.isEmpty { await self.tally.checkpoint() }
        self.memo = await self.tally.state
        guard let first = waiting.first else { return nil }
        let reason = left[first].error?.description ?? "the attempt's time was over"
        let detail = "\(waiting.count) of \(self.mailboxes.count) mailboxes are left: \(reason)"
        return (pause, Problem(LeftPolicy.code(for: waiting.map { left[$0].error }), detail))
    }

    private func last(_ target: MailboxTarget) async -> CopyDisposition<Disposition> {
        let isDoubtful = await self.tally.doubtful.contains(target.index)
        return isDoubtful
            ? target.row(self.unsettled.doubtful) : target.row(self.unsettled.unreachable, .outOfOrder)
    }

    // MARK: The end

    private mutating func finish() async throws -> Outcome {
        await self.tally.checkpoint()
        await self.tally.tellProgress(always: true)
        let rows = await self.tally.allRows
        let output = try MessageResult.output(
            rows,
            targets: self.mailboxes.count,
            dryRun: self.job.dryRun,
            isAbridged: await self.tally.isAbridged
        )
        self.memo = await self.tally.state
        if !self.memo.isAnnounced, !self.job.dryRun {
            var totals: [String: Int] = [:]
            for row in rows { totals[row.disposition.rawValue, default: 0] += row.copies ?? 1 }
            self.context.notify(
                self.job.notify,
                self.notification(totals: totals),
                customer: self.job.customer,
                requestedBy: self.job.requestedBy,
                language: self.job.language
            )
            self.memo.isAnnounced = true
            self.remember()
        }
        return .succeeded(output: output)
    }
}

extension MessageAttempt {
    /// The protocol's own walk through steps is not taken: a message job has one.
    mutating func take(_: MessageStep) async throws {}

    func output() throws -> MessageOutput<Disposition> {
        MessageOutput(dryRun: self.job.dryRun, targets: self.mailboxes.count, isAbridged: false, dispositions: [])
    }
}
