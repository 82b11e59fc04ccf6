import Foundation
import JobModel
import Simulator
import TestSupport
import Testing

@testable import Executors

@Suite("Disconnecting a tenant in which somebody edited what is ours")
struct DisconnectOwnershipTests {
    /// Everything that the tenant still has of kind and state, in the order of the result.
    private static func states(_ output: DisconnectTenantOutput) -> [String] {
        output.remains.map { "\($0.kind.rawValue) \($0.state.rawValue)" }
    }

    private static let grantsLeft = ["directory-role-assignment left", "app-role-assignment left"]

    @Test("One comment rewritten and one cleared: both connectors are left and said, and the grants stay")
    func rewritten() async throws {
        try await Bench.withConnected { bench in
            try bench.publish(Bench.rightRecord)
            _ = try await bench.enable().output(EnableOutboundConnectorOutput.self)
            try await bench.edit(.outbound, ["Comment": "owned by IT, ticket 4711"])
            try await bench.edit(.inbound, ["Comment": ""])
            let plan = try await bench.disconnect(#""dryRun":true"#).output(DisconnectTenantOutput.self)
            #expect(plan.warnings.filter { $0.contains("does not carry our mark") }.count == 2)
            let output = try await bench.disconnect().output(DisconnectTenantOutput.self)
            #expect(!output.isComplete)
            let left = ["outbound-connector left", "bypass-rule gone", "inbound-connector left"]
            #expect(Array(Self.states(output).prefix(3)) == left)
            let reasons = output.remains.compactMap(\.reason)
            #expect(reasons.contains { $0.contains("leads to the gateway") && $0.contains("verify-tenant") })
            let tenant = try required(await bench.simulator.tenant(Scenario.contosoID))
            #expect(tenant.applications.flatMap(\.directoryRoles) == ["Exchange Administrator"])
            // The advice works: marked anew, they go.
            let marks = #"["inbound-connector.Comment","outbound-connector.Comment"]"#
            _ = try await bench.verify(#""repair":\#(marks)"#).output(VerifyTenantOutput.self)
            #expect(try await bench.disconnect().output(DisconnectTenantOutput.self).isComplete)
            let clear = try required(await bench.simulator.tenant(Scenario.contosoID))
            #expect(clear.outboundConnectors.isEmpty && clear.transportRules.isEmpty)
            #expect(clear.inboundConnectors.map { $0["Name"]?.text } == ["Partner bank"])
        }
    }

    @Test("Renamed and unmarked, it is found by what it does, enabled or not", arguments: OurObject.allCases)
    func renamed(object: OurObject) async throws {
        try await Bench.with { bench in
            _ = try await bench.connect()
            let comment = object == .rule ? "Comments" : "Comment"
            try await bench.edit(object, ["Name": "Our own", comment: ""])
            let output = try await bench.disconnect().output(DisconnectTenantOutput.self)
            #expect(!output.isComplete)
            let left = output.remains.filter { $0.state == .left }
            #expect(left.count == 3 && left[0].name == "Our own")
            #expect(Array(Self.states(output).suffix(2)) == Self.grantsLeft)
            #expect(await bench.ownEffects().filter { $0.hasPrefix("deleted") }.count == 2)
            var removal = AdminAction(.deleteObject)
            removal.kind = object.rawValue
            removal.identity = "Our own"
            try await bench.simulator.perform(removal, tenant: Scenario.contosoID)
            #expect(try await bench.disconnect().output(DisconnectTenantOutput.self).isComplete)
        }
    }

    @Test("A namesake with other hosts is never touched, and never passed over")
    func namesake() async throws {
        try await Bench.with { bench in
            _ = try await bench.connect()
            try await bench.edit(.outbound, ["Comment": "mine now", "SmartHosts": ["mine.example"]])
            let output = try await bench.disconnect().output(DisconnectTenantOutput.self)
            #expect(Self.states(output).first == "outbound-connector left" && !output.isComplete)
            #expect(output.remains.first?.reason?.contains("rename it") == true)
            let tenant = try required(await bench.simulator.tenant(Scenario.contosoID))
            #expect(tenant.outboundConnectors.map { $0["Name"]?.text } == [OurObject.outbound.name])
        }
    }

    @Test("A rule of the customer's that stops all mail but the gateway's keeps the tenant from being clear")
    func restricted() async throws {
        try await Bench.with { bench in
            _ = try await bench.connect()
            var action = AdminAction(.createObject)
            action.kind = "transport-rule"
            action.parameters = [
                "Name": "Only the gateway", "FromScope": "NotInOrganization", "RejectMessageReasonText": "Not by us",
                "ExceptIfSenderIpRanges": ["198.51.100.0/24"],
            ]
            try await bench.simulator.perform(action, tenant: Scenario.contosoID)
            let output = try await bench.disconnect().output(DisconnectTenantOutput.self)
            #expect(!output.isComplete)
            #expect(output.remains.filter { $0.state == .left }.first?.name == "Only the gateway")
        }
    }

    @Test("What another gateway's deployment made under a mark spelled like ours is not taken away")
    func alike() async throws {
        try await Bench.with { bench in
            var action = AdminAction(.createObject)
            action.kind = "outbound-connector"
            action.parameters = [
                "Name": "Outbound Connector for Example-Gateway", "ConnectorType": "Partner", "RecipientDomains": ["*"],
                "UseMXRecord": false, "SmartHosts": ["out.other.example"], "Enabled": false,
                "Comment":
                    "Managed by Sluice for Example-Gateway; do not edit. [sluice:v1:example-gateway:outbound-connector]",
            ]
            try await bench.simulator.perform(action, tenant: Scenario.contosoID)
            let connected = try await bench.connect()
            #expect(connected.warnings.contains { $0.contains("Example-Gateway") })
            #expect(try await bench.drift().isEmpty)
            _ = try await bench.disconnect().output(DisconnectTenantOutput.self)
            let tenant = try required(await bench.simulator.tenant(Scenario.contosoID))
            #expect(tenant.outboundConnectors.map { $0["Name"]?.text } == ["Outbound Connector for Example-Gateway"])
        }
    }
}
