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

            Takes what workers ask people to be told, and jobs that died for notifier.operators. Mail goes by SMTP to \
            notifier.smtp-host, or through the program notifier.sendmail where that is set, or everything goes to \
            notifier.webhook-url. What cannot be handed over is tried again and at last kept among the dead letters. On \
            SIGTERM or SIGINT it ends what is under way and leaves.
            """
    )

    @OptionGroup var common: CommonOptions

    @Flag(help: "Check settings and templates, ask the mail server, and leave.")
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
        if self.check { return try await Self.check(parts) }
        try await self.serve(try parts.notifier(settings, logger: logger))
        await parts.webhook?.shutdown()
    }

    private static func check(_ parts: NotifierParts) async throws {
        if let fault = await parts.smtp?.probe() {
            throw CommandFailure.failed("notifier.smtp-host: the server does not take mail. \(fault)")
        }
        let answer = parts.smtp.map { "; \($0.server.words), answers" } ?? ""
        Terminal.say("settings and templates are good\(answer)")
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
    /// The longest pause between two attempts.
    private static let delayMax = Duration.seconds(3_600)
    /// What a mail program may know of our environment.
    private static let inherited = ["PATH", "HOME", "USER", "LOGNAME", "LANG", "TMPDIR"]

    let templates: TemplateSet
    let channel: DeliveryChannel
    let operators: [String]

    /// Reads templates and keys; fails with the first setting that is wrong.
    init(_ settings: Settings) throws {
        self.templates = try TemplateSet(
            folder: settings.text(.notifierTemplates),
            language: try settings.required(.notifierLanguage)
        )
        self.operators = try Self.operators(settings)
        self.channel = try Self.channel(settings)
    }

    /// Set where everything goes to a webhook.
    var webhook: Webhook? { if case .webhook(let webhook) = self.channel { webhook } else { nil } }

    /// Set where mail goes by SMTP.
    var smtp: SMTPSubmission? { if case .mail(let smtp as SMTPSubmission, _) = self.channel { smtp } else { nil } }

    /// Set where a program takes the mail.
    var sendmail: Sendmail? { if case .mail(let sendmail as Sendmail, _) = self.channel { sendmail } else { nil } }

    private static func channel(_ settings: Settings) throws -> DeliveryChannel {
        guard settings.text(.notifierWebhookURL) == nil else { return .webhook(try self.webhook(settings)) }
        let sender = try MailSender(
            name: settings.text(.gatewayName) ?? "Sluice",
            address: try settings.required(.notifierFrom),
            contact: settings.text(.notifierContact)
        )
        let isProgram = settings.line(.notifierSendmail) != nil
        let transport: any MailTransport =
            isProgram ? try self.sendmail(settings, sender) : try self.smtp(settings, sender)
        return .mail(transport, sender: sender)
    }

    private static func deadline(_ settings: Settings) throws -> Duration {
        .seconds(try settings.number(.notifierDeadline))
    }

    private static func webhook(_ settings: Settings) throws -> Webhook {
        guard let key = try settings.secret(.notifierWebhookKeyFile) else {
            throw CommandFailure.failed("notifier.webhook-key-file is not set; a webhook needs a key to sign with")
        }
        return try Webhook(
            url: try settings.required(.notifierWebhookURL),
            key: try WebhookKey(file: key),
            caFile: settings.text(.notifierWebhookCAFile),
            deadline: try self.deadline(settings),
            now: { Date() }
        )
    }

    private static func sendmail(_ settings: Settings, _ sender: MailSender) throws -> Sendmail {
        try Sendmail(
            command: settings.list(.notifierSendmail),
            sender: sender,
            environment: ProcessInfo.processInfo.environment.filter { self.inherited.contains($0.key) },
            deadline: try self.deadline(settings)
        )
    }

    private static func smtp(_ settings: Settings, _ sender: MailSender) throws -> SMTPSubmission {
        let protection = try settings.text(.notifierSMTPTLS).map { text in
            guard let protection = SMTPServer.Protection(rawValue: text) else {
                throw CommandFailure.failed("notifier.smtp-tls must be off, starttls or tls")
            }
            return protection
        }
        let server = try SMTPServer(
            host: try settings.required(.notifierSMTPHost),
            port: try settings.number(.notifierSMTPPort),
            protection: protection,
            user: settings.text(.notifierSMTPUser),
            passwordFile: settings.text(.notifierSMTPPasswordFile),
            caFile: settings.text(.notifierSMTPCAFile)
        )
        return try SMTPSubmission(
            server,
            sender: sender,
            domain: ProcessInfo.processInfo.hostName,
            deadline: try self.deadline(settings)
        )
    }

    /// The notifier that these settings make.
    func notifier(_ settings: Settings, logger: Logger) throws -> Notifier {
        let name = "notifier@\(ProcessInfo.processInfo.hostName)"
        let configuration = NotifierConfiguration(
            name: name,
            gateway: settings.text(.gatewayName) ?? "Sluice",
            contact: settings.text(.notifierContact),
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
            concurrency: UInt16(try settings.number(.notifierConcurrency)),
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
