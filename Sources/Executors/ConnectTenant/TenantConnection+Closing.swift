import JobModel
import Microsoft365

/// What a connected tenant brings: its domains, its directory, and the news of it.
extension TenantConnection {
    /// Imports the tenant's domains, with the hosts their mail is delivered to.
    mutating func importDomains() async throws {
        // Without a survey this is a dry run that could not enter Exchange; any other job has waited for it.
        let accepted = self.survey == nil ? nil : try await self.tenant.exchange.acceptedDomains()
        self.imported = try await self.domainImport(
            entra: self.entraDomains,
            accepted: accepted,
            claimed: self.job.claimedDomains
        )
    }

    /// Finds out whether users and groups can be read; the synchronisation itself is another job.
    mutating func probeDirectory() async throws {
        let graph = self.tenant.graph
        let users = try await self.canRead { _ = try await graph.probeUsers() }
        let groups = try await self.canRead { _ = try await graph.probeGroups() }
        if !users { self.warnings.append("Users cannot be read; directory synchronisation needs User.Read.All.") }
        if !groups { self.warnings.append("Groups cannot be read; directory synchronisation needs Group.Read.All.") }
        self.directory = DirectoryAccess(users: users, groups: groups, filters: self.directoryFilters)
    }

    /// What of the directory is to be imported: users of the imported domains, as the worker is set up for the rest.
    private var directoryFilters: DirectoryFilters {
        var filters = self.settings.directory.filters
        let imported = (self.imported?.domains ?? []).filter(\.isImported).map(\.name)
        if !imported.isEmpty { filters.domains = imported }
        return filters
    }

    private func canRead(_ probe: () async throws -> Void) async throws -> Bool {
        do {
            try await probe()
            return true
        } catch let error as Microsoft365Error where error.code == .forbidden {
            return false
        }
    }

    /// Sends the closing events, once a job.
    mutating func announce() {
        guard !self.memo.isAnnounced else { return }
        let imported = (self.imported?.domains ?? []).filter(\.isImported).map(\.name)
        self.context.event(
            .tenantConnected,
            TenantConnected(customer: self.job.customer, importedDomains: imported, objects: self.objects)
        )
        self.context.notify(
            self.job.notify,
            .tenantConnected(domains: imported, changes: self.memo.changes.count),
            customer: self.job.customer,
            requestedBy: self.job.requestedBy,
            language: self.job.language
        )
        self.memo.isAnnounced = true
        self.remember()
    }
}
