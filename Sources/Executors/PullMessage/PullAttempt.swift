import Foundation
import JobModel
import Microsoft365

/// One attempt to pull one message.
struct PullAttempt: MessageAttempt {
    static let type = JobType.pullMessage
    static let field = "targets"

    let job: PullMessage
    let context: ExecutorContext
    let settings: ExecutorSettings
    let tenant: Microsoft365
    let mail: Mail
    let tally: MessageTally<PullDisposition>
    var memo: MessageMemo

    init(job: PullMessage, context: ExecutorContext, settings: ExecutorSettings) {
        self.job = job
        self.context = context
        self.settings = settings
        self.tenant = settings.tenant(of: context)
        self.mail = self.tenant.mail(
            traffic: settings.mailboxes.traffic,
            patience: settings.mailboxes.patience,
            jitter: { Double.random(in: 0...1) }
        )
        self.memo = MessageMemo.left(in: context)
        self.tally = MessageTally(
            MessageTally.Job(
                context: context,
                mailboxes: job.targets.map(\.mailbox),
                campaign: job.campaign,
                event: .messagePulled,
                moved: job.dryRun ? [] : [.pulled]
            ),
            memo: self.memo,
            every: settings.mailboxes.progressInterval
        )
    }

    /// What the first look at a mailbox showed.
    private typealias Survey = (copies: MailFinding<[MailCopy]>, folders: MailboxFolders)

    var mailboxes: [String] { self.job.targets.map(\.mailbox) }
    var unsettled: UnsettledAs<PullDisposition> {
        UnsettledAs(unreachable: .mailboxUnavailable, denied: .accessDenied, doubtful: .undetermined)
    }

    func notification(totals: [String: Int]) -> NotificationContent {
        .messagePulled(
            targets: self.job.targets.count,
            dispositions: totals,
            message: NotificationMessage(
                internetMessageID: self.job.internetMessageID,
                campaign: self.job.campaign,
                reason: self.job.reason
            )
        )
    }

    func check(_ targets: [MailboxTarget]) async throws {
        let mayBeProtected = !self.settings.mailboxes.protectedMailboxes.isEmpty
        try self.check(targets, protected: mayBeProtected ? try await self.protectedUsers() : [])
    }

    /// Apart from what waits: Swift 6.3 crashes when it optimises the two in one function.
    private func check(_ targets: [MailboxTarget], protected: Set<String>) throws {
        let caps = PullCaps(self.settings.mailboxes)
        try caps.check(self.job, targets, protected: protected)
    }

    /// The protected users of this tenant; an address that it does not know is another tenant's.
    private func protectedUsers() async throws -> Set<String> {
        let names = self.settings.mailboxes.protectedMailboxes.map { $0.lowercased() }
        let users = try await self.mail.users(addressed: names.filter { JobID($0) == nil })
        return Set(users.values.map(\.id)).union(names)
    }

    func work(on targets: [MailboxTarget]) async throws -> [MailboxRound<PullDisposition>.Left] {
        let rows = await self.tally.allRows.count
        let gate = AgreementGate(
            expected: targets.count,
            settled: self.job.targets.count - targets.count,
            copiesMax: PullMessageOutput.copiesMax - rows - targets.count,
            agreed: self.memo.print.map { CopyPrint(text: $0) }
        )
        let left = try await MailboxRound(mail: self.mail, tally: self.tally, time: self.time).work(
            targets,
            background: { await gate.losePatience() },
            { target, places in await self.walk(target, gate, places) }
        )
        // Nobody waits at a gate that nobody came to with a copy.
        if let refusal = await gate.refusal { throw refusal }
        return left
    }

    private func walk(
        _ target: MailboxTarget,
        _ gate: AgreementGate,
        _ places: MailboxPlaces
    ) async -> MailboxRound<PullDisposition>.End {
        guard let user = target.userID else {
            await gate.pass(isUnknown: true)
            return .settled([target.row(.mailboxUnavailable, .notInTenant)])
        }
        let room = MailboxRoom(mail: self.mail, user: user)
        let survey: Survey
        do throws(MailboxTrouble) {
            survey = try await self.survey(room)
        } catch {
            await gate.pass(isUnknown: error == .notInTenant)
            return await self.end(target, error)
        }
        switch await self.agreement(target, survey, gate, places) {
        case .refused(let problem): return .over(problem)
        case .shut: return .over(CancellationError())
        case .full:
            var row = target.row(PullDisposition.refusedByCap, .tooManyCopies)
            row.before = MailboxRead(survey.copies.evidence, folder: nil)
            return .settled([row])
        case .go(let agreed):
            await self.tally.agree(on: agreed?.text)
            return await self.settle(target, room, survey, agreed)
        }
    }

    /// Brings what was found to the gate, and waits there for the others without a place.
    private func agreement(
        _ target: MailboxTarget,
        _ survey: Survey,
        _ gate: AgreementGate,
        _ places: MailboxPlaces
    ) async -> AgreementGate.Verdict {
        let selection = PullSelection(job: self.job, target: self.job.targets[target.index])
        let (found, quarantine) = (survey.copies.value, survey.folders.quarantine?.id)
        let meant = found.filter { selection.mismatch($0) == nil && $0.folderID != quarantine }
        let isTooMany = found.count > Mail.copiesMax
        await places.leave(target.index)
        let verdict = await gate.bring(isTooMany ? [] : meant.map(\.print), copies: isTooMany ? 0 : found.count)
        await places.take(target.index)
        if isTooMany, case .go = verdict { return .full }
        return verdict
    }

    /// The first look, at copies and, unless this process knows them, folders at once.
    private func survey(_ room: MailboxRoom) async throws(MailboxTrouble) -> Survey {
        let id = self.job.internetMessageID
        let known = self.foldersRemembered(of: room.user)
        async let copies = MailboxRoom.result { () async throws(MailboxTrouble) in try await room.copies(of: id) }
        async let folders = MailboxRoom.result { () async throws(MailboxTrouble) in
            if let known { return known }
            return try await room.folders()
        }
        let (found, all) = (try await copies.get(), try await folders.get())
        // It is kept until every mailbox of the job was looked into.
        return (found, all.brief(for: Set(found.value.map(\.folderID))))
    }

    private func remember(_ walk: PullWalk) {
        let (memory, tenant) = (self.settings.mailboxes.memory, self.context.tenant.uuid)
        memory.keep(walk.briefing, of: walk.room.user, in: tenant, now: self.settings.now())
    }

    private func settle(
        _ target: MailboxTarget,
        _ room: MailboxRoom,
        _ survey: Survey,
        _ agreed: CopyPrint?
    ) async -> MailboxRound<PullDisposition>.End {
        var walk = PullWalk(
            job: self.context.job,
            payload: self.job,
            target: target,
            agreed: agreed,
            room: room,
            manners: self.manners,
            folders: survey.folders
        )
        do throws(MailboxTrouble) {
            if self.job.dryRun { return .settled(try await walk.find(survey.copies)) }
            let rows = try await walk.pull(survey.copies) { await self.tally.doubt(target.index) }
            self.remember(walk)
            return .settled(rows)
        } catch {
            if !self.job.dryRun { await self.tally.know(walk.known, of: target.index) }
            return await self.end(target, error)
        }
    }
}
