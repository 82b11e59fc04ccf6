/// The steps of connect-tenant under the names that people see, in their order.
enum ConnectTenantStep: String, CaseIterable {
    /// The token, its permissions, and a claimed domain that is verified: nothing is written before.
    case proveTenant = "prove-tenant"
    /// Our own service principal and Exchange's.
    case servicePrincipal = "service-principal"
    /// What would be changed, and whether that was agreed to.
    case plan
    /// Exchange.ManageAsApp.
    case appRole = "app-role"
    /// Exchange Administrator.
    case directoryRole = "directory-role"
    /// Whether Exchange honours both.
    case exchangeAccess = "exchange-access"
    /// The tenant's domains in both services.
    case domains
    /// Opening the tenant for customisation, where it has to be.
    case organizationCustomization = "organization-customization"
    /// Mail in.
    case inboundConnector = "inbound-connector"
    /// Mail out, disabled.
    case outboundConnector = "outbound-connector"
    /// No second spam filter.
    case bypassRule = "bypass-rule"
    /// Whether users and groups can be read.
    case directory
    /// The closing events.
    case notify

    /// Whether it only reads, and so belongs to a dry run.
    var onlyReads: Bool {
        switch self {
        case .proveTenant, .servicePrincipal, .plan, .domains, .directory: true
        case .appRole, .directoryRole, .exchangeAccess, .organizationCustomization, .inboundConnector,
            .outboundConnector, .bypassRule, .notify:
            false
        }
    }

    /// The steps of a job.
    static func steps(dryRun: Bool) -> [ConnectTenantStep] {
        dryRun ? Self.allCases.filter(\.onlyReads) : Self.allCases
    }
}
