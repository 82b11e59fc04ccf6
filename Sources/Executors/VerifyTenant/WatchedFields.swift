import JobModel

/// What we leave at Exchange's defaults on our objects and nobody should change: such a change makes them do something else.
///
/// Reported, never repaired: they are not our fields, and the customer may want them so. Source of names and defaults:
/// Exchange PowerShell, New-InboundConnector, New-OutboundConnector, New-TransportRule.
enum WatchedFields {
    /// The defaults in canonical spelling, by field.
    static func defaults(of kind: TenantObjectKind) -> [String: String] {
        switch kind {
        case .inboundConnector: self.inbound
        case .outboundConnector: self.outbound
        case .bypassRule: self.rule
        case .appRoleAssignment, .directoryRoleAssignment, .organizationCustomization: [:]
        }
    }

    private static let inbound = [
        "AssociatedAcceptedDomains": "", "ClientHostNames": "", "CloudServicesMailEnabled": "false",
        "EFSkipIPs": "", "EFSkipLastIP": "false", "EFTestMode": "false", "EFUsers": "",
        "RestrictDomainsToCertificate": "false", "ScanAndDropRecipients": "", "TlsSenderCertificateName": "",
        "TreatMessagesAsInternal": "false", "TrustedOrganizations": "",
    ]

    private static let outbound = [
        "AllAcceptedDomains": "false", "CloudServicesMailEnabled": "false", "IsTransportRuleScoped": "false",
        "MtaStsMode": "Opportunistic", "RouteAllMessagesViaOnPremises": "false", "SenderRewritingEnabled": "false",
        "SmtpDaneMode": "Opportunistic", "TestMode": "false", "TlsDomain": "",
    ]

    private static let rule = [
        "ActivationDate": "", "ExceptIfFromScope": "", "ExceptIfSenderIpRanges": "", "ExpiryDate": "", "FromScope": "",
        "RejectMessageReasonText": "", "RouteMessageOutboundConnector": "", "RuleErrorAction": "Ignore",
        "SenderAddressLocation": "Header", "SetAuditSeverity": "", "SetHeaderName": "", "SetHeaderValue": "",
        "StopRuleProcessing": "false",
    ]

    /// The rule's fields that Exchange derives from its conditions, exceptions and actions, with what ours lead to.
    ///
    /// They show a condition that no watched field stands for.
    static let derived: [(field: String, wanted: Set<String>)] = [
        ("Actions", ["SetScl"]), ("Conditions", ["SenderIpRanges"]), ("Exceptions", []),
    ]

    /// `Microsoft.Exchange.…Tasks.SetSclAction` is `SetScl`.
    static func className(_ name: String) -> String {
        let last = name.split(separator: ".").last.map(String.init) ?? name
        for ending in ["Predicate", "Action"] where last.hasSuffix(ending) {
            return String(last.dropLast(ending.count))
        }
        return last
    }

    /// Which class names of derived fields a watched field accounts for when it is set.
    static let classes = [
        "ExceptIfFromScope": "FromScope", "ExceptIfSenderIpRanges": "SenderIpRanges", "FromScope": "FromScope",
        "RejectMessageReasonText": "RejectMessage", "RouteMessageOutboundConnector": "RouteMessageOutboundConnector",
        "SetAuditSeverity": "SetAuditSeverity", "SetHeaderName": "SetHeader",
    ]
}
