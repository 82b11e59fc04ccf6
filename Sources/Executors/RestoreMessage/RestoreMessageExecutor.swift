import Foundation
package import JobModel
import Microsoft365

/// Puts back what pull-message moved: the same items into the same folders, as their owners left them.
///
/// Safe to be killed anywhere and run again, with its memo or without: each copy carries where it belongs and which restore
/// moves it.
package struct RestoreMessageExecutor: Executor {
    private let settings: ExecutorSettings

    /// Nothing is opened or sent yet.
    package init(settings: ExecutorSettings) { self.settings = settings }

    /// Runs one attempt.
    package func run(_ job: RestoreMessage, _ context: ExecutorContext) async -> Outcome {
        guard let selector = job.selector else {
            return .failed(Problem(.invalidPayload, "`data` does not say what to restore."), retryAfter: nil)
        }
        var attempt = RestoreAttempt(job: job, selector: selector, context: context, settings: self.settings)
        return await attempt.carryOut()
    }
}

/// One attempt to put messages back.
struct RestoreAttempt: MessageAttempt {
    static let type = JobType.restoreMessage
    static let field = "mailboxes"

    let job: RestoreMessage
    let selector: RestoreMessage.Selector
    let context: ExecutorContext
    let settings: ExecutorSettings
    let tenant: Microsoft365
    let mail: Mail
    let tally: MessageTally<RestoreDisposition>
    var memo: MessageMemo

    init(
        job: RestoreMessage,
        selector: RestoreMessage.Selector,
        context: ExecutorContext,
        settings: ExecutorSettings
    ) {
        self.job = job
        self.selector = selector
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
                mailboxes: job.mailboxes,
                campaign: job.campaign,
                event: .messageRestored,
                moved: job.dryRun ? [] : [.restored, .restoredElsewhere]
            ),
            memo: self.memo,
            every: settings.mailboxes.progressInterval
        )
    }

    var mailboxes: [String] { self.job.mailboxes }
    var unsettled: UnsettledAs<RestoreDisposition> {
        UnsettledAs(unreachable: .mailboxUnavailable, denied: .accessDenied, doubtful: .undetermined)
    }

    func notification(totals: [String: Int]) -> NotificationContent {
        .messageRestored(
            targets: self.job.mailboxes.count,
            dispositions: totals,
            message: NotificationMessage(
                internetMessageID: self.job.internetMessageID,
                campaign: self.job.campaign,
                reason: self.job.reason
            )
        )
    }

    /// Undoing is no danger: it has no cap beside the length of its list.
    func check(_ targets: [MailboxTarget]) async throws {
        guard targets.contains(where: { $0.userID != nil }) else {
            throw Problem(.mailboxesUnknown, "The tenant knows none of the \(targets.count) mailboxes.")
        }
    }

    func work(on targets: [MailboxTarget]) async throws -> [MailboxRound<RestoreDisposition>.Left] {
        try await MailboxRound(mail: self.mail, tally: self.tally, time: self.time).work(
            targets,
            background: {},
            { target, _ in await self.walk(target) }
        )
    }

    private func walk(_ target: MailboxTarget) async -> MailboxRound<RestoreDisposition>.End {
        guard let user = target.userID else { return .settled([target.row(.mailboxUnavailable, .notInTenant)]) }
        var walk = RestoreWalk(
            job: self.context.job,
            selector: self.selector,
            target: target,
            room: MailboxRoom(mail: self.mail, user: user),
            manners: self.manners,
            remembered: self.foldersRemembered(of: user)?.quarantine?.id
        )
        do throws(MailboxTrouble) {
            let rows = try await walk.restore(isDryRun: self.job.dryRun) { await self.tally.doubt(target.index) }
            return .settled(rows)
        } catch {
            if !self.job.dryRun { await self.tally.know(walk.known, of: target.index) }
            return await self.end(target, error)
        }
    }
}
