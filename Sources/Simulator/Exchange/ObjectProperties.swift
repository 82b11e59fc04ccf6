/// The properties of connectors and rules, with the defaults of the New- cmdlets.
///
/// Names, types and defaults are those of the pages New-InboundConnector, New-OutboundConnector and New-TransportRule
/// of the Exchange PowerShell reference.
extension ObjectProperty {
    static let inboundConnector: [ObjectProperty] = [
        ObjectProperty("Enabled", .flag, true),
        ObjectProperty("ConnectorType", .choice(["OnPremises", "Partner"]), "OnPremises"),
        ObjectProperty("ConnectorSource", .choice(["Default", "Migrated", "HybridWizard", "AdminUI"]), "Default"),
        ObjectProperty("Comment", .text(256), .null),
        ObjectProperty("SenderIPAddresses", .connectorAddresses, []),
        ObjectProperty("SenderDomains", .senderDomains, []),
        ObjectProperty("TrustedOrganizations", .texts, []),
        ObjectProperty("ClientHostNames", .texts, []),
        ObjectProperty("AssociatedAcceptedDomains", .texts, []),
        ObjectProperty("RequireTls", .flag, true),
        ObjectProperty("RestrictDomainsToIPAddresses", .flag, false),
        ObjectProperty("RestrictDomainsToCertificate", .flag, false),
        ObjectProperty("CloudServicesMailEnabled", .flag, false),
        ObjectProperty("TreatMessagesAsInternal", .flag, false),
        ObjectProperty("TlsSenderCertificateName", .text(256), .null),
        ObjectProperty("EFTestMode", .flag, false),
        ObjectProperty("ScanAndDropRecipients", .texts, []),
        ObjectProperty("EFSkipLastIP", .flag, false),
        ObjectProperty("EFSkipIPs", .ruleAddresses, []),
        ObjectProperty("EFSkipMailGateway", .texts, [], settable: []),
        ObjectProperty("EFUsers", .texts, []),
    ]

    static let outboundConnector: [ObjectProperty] = [
        ObjectProperty("Enabled", .flag, true),
        ObjectProperty("UseMXRecord", .flag, true),
        ObjectProperty("Comment", .text(256), .null),
        ObjectProperty("ConnectorType", .choice(["OnPremises", "Partner"]), "OnPremises"),
        ObjectProperty("ConnectorSource", .choice(["Default", "Migrated", "HybridWizard", "AdminUI"]), "Default"),
        ObjectProperty("RecipientDomains", .domains, []),
        ObjectProperty("SmartHosts", .hosts, []),
        ObjectProperty("TlsDomain", .text(256), .null),
        ObjectProperty(
            "TlsSettings",
            .choice(["EncryptionOnly", "CertificateValidation", "DomainValidation"]),
            .null
        ),
        ObjectProperty("IsTransportRuleScoped", .flag, false),
        ObjectProperty("RouteAllMessagesViaOnPremises", .flag, false),
        ObjectProperty("CloudServicesMailEnabled", .flag, false),
        ObjectProperty("AllAcceptedDomains", .flag, false),
        ObjectProperty("SenderRewritingEnabled", .flag, false),
        ObjectProperty("MtaStsMode", .choice(["Opportunistic", "None"]), "Opportunistic"),
        ObjectProperty("SmtpDaneMode", .choice(["Opportunistic", "Mandatory", "None"]), "Opportunistic"),
        ObjectProperty("TestMode", .flag, false),
        ObjectProperty("LinkForModifiedConnector", .text(64), .null, isShown: false),
        ObjectProperty("ValidationRecipients", .texts, [], settable: [.set]),
        ObjectProperty("IsValidated", .flag, false, settable: [.set]),
        ObjectProperty("LastValidationTimestamp", .text(64), .null, settable: [.set]),
    ]

    static let transportRule: [ObjectProperty] = [
        ObjectProperty("Priority", .number(0...2000), .null),
        ObjectProperty("Enabled", .flag, true, settable: [.new], isShown: false),
        ObjectProperty("Mode", .choice(["Enforce", "Audit", "AuditAndNotify"]), "Enforce"),
        ObjectProperty("Comments", .text(1024), .null),
        ObjectProperty("RuleErrorAction", .choice(["Ignore", "Defer"]), "Ignore"),
        ObjectProperty("SenderAddressLocation", .choice(["Header", "Envelope", "HeaderOrEnvelope"]), "Header"),
        ObjectProperty("StopRuleProcessing", .flag, false),
        ObjectProperty("SetAuditSeverity", .text(32), .null),
        ObjectProperty("SenderIpRanges", .ruleAddresses, .null),
        ObjectProperty("FromScope", .choice(["InOrganization", "NotInOrganization"]), .null),
        ObjectProperty("ExceptIfSenderIpRanges", .ruleAddresses, .null),
        ObjectProperty("ExceptIfFromScope", .choice(["InOrganization", "NotInOrganization"]), .null),
        ObjectProperty("SetSCL", .number(-1...9), .null),
        ObjectProperty("SetHeaderName", .text(64), .null),
        ObjectProperty("SetHeaderValue", .text(256), .null),
        ObjectProperty("RejectMessageReasonText", .text(1024), .null),
        ObjectProperty("RouteMessageOutboundConnector", .text(64), .null),
        ObjectProperty("ActivationDate", .text(64), .null),
        ObjectProperty("ExpiryDate", .text(64), .null),
    ]
}
