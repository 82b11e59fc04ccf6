import Foundation

extension Scenario {
    /// Refuses what contradicts itself, naming the key.
    ///
    /// Connectors and rules are checked when the tenants are built, by the very cmdlets that would create them.
    package func validate() throws(SimulatorError) {
        try require(!tenants.isEmpty, "tenants is empty")
        try require((1...999).contains(pageSize), "pageSize must be 1 to 999")
        try require((0...60_000).contains(latencyMilliseconds), "latencyMilliseconds must be 0 to 60000")
        try require((1...86_400).contains(tokenLifetimeSeconds), "tokenLifetimeSeconds must be 1 to 86400")
        try require(tokenRequestsPerSecond > 0, "tokenRequestsPerSecond must be positive")
        try require((0...100_000).contains(clock.effectiveScale), "clock.scale must be 0 to 100000")
        try require(delays.all.allSatisfy { $0 >= 0 }, "delays must not be negative")
        try requireDistinct(applications.map { $0.clientID.lowercased() }, "applications.clientID")
        try requireDistinct(tenants.map { $0.id.lowercased() }, "tenants.id")
        let domains = tenants.flatMap { [$0.initialDomain] + $0.domains.map(\.name) }.map { $0.lowercased() }
        try requireDistinct(domains, "domain names")
        for application in applications { try validate(application) }
        for tenant in tenants { try validate(tenant) }
        for name in dns { try name.validate() }
    }

    private func validate(_ application: ScenarioApplication) throws(SimulatorError) {
        try require(UUID(uuidString: application.clientID) != nil, "applications.clientID must be a GUID")
        for permission in application.permissions { try validate(permission: permission) }
    }

    private func validate(_ tenant: ScenarioTenant) throws(SimulatorError) {
        try require(UUID(uuidString: tenant.id) != nil, "tenants.id '\(tenant.id)' must be a GUID")
        let clients = Set(applications.map { $0.clientID.lowercased() })
        for (client, permissions) in tenant.consents {
            try require(clients.contains(client.lowercased()), "consents names the unknown application \(client)")
            for permission in permissions { try validate(permission: permission) }
        }
        for (client, roles) in tenant.directoryRoles {
            try require(tenant.consents[client] != nil, "directoryRoles names \(client), which has no consent")
            for role in roles {
                try require(DirectoryRole.find(role) != nil, "directoryRoles names the unknown role '\(role)'")
            }
        }
        try validate(tenant.mail)
        for domain in tenant.domains {
            let federation = ["Managed", "Federated"].contains(domain.authenticationType)
            try require(federation, "authenticationType of \(domain.name) must be Managed or Federated")
            let isAccepted = [.authoritative, .internalRelay].contains(domain.acceptedAs)
            try require(domain.isVerified || !isAccepted, "\(domain.name) is accepted but not verified")
        }
    }

    private func validate(_ mail: ScenarioMail) throws(SimulatorError) {
        try require((0...1_000_000).contains(mail.population), "mail.population must be 0 to 1000000")
        for delivery in mail.deliveries {
            let id = delivery.internetMessageID
            try require(id.hasPrefix("<") && id.hasSuffix(">"), "mail.deliveries: '\(id)' needs angle brackets")
            try require((1...100).contains(delivery.copies), "mail.deliveries: copies must be 1 to 100")
            let isTime = (try? Date(delivery.receivedAt, strategy: .iso8601)) != nil
            try require(isTime, "mail.deliveries: receivedAt '\(delivery.receivedAt)' is no time")
            let isFlag = MailFlag.statuses.contains(delivery.flagStatus)
            try require(isFlag, "mail.deliveries: flagStatus must be one of \(MailFlag.statuses)")
        }
        for state in mail.states {
            try require((0...120_000).contains(state.milliseconds), "mail.states: milliseconds must be 0 to 120000")
            try require((0...3_600).contains(state.seconds), "mail.states: seconds must be 0 to 3600")
        }
        for members in mail.deliveries.compactMap(\.members) + mail.states.compactMap(\.members) {
            let isRange = members.first >= 1 && members.last >= members.first && members.step >= 1
            try require(isRange, "mail: members go from 1 up in steps of at least 1")
        }
        try require(mailboxLimits.concurrent > 0, "mailboxLimits.concurrent must be positive")
    }

    private func validate(permission: String) throws(SimulatorError) {
        try require(AppRole.named(permission) != nil, "the permission '\(permission)' is unknown")
    }

    private func requireDistinct(_ values: [String], _ what: String) throws(SimulatorError) {
        try require(Set(values).count == values.count, "\(what) must be distinct")
    }

    private func require(_ condition: Bool, _ detail: String) throws(SimulatorError) {
        guard condition else { throw SimulatorError(code: .badScenario, detail: detail) }
    }
}
