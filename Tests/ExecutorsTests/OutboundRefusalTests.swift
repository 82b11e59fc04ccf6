import JobModel
import Simulator
import TestSupport
import Testing

@testable import Executors

@Suite("Outbound jobs that have to be refused")
struct OutboundRefusalTests {
    private static func edit(_ parameters: [String: Simulator.JSONValue], _ bench: Bench) async throws {
        var action = AdminAction(.editObject)
        action.kind = "outbound-connector"
        action.identity = "Outbound Connector for Example Gateway"
        action.parameters = parameters
        try await bench.simulator.perform(action, tenant: Scenario.contosoID)
    }

    @Test(
        "A domain that is not the tenant's, and a tenant without a domain of its own: one clear problem each",
        arguments: [
            (#""relayDomains":["contoso.com","fabrikam.com"]"#, .domainNotOwned, "fabrikam.com"),
            (#""relayDomains":["new.contoso.com"]"#, .domainNotOwned, "new.contoso.com is not verified"),
            (#""relayDomains":["contoso.onmicrosoft.com"]"#, .relayDomainMissing, "contoso.onmicrosoft.com"),
        ] as [(String, ProblemCode, String)]
    )
    func domains(members: String, code: ProblemCode, words: String) async throws {
        try await Bench.withConnected { bench in
            try bench.publish(Bench.rightRecord)
            let attempt = try await bench.enable(members)
            #expect(attempt.problem?.code == code)
            #expect(attempt.problem?.detail.contains(words) == true, "\(attempt.problem?.detail ?? "")")
            #expect(await bench.laterEffects().isEmpty)
        }
    }

    @Test("A gateway profile without egress addresses is named, with force too")
    func noAddresses() async throws {
        let gateway = try GatewayProfile(
            name: "Example Gateway",
            inboundRanges: ["198.51.100.0/24"],
            smartHosts: ["out1.gateway.example"],
            egressAddresses: [],
            spfMechanism: "include:spf.gateway.example",
            mxHosts: []
        )
        try await Bench.withConnected(gateway: gateway) { bench in
            for members in ["", #""force":{"reason":"x"}"#] {
                let attempt = try await bench.enable(members)
                #expect(attempt.problem?.code == .configurationRejected)
                #expect(attempt.problem?.detail.contains("gateway.egress-addresses") == true)
            }
            #expect(try await bench.isOutboundEnabled() == false)
        }
    }

    @Test("A tenant that is not connected has nothing to enable or disable")
    func notConnected() async throws {
        try await Bench.withConnected { bench in
            var action = AdminAction(.deleteObject)
            action.kind = "outbound-connector"
            action.identity = "Outbound Connector for Example Gateway"
            try await bench.simulator.perform(action, tenant: Scenario.contosoID)
            #expect(try await bench.enable().problem?.code == .tenantNotConnected)
            #expect(try await bench.disable().problem?.code == .tenantNotConnected)
        }
    }

    @Test(
        "A connector that somebody has changed would send mail where nobody checked",
        arguments: [
            (["SmartHosts": .array(["mx.other.example"])], "SmartHosts is mx.other.example"),
            (["RecipientDomains": .array(["bank.example"])], "RecipientDomains"),
            (["TestMode": true], "TestMode is true"),
            (["IsTransportRuleScoped": true], "IsTransportRuleScoped is true"),
        ] as [([String: Simulator.JSONValue], String)]
    )
    func drifted(parameters: [String: Simulator.JSONValue], words: String) async throws {
        try await Bench.withConnected { bench in
            try bench.publish(Bench.rightRecord)
            try await Self.edit(parameters, bench)
            let attempt = try await bench.enable()
            #expect(attempt.problem?.code == .connectorDrifted)
            #expect(attempt.problem?.detail.contains(words) == true, "\(attempt.problem?.detail ?? "")")
            #expect(try await bench.isOutboundEnabled() == false)
        }
    }

    @Test("A renamed connector is ours still, and is enabled and disabled under its new name")
    func renamed() async throws {
        try await Bench.withConnected { bench in
            try bench.publish(Bench.rightRecord)
            try await Self.edit(["Name": "Mail out"], bench)
            let output = try await bench.enable().output(EnableOutboundConnectorOutput.self)
            #expect(output.connector.name == "Mail out")
            #expect(output.connector.isEnabled)
            #expect(try await bench.disable().output(DisableOutboundConnectorOutput.self).connector.isEnabled == false)
        }
    }

    @Test("A connector of someone else for all domains is a conflict for enabling, never for disabling")
    func rival() async throws {
        try await Bench.withConnected { bench in
            try bench.publish(Bench.rightRecord)
            var action = AdminAction(.createObject)
            action.kind = "outbound-connector"
            action.parameters = [
                "Name": "Other filter", "ConnectorType": "Partner", "RecipientDomains": .array(["*"]),
                "UseMXRecord": false, "SmartHosts": .array(["mx.other.example"]),
            ]
            try await bench.simulator.perform(action, tenant: Scenario.contosoID)
            #expect(try await bench.enable().problem?.code == .connectorConflict)
            #expect(try await bench.disable().problem == nil)
        }
    }

    @Test("A permission that was taken back is waited for, then named")
    func permission() async throws {
        var scenario = Scenario.grantedDemo
        for index in scenario.tenants.indices where scenario.tenants[index].id == Scenario.contosoID {
            scenario.tenants[index].consents = scenario.tenants[index].consents.mapValues {
                $0.filter { $0 != "Domain.Read.All" }
            }
        }
        try await Bench.with(scenario) { bench in
            let attempt = try await bench.enable()
            #expect(attempt.outcome.isPostponed)
            #expect(attempt.problem?.code == .permissionMissing)
            #expect(attempt.problem?.detail.contains("Domain.Read.All") == true)
        }
    }
}
