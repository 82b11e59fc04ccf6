import Foundation
import JobModel
import Simulator
import TestSupport

@testable import Executors

/// The outbound jobs on a bench whose tenant is connected, with DNS as a test publishes it.
extension Bench {
    /// What the domains of the demo have to publish for the test gateway.
    static let rightRecord = "v=spf1 include:spf.protection.outlook.com include:spf.gateway.example -all"
    /// What they publish before anyone has moved to a gateway.
    static let oldRecord = "v=spf1 include:spf.protection.outlook.com -all"
    /// The relay domains of the demo tenant.
    static let relayDomains = ["contoso.com", "plant.contoso.com"]
    /// How many objects connecting makes where both grants are given.
    private static let connectedEffects = 3
    /// What enabling leaves behind, beyond what connecting did.
    static let enabledOnce = ["changed outbound-connector"]

    /// Runs a test with a connected tenant and a gateway whose own record names its addresses.
    static func withConnected(
        _ scenario: Scenario = .grantedDemo,
        gateway: GatewayProfile? = nil,
        isolation: isolated (any Actor)? = #isolation,
        _ body: (Bench) async throws -> Void
    ) async throws {
        try await Bench.with(scenario, gateway: gateway) { bench in
            _ = try await bench.connect()
            try bench.publishGateway()
            try await body(bench)
        }
    }

    /// Publishes the gateway's own record.
    func publishGateway() throws {
        var name = ScenarioName("spf.gateway.example", text: "v=spf1 ip4:192.0.2.10 ip6:2001:db8::25 -all")
        name.ns = ["ns1.contoso.com"]
        try self.simulator.publish([name])
    }

    /// A domain of the demo with another record: nil leaves it without one.
    static func name(_ domain: String, _ text: String?, view: DNSView? = nil) -> ScenarioName {
        var name = text.map { ScenarioName(domain, text: $0) } ?? ScenarioName(domain)
        if domain == "contoso.com" { name.ns = ["ns1.contoso.com"] }
        name.view = view
        return name
    }

    /// Publishes one record at every relay domain.
    func publish(_ text: String?, view: DNSView? = nil) throws {
        try self.simulator.publish(Self.relayDomains.map { Self.name($0, text, view: view) })
    }

    static func enabling(_ members: String = "") throws -> EnableOutboundConnector {
        let more = members.isEmpty ? "" : ",\(members)"
        let json = #"{"customer":"Contoso","requestedBy":"admin@contoso.com"\#(more)}"#
        return try EnableOutboundConnector(data: Array(json.utf8))
    }

    static func disabling(_ members: String = "") throws -> DisableOutboundConnector {
        let more = members.isEmpty ? "" : ",\(members)"
        let json = #"{"customer":"Contoso","requestedBy":"admin@contoso.com"\#(more)}"#
        return try DisableOutboundConnector(data: Array(json.utf8))
    }

    /// Runs one attempt to enable.
    func enable(
        _ members: String = "",
        memo: String? = nil,
        since: Date? = nil,
        killedAfter last: Int? = nil
    ) async throws -> Attempt {
        try await self.attempt(
            EnableOutboundConnectorExecutor(settings: self.settings),
            try Self.enabling(members),
            memo: memo,
            since: since,
            killedAfter: last
        )
    }

    /// Runs one attempt to disable.
    func disable(_ members: String = "", memo: String? = nil, killedAfter last: Int? = nil) async throws -> Attempt {
        try await self.attempt(
            DisableOutboundConnectorExecutor(settings: self.settings),
            try Self.disabling(members),
            memo: memo,
            killedAfter: last
        )
    }

    /// Whether our connector is in force, as the tenant itself shows it.
    func isOutboundEnabled() async throws -> Bool? {
        let tenant = try required(await self.simulator.tenant(Scenario.contosoID))
        return tenant.outboundConnectors.first { $0["Name"]?.text?.hasPrefix("Outbound Connector for") == true }?[
            "Enabled"
        ]?.flag
    }

    /// What was changed since the tenant was connected.
    func laterEffects() async -> [String] { Array(await self.ownEffects().dropFirst(Self.connectedEffects)) }
}
