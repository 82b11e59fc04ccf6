import JobModel
import Microsoft365

/// What has to be true before anything is written, all of it read.
extension TenantConnection {
    /// Our two ends of a grant: who gets it, and on what.
    struct Principals {
        /// The object id of our own service principal.
        let own: String
        /// The object id of Exchange Online's.
        let exchange: String
    }

    /// Gets in, checks what was consented to, and that a claimed domain is the tenant's.
    ///
    /// A consent alone proves nothing: anyone can consent in a tenant of their own and name someone else's domain.
    mutating func proveTenant() async throws {
        let token = try await self.tenant.login.token(for: .graph)
        let missing = Self.missingPermissions(roles: token.roles)
        guard missing.isEmpty else {
            let names = missing.joined(separator: ", ")
            throw Waiting(
                for: .permissions,
                Problem(.permissionMissing, "Not granted, or not yet in effect: \(names).")
            )
        }
        self.entraDomains = try await self.tenant.graph.domains()
        let verified = DomainImport.verified(self.entraDomains)
        guard self.job.claimedDomains.contains(where: { verified.contains($0.lowercased()) }) else {
            let claims = self.job.claimedDomains.joined(separator: ", ")
            throw Problem(.tenantNotProved, "Claimed, but not verified in the tenant: \(claims).")
        }
    }

    /// The Graph permissions that this job needs and a token does not carry; sorted.
    ///
    /// Pure.
    static func missingPermissions(roles: Set<String>) -> [String] {
        Permission.needed(by: JobType.connectTenant.rawValue)
            .filter { $0.resource == .graph && !roles.contains($0.value) }
            .map(\.value).sorted()
    }

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
