import Foundation
import JobModel
import Simulator
import TestSupport
import Testing

@testable import Executors

@Suite("Disconnecting a tenant")
struct DisconnectTenantTests {
    /// What is removed, in the order that loops no mail.
    private static let removals = [
        "deleted transport-rule", "deleted inbound-connector", "deleted outbound-connector",
        "deleted directory-role-assignment", "deleted app-role-assignment",
    ]

    @Test("A connected tenant is as it was before: outbound off first, grants last, nothing of ours left")
    func whole() async throws {
        try await Bench.with { bench in
            _ = try await bench.connect()
            try await bench.edit(.outbound, ["Enabled": true])
            let attempt = try await bench.disconnect(#""notify":["admin@contoso.com"],"language":"de""#)
            let output = try attempt.output(DisconnectTenantOutput.self)
            #expect(output.isComplete)
            #expect(output.remains.map(\.state) == Array(repeating: .gone, count: 5))
            #expect(
                attempt.events
                    == Array(repeating: "tenant.changed", count: 6) + ["tenant.disconnected", "notification.requested"]
            )
            let told = try attempt.members(of: .notificationRequested, NotificationRequested.self)
            #expect(
                told == [
                    NotificationRequested(
                        .tenantDisconnected(changes: 6, remains: []),
                        recipients: ["admin@contoso.com"],
                        customer: "Contoso",
                        requestedBy: "admin@contoso.com",
                        language: "de"
                    )
                ]
            )
            let effects = await bench.ownEffects().dropFirst(everythingOnce.count)
            #expect(Array(effects) == ["changed outbound-connector"] + Self.removals)
            let tenant = try required(await bench.simulator.tenant(Scenario.contosoID))
            #expect(tenant.inboundConnectors.map { $0["Name"]?.text } == ["Partner bank"], "the customer's own stays")
            #expect(tenant.outboundConnectors.isEmpty && tenant.transportRules.isEmpty)
            #expect(tenant.applications.flatMap(\.directoryRoles) == [])
            #expect(tenant.applications.flatMap(\.appRoles).contains("Exchange.ManageAsApp") == false)
            #expect(await bench.simulator.violations().isEmpty)
        }
    }

    @Test("A dry run shows every removal under a hash and changes nothing; the hash holds until the tenant changes")
    func planned() async throws {
        try await Bench.with { bench in
            _ = try await bench.connect()
            let plan = try await bench.disconnect(#""dryRun":true"#).output(DisconnectTenantOutput.self).plan
            #expect(plan.changes.map(\.action) == Array(repeating: .remove, count: 5))
            #expect(plan.changes.allSatisfy { $0.fields.allSatisfy { $0.before != nil && $0.after == nil } })
            #expect(await bench.ownEffects() == everythingOnce)
            try await bench.edit(.inbound, ["RequireTls": false])
            let fenced = #""planHash":"\#(plan.hash)""#
            #expect(try await bench.disconnect(fenced).problem?.code == .planChanged)
            try await bench.edit(.inbound, ["RequireTls": true])
            #expect(try await bench.disconnect(fenced).output(DisconnectTenantOutput.self).isComplete)
        }
    }

    @Test("While MX points at the gateway it is refused; a reason forces it and stands in the event")
    func mailFlow() async throws {
        try await Bench.with { bench in
            _ = try await bench.connect()
            try bench.publishMX("contoso.com", ["10 mx1.gateway.example"])
            let refused = try await bench.disconnect()
            #expect(refused.problem?.code == .mailAtGateway)
            #expect(refused.problem?.detail.contains("contoso.com") == true)
            #expect(await bench.ownEffects() == everythingOnce)
            let forced = try await bench.disconnect(#""force":{"reason":"the customer has left"}"#)
            #expect(try forced.output(DisconnectTenantOutput.self).isComplete)
            let event = try forced.members(of: .tenantDisconnected, TenantDisconnected.self)
            #expect(event.map(\.forcedBecause) == ["the customer has left"])
        }
    }

    @Test("What the tenant held before Sluice came stays")
    func before() async throws {
        var scenario = Scenario.grantedDemo
        scenario.tenants[0].directoryRoles = [Scenario.demoClientID: ["Exchange Administrator"]]
        try await Bench.with(scenario) { bench in
            let connected = try await bench.connect()
            let before = try required(connected.baseline?.first?.before)
            #expect(before.directoryRoleAssignment == true)
            let output = try await bench.disconnect().output(DisconnectTenantOutput.self)
            #expect(output.isComplete)
            let kept = output.remains.filter { $0.state == .kept }.map(\.kind)
            #expect(kept.contains(.directoryRoleAssignment))
            let tenant = try required(await bench.simulator.tenant(Scenario.contosoID))
            #expect(tenant.applications.flatMap(\.directoryRoles) == ["Exchange Administrator"])
        }
    }

    @Test("A connector that a rule of the customer uses is left, and so are the grants that removing it will need")
    func inUse() async throws {
        try await Bench.with { bench in
            _ = try await bench.connect()
            var action = AdminAction(.createObject)
            action.kind = "transport-rule"
            action.parameters = ["Name": "Route", "RouteMessageOutboundConnector": .text(OurObject.outbound.name)]
            try await bench.simulator.perform(action, tenant: Scenario.contosoID)
            let attempt = try await bench.disconnect(#""notify":["admin@contoso.com"]"#)
            let output = try attempt.output(DisconnectTenantOutput.self)
            #expect(!output.isComplete)
            let told = try attempt.members(of: .notificationRequested, NotificationRequested.self)
            guard case .rows(let rows)? = told.first?.values["remains"] else { return #expect(Bool(false), "\(told)") }
            #expect(
                rows.map { $0["kind"] } == ["outbound-connector", "directory-role-assignment", "app-role-assignment"]
            )
            #expect(rows.first?["name"] == OurObject.outbound.name)
            #expect(rows.allSatisfy { $0["reason"]?.isEmpty == false })
            let left = output.remains.filter { $0.state == .left }
            #expect(left.map(\.kind) == [.outboundConnector, .directoryRoleAssignment, .appRoleAssignment])
            #expect(left.allSatisfy { $0.reason != nil && $0.id != nil })
            var removal = AdminAction(.deleteObject)
            removal.kind = "transport-rule"
            removal.identity = "Route"
            try await bench.simulator.perform(removal, tenant: Scenario.contosoID)
            #expect(try await bench.disconnect().output(DisconnectTenantOutput.self).isComplete)
        }
    }

    @Test("A tenant without consent cannot be looked into, and that is said")
    func noConsent() async throws {
        try await Bench.with { bench in
            _ = try await bench.connect()
            try await bench.act(.removeConsent)
            #expect(try await bench.disconnect().problem?.code == .consentMissing)
        }
    }
}

@Suite("Disconnecting a tenant, killed and run again")
struct DisconnectTenantKilledTests {
    @Test("Killed after any frame and run again, nothing of ours is left", arguments: [true, false])
    func killed(withMemo: Bool) async throws {
        try await Bench.with { bench in
            let executor = DisconnectTenantExecutor(settings: bench.settings)
            let payload = try Bench.disconnecting()
            _ = try await bench.connect()
            let whole = try await bench.attempt(executor, payload)
            _ = try whole.output(DisconnectTenantOutput.self)
            #expect(whole.frames.count > 20)
            // Each frame once: the odd ones with a memo, the even ones without.
            for last in stride(from: withMemo ? 1 : 2, through: whole.frames.count, by: 2) {
                try await bench.simulator.reset()
                _ = try await bench.connect()
                let killed = try await bench.attempt(executor, payload, killedAfter: last)
                let again = try await bench.disconnect(memo: withMemo ? killed.memo : nil)
                let output = try again.output(DisconnectTenantOutput.self)
                #expect(output.isComplete, "after frame \(last)")
                if withMemo { #expect(output.changes.count == 5, "after frame \(last)") }
                let tenant = try required(await bench.simulator.tenant(Scenario.contosoID))
                #expect(tenant.inboundConnectors.count == 1 && tenant.outboundConnectors.isEmpty)
                #expect(tenant.transportRules.isEmpty, "after frame \(last)")
                #expect(tenant.applications.flatMap(\.directoryRoles).isEmpty, "after frame \(last)")
                #expect(await bench.simulator.violations().isEmpty, "after frame \(last)")
            }
        }
    }

    @Test(
        "A removal whose answer was lost, and one that replicas go on showing, are settled by reading",
        arguments: [
            "exchange.Set-OutboundConnector", "exchange.Remove-TransportRule", "exchange.Remove-InboundConnector",
            "exchange.Remove-OutboundConnector", "graph.roleAssignments.delete",
        ]
    )
    func dropped(route: String) async throws {
        var scenario = Scenario.virtualDemo
        scenario.delays.exchangeRemovalSeconds = 40
        scenario.delays.graphRemovalSeconds = 40
        try await Bench.with(scenario) { bench in
            _ = try await bench.connect()
            try await bench.edit(.outbound, ["Enabled": true])
            await bench.simulator.add(FaultRule(route: route, fault: Fault(.dropAfterCommit)))
            let output = try await bench.disconnect().output(DisconnectTenantOutput.self)
            #expect(output.isComplete)
            #expect(output.changes.count == 6)
            #expect(await bench.simulator.journal().contains { $0.fault == "drop-after-commit" }, "the fault was met")
        }
    }
}
