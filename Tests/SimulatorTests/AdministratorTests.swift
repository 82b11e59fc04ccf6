import Foundation
import Simulator
import TestSupport
import Testing

@Suite("An administrator acts, and Exchange shows it its own way")
struct AdministratorTests {
    @Test("A rule tells who made it and who changed it last, a connector only when")
    func whoChanged() async throws {
        try await withSimulator(.grantedDemo) { simulator in
            let client = simulator.client
            _ = try await client.cmdlet("New-TransportRule", .object(CmdletTests.rule))
            _ = try await client.cmdlet("New-InboundConnector", .object(CmdletTests.inbound))
            var edit = AdminAction(.editObject)
            edit.kind = "transport-rule"
            edit.identity = "Bypass"
            edit.parameters = ["Mode": "Audit"]
            edit.by = "Nestor Wilke"
            await simulator.advance(by: 60)
            try await simulator.perform(edit, tenant: Scenario.contosoID)
            let rule = try await client.cmdlet("Get-TransportRule", ["Identity": "Bypass"]).records.first
            #expect(rule?["LastModifiedBy"] == "Nestor Wilke")
            #expect(rule?["CreatedBy"]?.text?.isEmpty == false)
            #expect(rule?["CreatedBy"] != rule?["LastModifiedBy"])
            let connector = try await client.cmdlet("Get-InboundConnector", ["Identity": "Gateway in"]).records.first
            #expect(connector?["LastModifiedBy"] == nil)
            #expect(connector?["WhenChangedUTC"] != nil)
        }
    }

    @Test("The odd spelling means the same: order, case, dots, brackets, null for empty, texts for truth values")
    func oddSpelling() async throws {
        var scenario = Scenario.grantedDemo
        scenario.switches.spelling = .odd
        try await withSimulator(scenario) { simulator in
            var outbound = CmdletTests.outbound
            outbound["SmartHosts"] = ["smtp.gateway.example", "192.0.2.7"]
            let made = try await simulator.client.cmdlet("New-OutboundConnector", .object(outbound)).records.first
            #expect(made?["SmartHosts"] == ["192.0.2.7", "SMTP.GATEWAY.EXAMPLE."])
            #expect(made?["Enabled"] == "True")
            #expect(made?["ValidationRecipients"] == .null)
            #expect(made?["TlsDomain"] == "")
            #expect(made?["ConnectorSource"] == "AdminUI")
            var inbound = CmdletTests.inbound
            inbound["SenderIPAddresses"] = ["192.0.2.0/24", "198.51.100.7"]
            let connector = try await simulator.client.cmdlet("New-InboundConnector", .object(inbound)).records.first
            #expect(connector?["SenderIPAddresses"] == ["198.51.100.7/32", "192.0.2.0/24"])
            #expect(connector?["SenderDomains"] == ["SMTP:*;1"])
        }
    }

    @Test(
        "What is for an organisation's own servers is refused on a partner's connector",
        arguments: ["CloudServicesMailEnabled", "RouteAllMessagesViaOnPremises", "SenderRewritingEnabled"]
    )
    func partnersOnly(field: String) async throws {
        try await withSimulator(.grantedDemo) { simulator in
            var outbound = CmdletTests.outbound
            outbound[field] = true
            let refused = try await simulator.client.cmdlet("New-OutboundConnector", .object(outbound))
            #expect(refused.status == 400)
            outbound["ConnectorType"] = "OnPremises"
            #expect(try await simulator.client.cmdlet("New-OutboundConnector", .object(outbound)).status == 200)
        }
    }

    @Test("A connector that a rule leads mail to is not removed, and a removed one shows for a while")
    func removal() async throws {
        var scenario = Scenario.grantedDemo
        scenario.delays.exchangeRemovalSeconds = 30
        try await withSimulator(scenario) { simulator in
            let client = simulator.client
            _ = try await client.cmdlet("New-OutboundConnector", .object(CmdletTests.outbound))
            _ = try await client.cmdlet(
                "New-TransportRule",
                ["Name": "Route", "RouteMessageOutboundConnector": "Gateway out"]
            )
            let remove: JSONValue = ["Identity": "Gateway out", "Confirm": false]
            #expect(try await client.cmdlet("Remove-OutboundConnector", remove).status == 400)
            _ = try await client.cmdlet("Remove-TransportRule", ["Identity": "Route", "Confirm": false])
            #expect(try await client.cmdlet("Remove-OutboundConnector", remove).status == 200)
            #expect(try await client.cmdlet("Get-OutboundConnector", [:]).records.count == 1, "a replica lags")
            #expect(try await client.cmdlet("Remove-OutboundConnector", remove).status == 400, "it is gone")
            await simulator.advance(by: 31)
            #expect(try await client.cmdlet("Get-OutboundConnector", [:]).records.isEmpty)
        }
    }

    @Test("Roles can be given beyond what is needed, and a domain can be taken away")
    func grants() async throws {
        try await withSimulator(.grantedDemo) { simulator in
            for (name, role) in [
                (AdminAction.Name.grantAppRole, "Directory.Read.All"), (.grantDirectoryRole, "Global Administrator"),
            ] {
                var action = AdminAction(name)
                action.role = role
                try await simulator.perform(action, tenant: Scenario.contosoID)
            }
            var removal = AdminAction(.removeDomain)
            removal.identity = "plant.contoso.com"
            try await simulator.perform(removal, tenant: Scenario.contosoID)
            let tenant = try #require(await simulator.tenant(Scenario.contosoID))
            #expect(tenant.applications.flatMap(\.appRoles).contains("Directory.Read.All"))
            #expect(tenant.applications.flatMap(\.directoryRoles).contains("Global Administrator"))
            #expect(!tenant.domains.contains { $0["id"]?.text == "plant.contoso.com" })
            await #expect(throws: SimulatorError.self) {
                try await simulator.perform(removal, tenant: Scenario.contosoID)
            }
        }
    }
}
