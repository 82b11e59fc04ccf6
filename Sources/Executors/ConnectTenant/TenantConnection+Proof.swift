import JobModel
import Microsoft365

/// What has to be true before anything is written, all of it read.
extension TenantConnection {
    /// Gets in, checks what was consented to, and that a claimed domain is the tenant's.
    ///
    /// A consent alone proves nothing: anyone can consent in a tenant of their own and name someone else's domain.
    mutating func proveTenant() async throws {
        try await self.requirePermissions(of: .connectTenant)
        self.entraDomains = try await self.tenant.graph.domains()
        let verified = DomainImport.verified(self.entraDomains)
        guard self.job.claimedDomains.contains(where: { verified.contains($0.lowercased()) }) else {
            let claims = self.job.claimedDomains.joined(separator: ", ")
            throw Problem(.tenantNotProved, "Claimed, but not verified in the tenant: \(claims).")
        }
    }
}
