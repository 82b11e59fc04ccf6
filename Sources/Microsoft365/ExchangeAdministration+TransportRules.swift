extension ExchangeAdministration {
    /// All mail flow rules.
    package func transportRules() async throws(Microsoft365Error) -> [TransportRule] {
        try await self.all("TransportRule")
    }

    /// One mail flow rule, or nil when there is none of that identity.
    ///
    /// What comes back is checked to be the one asked for.
    package func transportRule(identity: String) async throws(Microsoft365Error) -> TransportRule? {
        try await self.one("TransportRule", identity)
    }

    /// Makes a mail flow rule, in force or not, and returns it as Exchange shows it.
    ///
    /// Not repeatable: throws `alreadyExists` for a taken name. On `interrupted` look for it by name and marker.
    @discardableResult
    package func newTransportRule(
        _ settings: TransportRuleSettings,
        enabled: Bool
    ) async throws(Microsoft365Error) -> TransportRule {
        try await self.new("TransportRule", settings.parameters.merging(["Enabled": .bool(enabled)]) { $1 })
    }

    /// Changes the given settings of a mail flow rule.
    package func setTransportRule(
        identity: String,
        _ settings: TransportRuleSettings
    ) async throws(Microsoft365Error) {
        try await self.set("TransportRule", identity, settings.parameters)
    }

    /// Puts a mail flow rule in force.
    package func enableTransportRule(identity: String) async throws(Microsoft365Error) {
        _ = try await self.run(try self.command("Enable-TransportRule", identity, ["Confirm": false]))
    }

    /// Puts a mail flow rule out of force.
    package func disableTransportRule(identity: String) async throws(Microsoft365Error) {
        _ = try await self.run(try self.command("Disable-TransportRule", identity, ["Confirm": false]))
    }

    /// Removes a mail flow rule; true when it was there, false when it was gone already.
    @discardableResult
    package func removeTransportRule(identity: String) async throws(Microsoft365Error) -> Bool {
        try await self.remove("TransportRule", identity)
    }
}
