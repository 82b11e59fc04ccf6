import JobModel

/// Every setting by name: the only list; what each takes and means is in `SettingDescription.swift`.
///
/// The raw value is the key in the YAML file; in the environment `broker.url` is `SLUICE_BROKER_URL`.
enum Setting: String, CaseIterable {
    case brokerURL = "broker.url"
    case brokerUser = "broker.user"
    case brokerPasswordFile = "broker.password-file"
    case brokerCAFile = "broker.ca-file"
    case brokerCertificateFile = "broker.certificate-file"
    case brokerKeyFile = "broker.private-key-file"
    case brokerHeartbeat = "broker.heartbeat"
    case ledgerPath = "ledger.path"
    case deskPath = "desk.path"
    case deskEdit = "desk.edit"
    case logLevel = "log.level"
    case logFormat = "log.format"
    case monitorListen = "monitor.listen"
    case tracingOTLPURL = "tracing.otlp-url"
    case tracingSamplePercent = "tracing.sample-percent"
    case workerName = "worker.name"
    case workerConcurrency = "worker.concurrency"
    case workerTenantConcurrency = "worker.tenant-concurrency"
    case workerAttempts = "worker.attempts"
    case workerRetryDelay = "worker.retry-delay"
    case workerDrain = "worker.drain"
    case workerLedgerRetention = "worker.ledger-retention"
    case workerExecutorMemory = "worker.executor-memory"
    case microsoftCloud = "microsoft.cloud"
    case microsoftLoginURL = "microsoft.login-url"
    case microsoftGraphURL = "microsoft.graph-url"
    case microsoftExchangeURL = "microsoft.exchange-url"
    case microsoftClientID = "microsoft.client-id"
    case microsoftClientSecretFile = "microsoft.client-secret-file"
    case microsoftCertificateFile = "microsoft.certificate-file"
    case microsoftPrivateKeyFile = "microsoft.private-key-file"
    case microsoftPropagationDelay = "microsoft.propagation-delay"
    case mailClientID = "microsoft.mail.client-id"
    case mailClientSecretFile = "microsoft.mail.client-secret-file"
    case mailCertificateFile = "microsoft.mail.certificate-file"
    case mailPrivateKeyFile = "microsoft.mail.private-key-file"
    case pullTargetsPerJob = "pull.targets-per-job"
    case pullTargetsPerHour = "pull.targets-per-hour"
    case pullProtectedMailboxes = "pull.protected-mailboxes"
    case gatewayName = "gateway.name"
    case gatewayInboundRanges = "gateway.inbound-ranges"
    case gatewaySmartHosts = "gateway.smart-hosts"
    case gatewayEgressAddresses = "gateway.egress-addresses"
    case gatewaySPFMechanism = "gateway.spf-mechanism"
    case gatewayMXHosts = "gateway.mx-hosts"
    case directoryUsers = "directory.users"
    case directoryGuests = "directory.guests"
    case directoryGroups = "directory.groups"
    case directoryRemovalsPercentMax = "directory.removals-max-percent"
    case directoryRemovalsNumberMax = "directory.removals-max-number"
    case dnsResolvers = "dns.resolvers"
    case dnsAuthoritativePort = "dns.authoritative-port"
    case notifierFrom = "notifier.from"
    case notifierContact = "notifier.contact"
    case notifierLanguage = "notifier.language"
    case notifierOperators = "notifier.operators"
    case notifierOperatorMails = "notifier.operator-mails"
    case notifierOperatorPeriod = "notifier.operator-period"
    case notifierTemplates = "notifier.templates"
    case notifierSMTPHost = "notifier.smtp-host"
    case notifierSMTPPort = "notifier.smtp-port"
    case notifierSMTPTLS = "notifier.smtp-tls"
    case notifierSMTPUser = "notifier.smtp-user"
    case notifierSMTPPasswordFile = "notifier.smtp-password-file"
    case notifierSMTPCAFile = "notifier.smtp-ca-file"
    case notifierSendmail = "notifier.sendmail"
    case notifierWebhookURL = "notifier.webhook-url"
    case notifierWebhookKeyFile = "notifier.webhook-key-file"
    case notifierWebhookCAFile = "notifier.webhook-ca-file"
    case notifierConcurrency = "notifier.concurrency"
    case notifierDeadline = "notifier.deadline"
    case notifierAttempts = "notifier.attempts"
    case notifierRetryDelay = "notifier.retry-delay"
    case notifierLedgerPath = "notifier.ledger-path"
    case consentRedirectURI = "consent.redirect-uri"
    case consentKeyFile = "consent.key-file"

