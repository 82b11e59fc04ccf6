/// What a setting takes.
enum SettingKind {
    /// A word or line; the text says which.
    case text(String)
    /// Several of them: commas in the environment, a sequence in YAML.
    case list(String)
    /// The path of a file.
    case file
    /// A whole number within bounds, with its unit.
    case number(ClosedRange<Int>, String)
    /// One of a few words.
    case choice([String])

    /// The kind in words, with unit and bounds.
    var words: String {
        switch self {
        case .text(let what): what
        case .list(let what): "list: \(what)"
        case .file: "path of a file"
        case .number(let bounds, let unit):
            "\(unit.isEmpty ? "number" : unit), \(bounds.lowerBound) to \(bounds.upperBound)"
        case .choice(let words): words.joined(separator: ", ")
        }
    }
}

extension Setting {
    /// What it takes.
    var kind: SettingKind {
        switch self {
        case .brokerURL: .text("amqp or amqps URL with the user, without the password")
        case .brokerUser: .text("user name")
        case .brokerHeartbeat: .number(2...60, "seconds")
        case .deskEdit: .choice(["off", "on"])
        case .logLevel: .choice(["trace", "debug", "info", "notice", "warning", "error", "critical"])
        case .logFormat: .choice(["text", "json"])
        case .monitorListen: .text("`address:port`")
        case .tracingOTLPURL: .text("URL")
        case .tracingSamplePercent: .number(0...100, "percent")
        case .workerName: .text("up to 100 letters, digits, dots, underscores and hyphens")
        case .workerConcurrency, .workerTenantConcurrency: .number(1...1_000, "jobs")
        case .workerAttempts: .number(1...20, "attempts")
        case .workerRetryDelay: .number(1...3_600, "seconds")
        case .workerDrain: .number(0...1_200, "seconds")
        case .workerLedgerRetention: .number(2...3_650, "days")
        // With less than the smallest no thread of an executor would start.
        case .workerExecutorMemory: .number(128...65_536, "MiB")
        case .microsoftCloud: .choice(["global", "gcc-high", "dod", "china"])
        case .microsoftLoginURL, .microsoftGraphURL, .microsoftExchangeURL: .text("URL; plain http on loopback only")
        case .microsoftClientID, .mailClientID: .text("GUID")
        case .microsoftPropagationDelay: .number(1...300, "seconds")
        case .pullTargetsPerJob: .number(1...1_000, "mailboxes")
        case .pullTargetsPerHour: .number(1...10_000_000, "mailboxes")
        case .pullProtectedMailboxes: .list("addresses, or object ids of users")
        case .gatewayName: .text("1 to 40 characters")
        case .gatewayInboundRanges: .list("IPv4 blocks from /16 to /32")
        case .gatewaySmartHosts, .gatewayMXHosts: .list("host names")
        case .gatewayEgressAddresses: .list("IPv4 and IPv6 addresses")
        case .gatewaySPFMechanism: .text("SPF mechanism such as `include:spf.gateway.example`")
        case .directoryUsers: .choice(["enabled", "enabled-and-shared", "all"])
        case .directoryGuests: .choice(["leave-out", "include"])
        case .directoryGroups: .choice(["all", "mail", "security", "none"])
        case .directoryRemovalsPercentMax: .number(0...100, "percent")
        case .directoryRemovalsNumberMax: .number(0...1_000_000, "users or groups")
        case .dnsResolvers: .list("`address` or `address:port`")
        case .dnsAuthoritativePort: .number(1...65_535, "port")
        case .consentRedirectURI: .text("https URL")
        case .notifierFrom, .notifierContact: .text("e-mail address in ASCII")
        case .notifierLanguage: .text("language such as `en` or `pt-BR`")
        case .notifierOperators: .list("e-mail addresses, up to 20")
        case .notifierTemplates: .text("path of a folder")
        case .notifierSMTPHost: .text("host name or address")
        case .notifierSMTPPort: .number(1...65_535, "port")
        case .notifierSMTPTLS: .choice(["off", "starttls", "tls"])
        case .notifierSMTPUser: .text("user name")
        case .notifierConcurrency: .number(1...100, "notifications")
        case .notifierDeadline: .number(5...600, "seconds")
        case .notifierSendmail: .list("full path of a program, and its arguments")
        case .notifierWebhookURL: .text("https URL; plain http on loopback only")
        case .notifierOperatorMails: .number(1...1_000, "mails")
        case .notifierOperatorPeriod: .number(1...86_400, "seconds")
        case .notifierAttempts: .number(1...20, "attempts")
        case .notifierRetryDelay: .number(1...3_600, "seconds")
        case .brokerPasswordFile, .brokerCAFile, .brokerCertificateFile, .brokerKeyFile, .ledgerPath, .deskPath,
            .microsoftClientSecretFile, .microsoftCertificateFile, .microsoftPrivateKeyFile, .consentKeyFile,
            .notifierWebhookKeyFile, .notifierWebhookCAFile, .notifierLedgerPath, .notifierSMTPPasswordFile,
            .notifierSMTPCAFile, .mailClientSecretFile, .mailCertificateFile, .mailPrivateKeyFile:
            .file
        }
    }

