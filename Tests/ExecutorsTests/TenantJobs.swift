import Foundation
import JobModel
import Simulator

@testable import Executors

/// verify-tenant and disconnect-tenant on a bench, and an administrator who gets in their way.
extension Bench {
    /// A payload of verify-tenant.
    static func verifying(_ members: String = #""repair":"none""#) throws -> VerifyTenant {
        try VerifyTenant(data: Array(#"{"customer":"Contoso","requestedBy":"admin@contoso.com",\#(members)}"#.utf8))
    }

    /// A payload of disconnect-tenant.
    static func disconnecting(_ members: String = #""dryRun":false"#) throws -> DisconnectTenant {
        try DisconnectTenant(data: Array(#"{"customer":"Contoso","requestedBy":"admin@contoso.com",\#(members)}"#.utf8))
    }

    /// Verifies to the end; gives the last attempt.
    func verify(
        _ members: String = #""repair":"none""#,
        tenant: String = Scenario.contosoID,
        memo: String? = nil
    ) async throws -> Attempt {
        let executor = VerifyTenantExecutor(settings: self.settings)
        let payload = try Self.verifying(members)
        return try required(try await self.run(executor, payload, tenant: tenant, memo: memo).last)
    }

    /// The findings of a verification that changes nothing.
    func drift(tenant: String = Scenario.contosoID) async throws -> [DriftFinding] {
        try await self.verify(tenant: tenant).output(VerifyTenantOutput.self).findings
    }

    /// Disconnects to the end; gives the last attempt.
    func disconnect(
        _ members: String = #""dryRun":false"#,
        tenant: String = Scenario.contosoID,
        memo: String? = nil
    ) async throws -> Attempt {
        let executor = DisconnectTenantExecutor(settings: self.settings)
        let payload = try Self.disconnecting(members)
        return try required(try await self.run(executor, payload, tenant: tenant, memo: memo).last)
    }

    /// An administrator changes one of our objects.
    func edit(
        _ object: OurObject,
        _ parameters: [String: Simulator.JSONValue],
        tenant: String = Scenario.contosoID
    ) async throws {
        var action = AdminAction(.editObject)
        action.kind = object.rawValue
        action.identity = object.name
        action.parameters = parameters
        try await self.simulator.perform(action, tenant: tenant)
    }

    /// An administrator does something about an object, an application or a role.
    func act(
        _ name: AdminAction.Name,
        _ object: OurObject? = nil,
        role: String? = nil,
        tenant: String = Scenario.contosoID
    ) async throws {
        var action = AdminAction(name)
        action.kind = object?.rawValue
        action.identity = object?.name
        action.role = role
        try await self.simulator.perform(action, tenant: tenant)
    }

    /// Makes a connector of someone else that handles all mail.
    func makeForeignConnector(enabled: Bool) async throws {
        var action = AdminAction(.createObject)
        action.kind = "outbound-connector"
        action.parameters = [
            "Name": "Old filter", "ConnectorType": "Partner", "RecipientDomains": ["*"], "UseMXRecord": false,
            "SmartHosts": ["old.filter.example"], "Enabled": .flag(enabled),
        ]
        try await self.simulator.perform(action, tenant: Scenario.contosoID)
    }

    /// Publishes where a domain takes its mail.
    func publishMX(_ domain: String, _ hosts: [String]) throws {
        var name = ScenarioName(domain, text: "v=spf1 include:spf.protection.outlook.com -all")
        name.mx = hosts
        try self.simulator.publish([name])
    }
}

/// The three objects as the simulator's control names them.
enum OurObject: String, CaseIterable {
    case inbound = "inbound-connector"
    case outbound = "outbound-connector"
    case rule = "transport-rule"

    var name: String {
        switch self {
        case .inbound: "Inbound Connector for Example Gateway"
        case .outbound: "Outbound Connector for Example Gateway"
        case .rule: "Bypass Spam Filtering for Example Gateway"
        }
    }
}
