/// The steps of verify-tenant under the names that people see, in their order.
enum VerifyTenantStep: String, CaseIterable {
    /// Whether the tenant knows us, and what our tokens hold.
    case access
    /// The two grants that open Exchange.
    case grants
    /// The connectors and the rule.
    case exchange
    /// The tenant's domains, their MX and SPF records.
    case domains
    /// What repairing would change, and whether that was agreed to.
    case plan
    /// The events about what was found.
    case report
    /// The grants, where they are missing.
    case repairGrants = "repair-grants"
    /// The connectors and the rule, field by field.
    case repairObjects = "repair-objects"
    /// Whether people are told.
    case notify

    /// Whether it changes the tenant.
    var isRepair: Bool {
        switch self {
        case .repairGrants, .repairObjects: true
        case .access, .grants, .exchange, .domains, .plan, .report, .notify: false
        }
    }
}