    /// What holds without a word in file or environment; nil when there is no such thing.
    var standard: String? {
        switch self {
        case .brokerURL: "amqp://guest@127.0.0.1:5672"
        case .brokerHeartbeat: "10"
        case .ledgerPath: "/var/lib/sluice/ledger.sqlite"
        case .deskPath: "/var/lib/sluice/desk.sqlite"
        case .deskEdit: "off"
        case .logLevel: "info"
        case .logFormat: "text"
        case .tracingSamplePercent: "100"
        case .workerConcurrency: "16"
        case .workerAttempts: "8"
        case .workerRetryDelay: "10"
        case .workerDrain: "60"
        case .workerLedgerRetention: "30"
        case .workerExecutorMemory: "512"
        case .microsoftCloud: "global"
        case .microsoftPropagationDelay: "15"
        case .pullTargetsPerJob: "1000"
        case .pullTargetsPerHour: "100000"
        case .dnsAuthoritativePort: "53"
        case .notifierLanguage: "en"
        case .notifierSMTPHost: "localhost"
        case .notifierSMTPPort: "25"
        case .notifierConcurrency: "8"
        case .notifierDeadline: "60"
        case .notifierOperatorMails: "5"
        case .notifierOperatorPeriod: "3600"
        case .notifierAttempts: "10"
        case .notifierRetryDelay: "30"
        case .notifierLedgerPath: "/var/lib/sluice/notifier.sqlite"
        case .directoryUsers: "enabled-and-shared"
        case .directoryGuests: "leave-out"
        case .directoryGroups: "all"
        case .directoryRemovalsPercentMax: "10"
        case .directoryRemovalsNumberMax: "500"
        case .brokerUser, .brokerPasswordFile, .brokerCAFile, .brokerCertificateFile, .brokerKeyFile, .workerName,
            .workerTenantConcurrency, .monitorListen, .tracingOTLPURL, .microsoftLoginURL, .microsoftGraphURL,
            .microsoftExchangeURL, .microsoftClientID, .microsoftClientSecretFile, .microsoftCertificateFile,
            .microsoftPrivateKeyFile, .mailClientID, .mailClientSecretFile, .mailCertificateFile,
            .mailPrivateKeyFile, .pullProtectedMailboxes, .gatewayName, .gatewayInboundRanges, .gatewaySmartHosts,
            .gatewayEgressAddresses,
            .gatewaySPFMechanism, .gatewayMXHosts, .dnsResolvers, .notifierFrom, .notifierContact, .notifierOperators,
            .notifierTemplates,
            .notifierSMTPTLS, .notifierSMTPUser, .notifierSMTPPasswordFile, .notifierSMTPCAFile, .notifierSendmail,
            .notifierWebhookURL, .notifierWebhookKeyFile, .notifierWebhookCAFile, .consentRedirectURI, .consentKeyFile:
            nil
        }
    }

    /// Whether it is a list: commas in the environment, a sequence in YAML.
    var isList: Bool { if case .list = self.kind { true } else { false } }

    /// Its name in the environment.
    var variable: String {
        "SLUICE_" + self.rawValue.uppercased().map { $0.isLetter || $0.isNumber ? String($0) : "_" }.joined()
    }

    /// What an executor of a job type may see: where Microsoft is, who we are there, the gateway, how directories are imported, whom to
    /// ask for DNS and how to log; never the broker or the ledger.
    ///
    /// Each family sees its own app registration alone: those that work in mailboxes `microsoft.mail`, where it is set.
    static func executors(of type: JobType, hasMailFamily: Bool) -> [Setting] {
        let isMail = type.worksInMailboxes
        let common: Set<Setting> = [
            .microsoftClientID, .microsoftClientSecretFile, .microsoftCertificateFile, .microsoftPrivateKeyFile,
        ]
        return self.allCases.filter { setting in
            switch setting {
            case .dnsResolvers, .dnsAuthoritativePort, .workerExecutorMemory: true
            case .pullTargetsPerHour: false  // the worker counts
            case _ where setting.rawValue.hasPrefix("log."), _ where setting.rawValue.hasPrefix("tracing."): true
            case _ where setting.rawValue.hasPrefix("microsoft.mail."), _ where setting.rawValue.hasPrefix("pull."):
                isMail
            case _ where common.contains(setting): !(isMail && hasMailFamily)
            default:
                setting.rawValue.hasPrefix("microsoft.") || setting.rawValue.hasPrefix("gateway.")
                    || setting.rawValue.hasPrefix("directory.")
            }
        }
    }
}

extension JobType {
    /// Whether its executor works in mailboxes, with the app registration of that family.
    var worksInMailboxes: Bool { self == .pullMessage || self == .restoreMessage }
}
