import JobModel
import MailPolicy
import Microsoft365

/// The tenant's domains, as Entra, Exchange and DNS show them.
extension TenantAttempt {
    /// Holds the three against each other; `accepted` is nil when Exchange could not be asked.
    func domainImport(
        entra: [Domain],
        accepted: [AcceptedDomain]?,
        claimed: [String]
    ) async throws -> DomainImport {
        var mailExchanges: [String: String] = [:]
        for domain in entra where domain.isImportable {
            mailExchanges[domain.name] = try await self.mailExchange(of: domain.name)
        }
        return DomainImport(
            entra: entra,
            accepted: accepted,
            mailExchanges: mailExchanges,
            current: await self.currentMailExchanges(of: entra),
            claimed: claimed
        )
    }

    /// Where mail for each importable domain goes today; all are asked at once, as one silent server must not add up.
    func currentMailExchanges(of domains: [Domain]) async -> [String: MailExchange.Finding] {
        let dns = self.settings.dns
        return await withTaskGroup(of: (String, MailExchange.Finding).self) { group in
            for domain in domains where domain.isImportable {
                group.addTask { (domain.name, await MailExchange.find(domain.name, dns)) }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }

    private func mailExchange(of domain: String) async throws -> String? {
        do {
            return DomainImport.mailExchange(
                in: try await self.tenant.graph.serviceConfigurationRecords(of: domain)
            )
        } catch let error where error.code == .notFound {
            return nil  // Graph states none for this domain
        }
    }
}