    /// What it means, in one sentence.
    var meaning: String {
        switch self {
        case .brokerURL: "Where RabbitMQ is."
        case .brokerUser: "The account at the broker, in place of the URL's user; the units set it, each its own."
        case .brokerPasswordFile: "Holds the broker user's password."
        case .brokerCAFile: "The authorities to trust for the broker's certificate (PEM); the system's without it."
        case .brokerCertificateFile: "Our own certificate, for a broker that asks for one (PEM)."
        case .brokerKeyFile: "The private key of that certificate (PEM)."
        case .brokerHeartbeat:
            "How often both sides show that they live; a connection silent for twice as long is dead."
        case .ledgerPath: "The worker's database, on a local disk, one file a worker: a second one is refused."
        case .deskPath: "The desk's database of dead letters, on a local disk of the host that runs `sluice desk`."
        case .deskEdit: "Whether `sluice dead edit` may send a changed job in a dead letter's place."
        case .logLevel: "The least weight of what is logged on standard error."
        case .logFormat: "How log entries are written: lines for people, or a JSON object a line."
        case .monitorListen: "Where `/livez`, `/readyz` and `/metrics` are served by HTTP; nowhere without it."
        case .tracingOTLPURL:
            "The OpenTelemetry collector that gets spans by OTLP/HTTP, such as `http://127.0.0.1:4318`; none without it."
        case .tracingSamplePercent: "The share of traces beginning here that are recorded; a caller's decision wins."
        case .workerName: "Names the worker in results and events; the host's name without it."
        case .workerConcurrency: "Jobs of one type at once."
        case .workerTenantConcurrency: "How many of them one tenant may have; half of them without it."
        case .workerAttempts: "Attempts a job has before it is buried."
        case .workerRetryDelay: "The pause before the second attempt, doubled each time."
        case .workerDrain: "The time running jobs have after SIGTERM."
        case .workerLedgerRetention: "How long the ledger remembers jobs that have ended; its record stays."
        case .workerExecutorMemory: "The data an executor process may hold."
        case .microsoftCloud: "The cloud the tenants live in."
        case .microsoftLoginURL: "Another login service than the cloud's."
        case .microsoftGraphURL: "Another Microsoft Graph than the cloud's."
        case .microsoftExchangeURL: "Another Exchange Online administration service than the cloud's."
        case .microsoftClientID: "The app registration."
        case .microsoftClientSecretFile: "Holds its client secret."
        case .microsoftCertificateFile: "Its certificate (PEM); wins over a secret."
        case .microsoftPrivateKeyFile: "The private key of its certificate (PEM)."
        case .microsoftPropagationDelay: "The pause before the first look whether a grant is in effect."
        case .mailClientID:
            "The app registration of pull-message and restore-message; without it they use the common one."
        case .mailClientSecretFile: "Holds its client secret."
        case .mailCertificateFile: "Its certificate (PEM); wins over a secret."
        case .mailPrivateKeyFile: "The private key of its certificate (PEM)."
        case .pullTargetsPerJob: "How many mailboxes a pull-message job may name; over it the whole job is refused."
        case .pullTargetsPerHour:
            "How many mailboxes of one tenant pulls may touch in an hour; counted in the ledger, so for each host by itself."
        case .pullProtectedMailboxes: "Mailboxes that no pull-message job may name; it is refused as a whole."
        case .gatewayName: "The gateway's name, part of the names of its objects in every tenant."
        case .gatewayInboundRanges: "Where the gateway's mail to tenants comes from."
        case .gatewaySmartHosts: "The hosts that take the tenants' outgoing mail."
        case .gatewayEgressAddresses: "The addresses that mail leaves from; SPF is checked for each."
        case .gatewaySPFMechanism: "What a tenant's SPF record has to hold."
        case .gatewayMXHosts: "What the tenants' MX records have to name."
        case .directoryUsers: "Which accounts are imported; shared mailboxes are disabled accounts without a licence."
        case .directoryGuests: "Whether guests are imported."
        case .directoryGroups: "Which groups are imported, with their members."
        case .directoryRemovalsPercentMax: "How much of what is held a synchronisation may remove unasked; five always."
        case .directoryRemovalsNumberMax: "How many users, or groups, it may remove unasked."
        case .dnsResolvers: "DNS servers, asked in their order; the system's without it."
        case .dnsAuthoritativePort: "Where the name servers of the tenants' domains listen."
        case .notifierFrom: "Who mails come from; a domain with other letters is written in its `xn--` form."
        case .notifierContact:
            "Whom people may ask about a mail; answers go there (`Reply-To`). Nobody is named without it."
        case .notifierLanguage: "What people read for whom no other language was asked."
        case .notifierOperators: "Who is told of dead letters; nobody without it."
        case .notifierOperatorMails:
            "Mails operators get in a period about one job type and problem; the next tells how many more had none."
        case .notifierOperatorPeriod: "How long such a mail counts."
        case .notifierTemplates: "Holds templates that take the place of those built in, such as `drift-found.de.txt`."
        case .notifierSMTPHost: "The SMTP server that takes the mail: this host's own, or a relay."
        case .notifierSMTPPort: "Its port: 25, 587 for submission with STARTTLS, 465 for submission with TLS."
        case .notifierSMTPTLS:
            "How the connection is protected; without it `off` to this host and `starttls` to any other."
        case .notifierSMTPUser: "The login at that server; to another host only with TLS."
        case .notifierSMTPPasswordFile: "Holds the login's password in its first line."
        case .notifierSMTPCAFile:
            "The authorities to trust for that server's certificate (PEM); the system's without it."
        case .notifierSendmail:
            "A sendmail interface to use instead of SMTP; `-f` and the sender are added, the recipient stands in the mail."
        case .notifierWebhookURL: "Gets every notification instead of the mail system, as JSON."
        case .notifierWebhookKeyFile: "Holds the keys that sign them: lines `whsec_<base64>`, each signs."
        case .notifierWebhookCAFile:
            "The authorities to trust for the webhook's certificate (PEM); the system's without it."
        case .notifierConcurrency: "Notifications under way at once."
        case .notifierDeadline: "The time the mail server, or the webhook, has for one notification to one recipient."
        case .notifierAttempts: "Attempts a notification has before it is buried."
        case .notifierRetryDelay: "The pause before the second attempt, doubled each time up to an hour."
        case .notifierLedgerPath: "Who was told what on this host, on a local disk."
        case .consentRedirectURI: "Where the consent page sends the administrator back to."
        case .consentKeyFile: "32 random bytes or more that sign the consent link."
        }
    }

