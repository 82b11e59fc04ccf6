import ArgumentParser
import Foundation
import JobModel
import Ledger
import Logging
import Notifier
import UnixSignals

/// The service that tells people.
struct NotifierCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "notifier",
        abstract: "Send notifications by mail, or to a webhook, until SIGTERM.",
        discussion: """
            Example: sluice notifier --config /etc/sluice/sluice.yaml

            Takes what workers ask people to be told, and jobs that died for notifier.operators. Mail leaves through the \
            program notifier.sendmail, or everything goes to notifier.webhook-url. What cannot be handed over is tried \
            again and at last kept among the dead letters. On SIGTERM or SIGINT it ends what is under way and leaves.
            """
    )

    @OptionGroup var common: CommonOptions

    @Flag(help: "Check settings and templates, and leave.")
    var check = false

    func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        let settings = try await self.common.settings()
        let logger = try settings.serviceLogger("sluice.notifier")
        let parts: NotifierParts
        do {
            parts = try NotifierParts(settings)
        } catch let error as NotifierError {
            throw CommandFailure.failed("\(error)")
        }
        if self.check { return Terminal.say("settings and templates are good") }
        try await self.serve(try parts.notifier(settings, logger: logger))
        await parts.webhook?.shutdown()
    }

    private func serve(_ notifier: Notifier) async throws {
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        let life = ServiceParts(name: "the notifier") { await Self.heed(signals, notifier) }
        try await life.run([{ try await notifier.run() }])
    }

    /// The first signal drains, the second ends the process.
    private static func heed(_ signals: UnixSignalsSequence, _ notifier: Notifier) async {
        for await _ in signals {
            if notifier.isDraining {
                Terminal.complain("left at once; what was under way is delivered again")
                Foundation.exit(1)
            }
            notifier.drain()
        }
    }
}

/// What the settings say about notifications, checked.
struct NotifierParts {
    /// How long the mail system, or the webhook, has for one notification.
    private static let deadline = Duration.seconds(60)
    /// The longest pause between two attempts.
    private static let delayMax = Duration.seconds(3_600)
    /// What a mail program may know of our environment.
    private static let inherited = ["PATH", "HOME", "USER", "LOGNAME", "LANG", "TMPDIR"]

    let templates: TemplateSet
    let channel: DeliveryChannel
    let webhook: Webhook?
    let operators: [String]

    /// Reads templates and keys; fails with the first setting that is wrong.
    init(_ settings: Settings) throws {
        self.templates = try TemplateSet(
            folder: settings.text(.notifierTemplates),
            language: try settings.required(.notifierLanguage)
        )
        self.operators = try Self.operators(settings)
        if let url = settings.text(.notifierWebhookURL) {
            guard let key = try settings.secret(.notifierWebhookKeyFile) else {
                throw CommandFailure.failed("notifier.webhook-key-file is not set; a webhook needs a key to sign with")
            }
            let webhook = try Webhook(
                url: url,
                key: try WebhookKey(file: key),
                caFile: settings.text(.notifierWebhookCAFile),
                deadline: Self.deadline,
                now: { Date() }
            )
            (self.webhook, self.channel) = (webhook, .webhook(webhook))
        } else {
            let sender = try MailSender(
                name: settings.text(.gatewayName) ?? "Sluice",
                address: try settings.required(.notifierFrom)
            )
            let environment = ProcessInfo.processInfo.environment.filter { Self.inherited.contains($0.key) }
            let sendmail = try Sendmail(
                command: settings.list(.notifierSendmail),
                sender: sender,
                environment: environment,
                deadline: Self.deadline
            )
            (self.webhook, self.channel) = (nil, .sendmail(sendmail, sender: sender))
        }
    }

    /// The notifier that these settings make.
    func notifier(_ settings: Settings, logger: Logger) throws -> Notifier {
        let name = "notifier@\(ProcessInfo.processInfo.hostName)"
        let configuration = NotifierConfiguration(
            name: name,
            gateway: settings.text(.gatewayName) ?? "Sluice",
            operators: self.operators,
            deaths: DeathAllowance(
                mailsMax: try settings.number(.notifierOperatorMails),
                period: .seconds(try settings.number(.notifierOperatorPeriod))
            ),
            policy: DeliveryPolicy(
                attemptsMax: try settings.number(.notifierAttempts),
                delay: .seconds(try settings.number(.notifierRetryDelay)),
                delayMax: Self.delayMax
            ),
            broker: try settings.broker(name: "sluice notifier")
        )
        do {
            return Notifier(
                configuration,
                templates: self.templates,
                channel: self.channel,
                ledger: try NotificationLedger(path: try settings.required(.notifierLedgerPath), isOwner: true),
                logger: logger,
                now: { Date() },
                jitter: { Double.random(in: 0...1) }
            )
        } catch let error as LedgerError {
            throw CommandFailure.failed("\(error)")
        }
    }

    private static func operators(_ settings: Settings) throws -> [String] {
        let operators = settings.list(.notifierOperators)
        let request = NotificationRequested(template: "job-died", recipients: operators, language: nil, values: [:])
        if !operators.isEmpty, let violation = request.violation() {
            let words = violation.replacing("`data.recipients`", with: "notifier.operators")
            throw CommandFailure.failed(words.replacing("`data.recipients[", with: "`notifier.operators["))
        }
        return operators
    }
}
