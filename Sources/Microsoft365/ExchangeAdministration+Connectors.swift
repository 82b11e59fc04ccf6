import Foundation

extension ExchangeAdministration {
    /// All inbound connectors.
    package func inboundConnectors() async throws(Microsoft365Error) -> [InboundConnector] {
        try await self.all("InboundConnector")
    }

    /// One inbound connector, or nil when there is none of that identity.
    ///
    /// What comes back is checked to be the one asked for.
    package func inboundConnector(identity: String) async throws(Microsoft365Error) -> InboundConnector? {
        try await self.one("InboundConnector", identity)
    }

    /// Makes an inbound connector and returns it as Exchange shows it.
    ///
    /// Not repeatable: throws `alreadyExists` for a taken name. On `interrupted` look for it by name and marker.
    @discardableResult
    package func newInboundConnector(
        _ settings: InboundConnectorSettings
    ) async throws(Microsoft365Error) -> InboundConnector {
        try await self.new("InboundConnector", settings.parameters)
    }

    /// Changes the given settings of an inbound connector.
    package func setInboundConnector(
        identity: String,
        _ settings: InboundConnectorSettings
    ) async throws(Microsoft365Error) {
        try await self.set("InboundConnector", identity, settings.parameters)
    }

    /// Removes an inbound connector; true when it was there, false when it was gone already.
    @discardableResult
    package func removeInboundConnector(identity: String) async throws(Microsoft365Error) -> Bool {
        try await self.remove("InboundConnector", identity)
    }

    /// All outbound connectors, also those in test mode and those for transport rules.
    ///
    /// A plain listing may hide the last two, so three listings are united by GUID, sorted by name.
    package func outboundConnectors() async throws(Microsoft365Error) -> [OutboundConnector] {
        var connectors: [UUID: OutboundConnector] = [:]
        for filter in ["", "IncludeTestModeConnectors", "IsTransportRuleScoped"] {
            let parameters: [String: JSONValue] = filter.isEmpty ? [:] : [filter: true]
            let found: [OutboundConnector] = try await self.all("OutboundConnector", parameters)
            for connector in found {
                if let guid = connector.guid { connectors[guid] = connector }
            }
        }
        return connectors.values.sorted { $0.name < $1.name }
    }

    /// One outbound connector, or nil when there is none of that identity.
    ///
    /// What comes back is checked to be the one asked for.
    package func outboundConnector(identity: String) async throws(Microsoft365Error) -> OutboundConnector? {
        try await self.one("OutboundConnector", identity)
    }

    /// Makes an outbound connector and returns it as Exchange shows it.
    ///
    /// Refused with `invalidRequest`, unsent, when the settings do not say whether it is enabled: Exchange would enable it. Not
    /// repeatable: throws `alreadyExists` for a taken name. On `interrupted` look for it by name and marker.
    @discardableResult
    package func newOutboundConnector(
        _ settings: OutboundConnectorSettings
    ) async throws(Microsoft365Error) -> OutboundConnector {
        guard settings.isEnabled != nil else {
            throw self.failure(.invalidRequest, ExchangeCommand(name: "New-OutboundConnector"))
        }
        return try await self.new("OutboundConnector", settings.parameters)
    }

    /// Changes the given settings of an outbound connector.
    package func setOutboundConnector(
        identity: String,
        _ settings: OutboundConnectorSettings
    ) async throws(Microsoft365Error) {
        try await self.set("OutboundConnector", identity, settings.parameters)
    }

    /// Removes an outbound connector; true when it was there, false when it was gone already.
    @discardableResult
    package func removeOutboundConnector(identity: String) async throws(Microsoft365Error) -> Bool {
        try await self.remove("OutboundConnector", identity)
    }
}
