import JobModel
import Microsoft365

/// Our own service principal and Exchange Online's.
extension TenantChanging {
    /// Finds the two service principals; their ids differ in every tenant.
    mutating func findPrincipals() async throws {
        guard let own = try await self.tenant.graph.servicePrincipal(appID: self.settings.application.clientID) else {
            throw Waiting(
                for: .consent,
                Problem(.consentMissing, "Our service principal is not in the tenant, or not visible yet.")
            )
        }
        guard own.isEnabled != false else {
            throw Problem(.applicationDisabled, "An administrator has disabled our service principal \(own.id).")
        }
        guard let exchange = try await self.tenant.graph.servicePrincipal(appID: WellKnown.exchangeAppID) else {
            throw Problem(.exchangeMissing, "Exchange Online's service principal is not in the tenant.")
        }
        self.principals = Principals(own: own.id, exchange: exchange.id)
    }

    /// The principals that an earlier step has found.
    func foundPrincipals() throws(Problem) -> Principals {
        guard let principals else { throw Problem(.internalError, "A grant was reached without service principals.") }
        return principals
    }
}
