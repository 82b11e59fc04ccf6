import Foundation
import JobModel
import Simulator
import TestSupport
import Testing

@testable import Executors

@Suite("Grants are given back whichever job made them")
struct GrantOriginTests {
    private static let rival: AdminAction = {
        var action = AdminAction(.createObject)
        action.kind = "inbound-connector"
        action.parameters = ["Name": "Rival", "ConnectorType": "Partner", "SenderDomains": ["*"], "Enabled": true]
        return action
    }()

    /// Connects a tenant in which somebody else's connector takes all mail.
    private static func failToConnect(_ bench: Bench) async throws {
        try await bench.simulator.perform(self.rival, tenant: Scenario.contosoID)
        let last = try required(try await bench.run(try Bench.payload()).last)
        #expect(last.problem?.code == .connectorConflict)
    }

    private static func removeRival(_ bench: Bench) async throws {
        var action = AdminAction(.deleteObject)
        action.kind = "inbound-connector"
        action.identity = "Rival"
        try await bench.simulator.perform(action, tenant: Scenario.contosoID)
    }

    /// The grants that the tenant holds.
    private static func grants(_ bench: Bench) async throws -> [String] {
        let tenant = try required(await bench.simulator.tenant(Scenario.contosoID))
        return tenant.applications.flatMap(\.appRoles).filter { $0 == "Exchange.ManageAsApp" }
            + tenant.applications.flatMap(\.directoryRoles)
    }

    private static func disconnect(_ bench: Bench) async throws -> [DisconnectRemains] {
        let output = try await bench.disconnect().output(DisconnectTenantOutput.self)
        #expect(output.isComplete)
        return output.remains.filter { [.appRoleAssignment, .directoryRoleAssignment].contains($0.kind) }
    }

    @Test("A first job fails at a conflict, a second one connects: disconnecting takes both grants away")
    func secondJob() async throws {
        try await Bench.with { bench in
            try await Self.failToConnect(bench)
            try await Self.removeRival(bench)
            await bench.pass(3_600)
            let connected = try await bench.connect()
            #expect(connected.plan.changes.allSatisfy { $0.kind != .appRoleAssignment })
            let before = try required(connected.baseline?.first?.before)
            #expect(before.appRoleAssignment == false && before.directoryRoleAssignment == false)
            #expect(try await Self.disconnect(bench).map(\.state) == [.gone, .gone])
            #expect(try await Self.grants(bench) == [])
        }
    }

    @Test("A job that never connected leaves grants that disconnecting takes away")
    func neverConnected() async throws {
        try await Bench.with { bench in
            try await Self.failToConnect(bench)
            #expect(try await Self.grants(bench).count == 2)
            #expect(try await Self.disconnect(bench).map(\.state) == [.gone, .gone])
            #expect(try await Self.grants(bench) == [])
        }
    }

    @Test("What an administrator gave before Sluice came stays, and the result says why")
    func administrators() async throws {
        try await Bench.with(.grantedDemo) { bench in
            _ = try await bench.connect()
            let kept = try await Self.disconnect(bench)
            #expect(kept.map(\.state) == [.kept, .kept])
            #expect(kept.allSatisfy { $0.reason?.hasPrefix("An administrator gave it") == true })
            #expect(try await Self.grants(bench) == ["Exchange.ManageAsApp", "Exchange Administrator"])
        }
        var scenario = Scenario.virtualDemo
        scenario.tenants[0].directoryRoles = [Scenario.demoClientID: ["Exchange Administrator"]]
        try await Bench.with(scenario) { bench in
            _ = try await bench.connect()
            #expect(try await Self.disconnect(bench).map(\.state) == [.kept, .gone])
            #expect(try await Self.grants(bench) == ["Exchange Administrator"])
        }
    }

    @Test("Beside a consented app role nothing tells later whose the directory role is: a job that fails gives it back")
    func givenBack() async throws {
        var scenario = Scenario.grantedDemo
        scenario.tenants[0].directoryRoles = [:]
        try await Bench.with(scenario) { bench in
            try await Self.failToConnect(bench)
            #expect(try await Self.grants(bench) == ["Exchange.ManageAsApp"])
            try await Self.removeRival(bench)
            _ = try await bench.connect()
            #expect(try await Self.disconnect(bench).map(\.state) == [.gone, .kept])
            #expect(try await Self.grants(bench) == ["Exchange.ManageAsApp"])
        }
    }

    @Test("Another gateway that Sluice connected to the tenant keeps the grants it may need")
    func shared() async throws {
        try await Bench.with { bench in
            _ = try await bench.connect()
            var action = AdminAction(.createObject)
            action.kind = "inbound-connector"
            action.parameters = [
                "Name": "Inbound Connector for Other", "ConnectorType": "Partner", "SenderDomains": ["bank.example"],
                "Comment": "Managed by Sluice for Other; do not edit. [sluice:v1:other:inbound-connector]",
            ]
            try await bench.simulator.perform(action, tenant: Scenario.contosoID)
            let plan = try await bench.disconnect(#""dryRun":true"#).output(DisconnectTenantOutput.self).plan
            #expect(plan.changes.map(\.kind) == [.bypassRule, .inboundConnector, .outboundConnector])
            let kept = try await Self.disconnect(bench)
            #expect(kept.map(\.state) == [.kept, .kept])
            #expect(kept.allSatisfy { $0.reason?.contains("\"Inbound Connector for Other\"") == true })
        }
    }
}