    /// When an operator would change it; nil when it is set once at installation.
    var changeWhen: String? {
        switch self {
        case .brokerHeartbeat: "Longer over a slow network; shorter to notice a dead broker sooner."
        case .deskEdit: "On where operators are trusted to change what a console has asked for."
        case .logLevel: "`debug` while a fault is looked for."
        case .workerTenantConcurrency: "Higher where few tenants share the workers; lower when one floods them."
        case .logFormat: "`json` where a log collector reads."
        case .monitorListen: "`127.0.0.1:9464`, or all addresses inside a container; let only the monitoring reach it."
        case .tracingSamplePercent: "Lower when traces cost more than they tell."
        case .workerConcurrency: "Higher when executors wait for Microsoft most of the time; lower on a small host."
        case .workerAttempts: "Fewer to see broken jobs among the dead letters sooner."
        case .workerRetryDelay: "Longer when the services behind need time to recover."
        case .workerDrain: "Shorter than the service manager's own limit."
        case .workerLedgerRetention: "Longer than any message of a job may wait in a queue of the broker."
        case .workerExecutorMemory: "Higher when executors of large tenants are ended for it."
        case .microsoftPropagationDelay: "Shorter in tests."
        case .pullTargetsPerJob: "Lower where a campaign must pass several hands."
        case .pullTargetsPerHour: "Lower as a brake on mistakes; with several hosts, give each its share."
        case .pullProtectedMailboxes: "When a mailbox must not be touched, such as one on hold or of a board member."
        case .gatewayName: "Never: objects under the old name would no longer be recognised."
        case .gatewayInboundRanges, .gatewaySmartHosts, .gatewayEgressAddresses, .gatewaySPFMechanism, .gatewayMXHosts:
            "When the gateway moves; then verify the tenants and repair."
        case .dnsAuthoritativePort: "Beside a simulator alone."
        case .directoryUsers, .directoryGuests, .directoryGroups:
            "When other accounts get mail; every tenant's next synchronisation is then a full one."
        case .directoryRemovalsPercentMax, .directoryRemovalsNumberMax:
            "Higher when large changes are common; lower when every removal is to be seen."
        case .dnsResolvers: "When the host's resolver filters or caches too long."
        case .notifierContact: "When questions go to another desk."
        case .notifierOperators: "When somebody else is on duty."
        case .notifierOperatorMails, .notifierOperatorPeriod:
            "Fewer, or longer, when storms of dead letters tire people."
        case .notifierTemplates: "To say it in your own words or in another language."
        case .notifierSMTPHost, .notifierSMTPPort, .notifierSMTPTLS, .notifierSMTPUser:
            "When this host has no mail server, or a relay takes the mail."
        case .notifierSendmail:
            "When mail must go through a program; the shipped unit allows none with set-user-id or set-group-id."
        case .notifierConcurrency, .notifierDeadline:
            "Higher when the mail server is slow and notifications wait for it."
        case .notifierWebhookURL: "When another system sends the mail, or a chat shows it."
        case .notifierAttempts, .notifierRetryDelay: "More, or longer, when the mail system is often away."
        case .notifierWebhookKeyFile: "To change the key: add a line, move the receiver to it, remove the old line."
        case .brokerPasswordFile, .microsoftClientSecretFile, .microsoftCertificateFile, .microsoftPrivateKeyFile,
            .brokerCertificateFile, .brokerKeyFile, .mailClientSecretFile, .mailCertificateFile, .mailPrivateKeyFile,
            .notifierSMTPPasswordFile:
            "When the secret is rotated: replace the file, then restart."
        case .tracingOTLPURL, .brokerURL, .brokerUser, .brokerCAFile, .ledgerPath, .deskPath, .workerName,
            .microsoftCloud,
            .microsoftLoginURL, .microsoftGraphURL, .microsoftExchangeURL, .microsoftClientID, .mailClientID,
            .notifierFrom, .notifierLanguage, .notifierWebhookCAFile, .notifierSMTPCAFile, .notifierLedgerPath,
            .consentRedirectURI,
            .consentKeyFile:
            nil
        }
    }
}
