/// The steps of disconnect-tenant under the names that people see, in an order that loops no mail.
enum DisconnectTenantStep: String, CaseIterable {
    /// The token, its permissions and our service principal.
    case access
    /// Whether mail still comes in by the gateway.
    case mailFlow = "mail-flow"
    /// What would be taken away, and whether that was agreed to.
    case plan
    /// The grants, where they are missing: without them nobody can see what is left.
    case exchangeAccess = "exchange-access"
    /// No mail goes out by the gateway from here on.
    case outboundOff = "outbound-off"
    /// The rule.
    case bypassRule = "bypass-rule"
    /// Mail in.
    case inboundConnector = "inbound-connector"
    /// Mail out.
    case outboundConnector = "outbound-connector"
    /// Whether anything of ours is left in Exchange.
    case proof
    /// Exchange Administrator: with it goes our way into Exchange.
    case directoryRole = "directory-role"
    /// Exchange.ManageAsApp.
    case appRole = "app-role"
    /// The closing event.
    case notify

    /// Whether it only reads, and so belongs to a dry run.
    var onlyReads: Bool {
        switch self {
        case .access, .mailFlow, .plan: true
        case .exchangeAccess, .outboundOff, .bypassRule, .inboundConnector, .outboundConnector, .proof,
            .directoryRole, .appRole, .notify:
            false
        }
    }

    /// Whether it needs Exchange, and is behind us once Exchange has been proved clear.
    var isExchange: Bool {
        switch self {
        case .exchangeAccess, .outboundOff, .bypassRule, .inboundConnector, .outboundConnector, .proof: true
        case .access, .mailFlow, .plan, .directoryRole, .appRole, .notify: false
        }
    }
}
