import Foundation
import JobModel
import Simulator
import TestSupport
import Testing

@testable import Executors

@Suite("Connecting a tenant")
struct ConnectTenantTests {
    private static var slow: Scenario {
        var scenario = Scenario.virtualDemo
        scenario.delays.appRoleInTokenSeconds = 40
        scenario.delays.appRoleInExchangeSeconds = 60
        scenario.delays.directoryRoleInTokenSeconds = 90
        scenario.delays.directoryRoleInExchangeSeconds = 120
        scenario.delays.graphVisibilitySeconds = 10
        scenario.delays.exchangeVisibilitySeconds = 20
        return scenario
    }

    @Test("A fresh tenant is connected after some waiting, and everything is made once")
    func fresh() async throws {
        try await Bench.with(Self.slow) { bench in
            let payload = try Bench.payload(#""claimedDomains":["contoso.com"],"notify":["admin@contoso.com"]"#)
            let attempts = try await bench.run(payload)
            let output = try required(attempts.last).output()
            #expect(attempts.count > 3)
            #expect(await bench.ownEffects() == everythingOnce)
            #expect(
                output.changes.map(\.kind) == [
                    .appRoleAssignment, .directoryRoleAssignment, .inboundConnector, .outboundConnector, .bypassRule,
                ]
            )
            #expect(output.plan.changes.map(\.kind) == [.appRoleAssignment, .directoryRoleAssignment])
            #expect(output.plan.unknown.count == 4)
            #expect(output.objects.map(\.isEnabled) == [true, true, true, false, true])
            #expect(output.domains.filter(\.isImported).map(\.name) == ["contoso.com", "plant.contoso.com"])
            #expect(
                output.domains.first { $0.name == "contoso.com" }?.mailExchange?.hasPrefix("contoso-com.") == true
            )
            #expect(output.directory?.users == true)
            #expect(output.directory?.groups == true)
            #expect(output.directory?.filters?.domains == ["contoso.com", "plant.contoso.com"])
            #expect(
                attempts.flatMap(\.events)
                    == Array(repeating: "tenant.changed", count: 5) + ["tenant.connected", "notification.requested"]
            )
            #expect(await bench.simulator.violations().isEmpty)
            let told = attempts.flatMap(\.steps).compactMap(ConnectTenantStep.init(rawValue:))
            #expect(Set(told).count == 13)
            let places = told.compactMap { ConnectTenantStep.allCases.firstIndex(of: $0) }
            #expect(places == places.sorted(), "no step is told again once it is behind")
        }
    }

    @Test("The outbound connector is really disabled, and the others are in force")
    func outboundDisabled() async throws {
        try await Bench.with(.grantedDemo) { bench in
            _ = try await bench.connect()
            let tenant = try required(await bench.simulator.tenant(Scenario.contosoID))
            let outbound = try required(tenant.outboundConnectors.first)
            #expect(outbound["Enabled"]?.flag == false)
            #expect(outbound["UseMXRecord"]?.flag == false)
            #expect(tenant.inboundConnectors.last?["Enabled"]?.flag == true)
            #expect(tenant.transportRules.first?["State"]?.text == "Enabled")
            let journal = await bench.simulator.journal(route: "exchange.*OutboundConnector")
            #expect(journal.isEmpty || journal.last?.route == "exchange.Get-OutboundConnector")
        }
    }

    @Test("The steps are told in their order, and the dry run's are those that only read")
    func steps() async throws {
        try await Bench.with(.grantedDemo) { bench in
            let attempts = try await bench.run(try Bench.payload())
            #expect(attempts.last?.steps == ConnectTenantStep.allCases.map(\.rawValue))
            let dry = try await bench.run(try Bench.payload(#""claimedDomains":["contoso.com"],"dryRun":true"#))
            #expect(dry.last?.steps == ["prove-tenant", "service-principal", "plan", "domains", "directory"])
        }
    }

    @Test("A second run changes nothing and finds the same objects")
    func twice() async throws {
        try await Bench.with { bench in
            let first = try await bench.connect()
            let effects = await bench.simulator.effects(tenant: Scenario.contosoID)
            let second = try await bench.connect()
            #expect(second.changes.isEmpty)
            #expect(second.plan.changes.isEmpty)
            #expect(second.objects == first.objects)
            #expect(await bench.simulator.effects(tenant: Scenario.contosoID) == effects)
        }
    }

    @Test("An outbound connector that someone has enabled since is left enabled")
    func enabledSince() async throws {
        try await Bench.with { bench in
            let first = try await bench.connect()
            var enabling = AdminAction(.editObject)
            enabling.kind = "outbound-connector"
            enabling.identity = first.objects.first { $0.kind == .outboundConnector }?.id
            enabling.parameters = ["Enabled": true]
            try await bench.simulator.perform(enabling, tenant: Scenario.contosoID)
            let second = try await bench.connect()
            #expect(second.changes.isEmpty)
            #expect(second.objects.first { $0.kind == .outboundConnector }?.isEnabled == true)
        }
    }

    @Test("What an administrator changed on our objects is mended, and told field by field")
    func mends() async throws {
        try await Bench.with { bench in
            let first = try await bench.connect()
            var edit = AdminAction(.editObject)
            edit.kind = "inbound-connector"
            edit.identity = first.objects.first { $0.kind == .inboundConnector }?.id
            edit.parameters = ["Name": "Ours, renamed", "RequireTls": false]
            try await bench.simulator.perform(edit, tenant: Scenario.contosoID)
            var disable = AdminAction(.disableRule)
            disable.identity = first.objects.first { $0.kind == .bypassRule }?.id
            try await bench.simulator.perform(disable, tenant: Scenario.contosoID)
            let second = try await bench.connect()
            #expect(
                second.changes.map { $0.fields.map { "\($0.field): \($0.before ?? "nil") > \($0.after ?? "-")" } } == [
                    ["RequireTls: false > true"], ["State: Disabled > Enabled"],
                ]
            )
            #expect(second.changes.first?.name == "Ours, renamed", "a name is the administrator's")
            #expect(second.objects.map(\.id) == first.objects.map(\.id))
            #expect(try await bench.connect().changes.isEmpty)
        }
    }

    @Test("A tenant that is not open for customisation is opened once and waited for")
    func dehydrated() async throws {
        var scenario = Scenario.virtualDemo
        scenario.tenants[1].consents = [Scenario.demoClientID: ScenarioApplication.productPermissions]
        scenario.delays.hydrationSeconds = 600
        try await Bench.with(scenario) { bench in
            let payload = try Bench.payload(#""claimedDomains":["fabrikam.com"]"#)
            let output = try await bench.connect(payload, tenant: Scenario.fabrikamID)
            let calls = await bench.simulator.journal(route: "exchange.Enable-OrganizationCustomization")
            #expect(calls.count == 1)
            #expect(output.changes.map(\.kind).contains(.organizationCustomization))
            #expect(output.objects.count == 5)
        }
    }
}
