import Foundation
import JobModel
import Simulator
import TestSupport
import Testing

@testable import Executors

@Suite("Enabling the outbound connector")
struct EnableOutboundConnectorTests {
    @Test("Too early it is refused with the record to publish; once that is published it is enabled")
    func road() async throws {
        try await Bench.withConnected { bench in
            let early = try await bench.enable()
            #expect(early.problem?.code == .spfNotReady)
            #expect(early.problem?.detail.contains("Publish at contoso.com: \(Bench.rightRecord)") == true)
            #expect(early.problem?.detail.contains("Publish at plant.contoso.com: \(Bench.rightRecord)") == true)
            #expect(await bench.laterEffects().isEmpty)
            #expect(early.events.isEmpty)

            try bench.publish(Bench.rightRecord)
            let attempt = try await bench.enable(#""notify":["admin@contoso.com"]"#)
            let output = try attempt.output(EnableOutboundConnectorOutput.self)
            #expect(output.gate == .open)
            #expect(output.connector.isEnabled)
            #expect(output.forcedBecause == nil)
            #expect(output.domains.map(\.name) == Bench.relayDomains)
            #expect(output.domains.allSatisfy { $0.views.map(\.result) == [.pass, .pass] })
            #expect(output.changes == output.plan.changes)
            #expect(attempt.events == ["tenant.changed", "outbound-connector.enabled", "notification.requested"])
            #expect(try await bench.isOutboundEnabled() == true)
            #expect(await bench.laterEffects() == Bench.enabledOnce)
            #expect(await bench.simulator.violations().isEmpty)
        }
    }

    @Test("A connector that is enabled already is not written to again")
    func again() async throws {
        try await Bench.withConnected { bench in
            try bench.publish(Bench.rightRecord)
            _ = try await bench.enable().output(EnableOutboundConnectorOutput.self)
            let output = try await bench.enable().output(EnableOutboundConnectorOutput.self)
            #expect(output.plan.changes.isEmpty)
            #expect(output.changes.isEmpty)
            #expect(output.connector.isEnabled)
            #expect(await bench.laterEffects() == Bench.enabledOnce)
        }
    }

    @Test("Only the named domains have to be right; the connector carries the others too, which is said")
    func named() async throws {
        try await Bench.withConnected { bench in
            try bench.simulator.publish([Bench.name("contoso.com", Bench.rightRecord)])
            #expect(try await bench.enable().problem?.code == .spfNotReady)
            let members = #""relayDomains":["Contoso.com","contoso.onmicrosoft.com"]"#
            let output = try await bench.enable(members).output(EnableOutboundConnectorOutput.self)
            #expect(output.domains.map(\.name) == ["contoso.com"])
            #expect(output.warnings.contains { $0.contains("plant.contoso.com") })
            #expect(output.warnings.contains { $0.contains("contoso.onmicrosoft.com") })
        }
    }

    @Test("A dry run tells plan and verdicts and changes nothing; its hash applies, yesterday's does not")
    func fenced() async throws {
        try await Bench.withConnected { bench in
            let shut = try await bench.enable(#""dryRun":true"#)
            let planned = try shut.output(EnableOutboundConnectorOutput.self)
            #expect(planned.dryRun)
            #expect(planned.gate == .shut)
            #expect(planned.domains.map(\.publish) == [Bench.rightRecord, Bench.rightRecord])
            #expect(planned.plan.changes.map(\.fields.count) == [1])
            #expect(shut.events.isEmpty)
            #expect(await bench.laterEffects().isEmpty)

            try bench.publish(Bench.rightRecord)
            let other = "sha256:" + String(repeating: "0", count: 64)
            #expect(try await bench.enable(#""planHash":"\#(other)""#).problem?.code == .planChanged)
            let agreed = #""planHash":"\#(planned.plan.hash)""#
            let output = try await bench.enable(agreed).output(EnableOutboundConnectorOutput.self)
            #expect(output.plan == planned.plan)

            // Cut off without its memo and run again, it finds its own change and is content.
            let again = try await bench.enable(agreed).output(EnableOutboundConnectorOutput.self)
            #expect(again.changes.isEmpty)
            let disabling = try await bench.disable(agreed)
            #expect(disabling.problem?.code == .planChanged, "a plan to enable is none to disable")
            #expect(await bench.laterEffects() == Bench.enabledOnce)
        }
    }

    @Test("With force and a reason it is enabled all the same, and the reason is in the event")
    func forced() async throws {
        try await Bench.withConnected { bench in
            let force = #""force":{"reason":"The receivers were told."}"#
            let attempt = try await bench.enable(force)
            let output = try attempt.output(EnableOutboundConnectorOutput.self)
            #expect(output.gate == .shut)
            #expect(output.forcedBecause == "The receivers were told.")
            let event = try required(attempt.eventData("outbound-connector.enabled"))
            let told = try JSONDecoder().decode(OutboundConnectorEnabled.self, from: Data(event))
            #expect(told.forcedBecause == "The receivers were told.")
            #expect(told.requestedBy == "admin@contoso.com")
            #expect(told.domains.map(\.gate) == [.shut, .shut])
            #expect(try await bench.isOutboundEnabled() == true)
        }
    }

    @Test("Force where DNS is right is no force")
    func needlessForce() async throws {
        try await Bench.withConnected { bench in
            try bench.publish(Bench.rightRecord)
            let attempt = try await bench.enable(#""force":{"reason":"To be sure."}"#)
            #expect(try attempt.output(EnableOutboundConnectorOutput.self).forcedBecause == nil)
        }
    }

    @Test("Waiting for DNS, the job is postponed until the record is right, and ends after three days")
    func waits() async throws {
        try await Bench.withConnected { bench in
            let since = bench.now
            let first = try await bench.enable(#""waitForDns":true"#, since: since)
            #expect(first.outcome.isPostponed)
            #expect(first.problem?.code == .spfNotReady)
            await bench.pass(3_600)
            try bench.publish(Bench.rightRecord, view: .authoritative)
            let stale = try await bench.enable(#""waitForDns":true"#, memo: first.memo, since: since)
            #expect(stale.outcome.isPostponed)
            #expect(stale.problem?.detail.contains("time to live") == true, "\(stale.problem?.detail ?? "")")
            await bench.pass(73 * 3_600)
            let late = try await bench.enable(#""waitForDns":true"#, memo: stale.memo, since: since)
            #expect(late.outcome.isPostponed == false)
            #expect(late.problem?.code == .spfNotReady)
            try bench.publish(Bench.rightRecord)
            let memo = stale.memo
            let right = try await bench.enable(#""waitForDns":true"#, memo: memo, since: bench.now)
            #expect(try right.output(EnableOutboundConnectorOutput.self).gate == .open)
        }
    }

    @Test("The way back: disabled, told with its reason, and content to be asked twice")
    func wayBack() async throws {
        try await Bench.withConnected { bench in
            try bench.publish(Bench.rightRecord)
            _ = try await bench.enable().output(EnableOutboundConnectorOutput.self)
            let planned = try await bench.disable(#""dryRun":true"#).output(DisableOutboundConnectorOutput.self)
            #expect(planned.plan.changes.first?.fields.map(\.after) == ["false"])
            #expect(try await bench.isOutboundEnabled() == true)
            let attempt = try await bench.disable(
                #""reason":"Mail is refused.","planHash":"\#(planned.plan.hash)","notify":["a@contoso.com"]"#
            )
            let output = try attempt.output(DisableOutboundConnectorOutput.self)
            #expect(output.connector.isEnabled == false)
            #expect(output.changes == planned.plan.changes)
            #expect(attempt.events == ["tenant.changed", "outbound-connector.disabled", "notification.requested"])
            let event = try required(attempt.eventData("outbound-connector.disabled"))
            let told = try JSONDecoder().decode(OutboundConnectorDisabled.self, from: Data(event))
            #expect(told.reason == "Mail is refused.")
            #expect(try await bench.isOutboundEnabled() == false)
            let again = try await bench.disable().output(DisableOutboundConnectorOutput.self)
            #expect(again.changes.isEmpty)
            #expect(await bench.laterEffects() == ["changed outbound-connector", "changed outbound-connector"])
        }
    }
}

extension Bench.Attempt {
    /// The members of the first event of that name.
    func eventData(_ wanted: String) -> [UInt8]? {
        self.frames.compactMap {
            if case .event(_, let name, let data) = $0, name == wanted { Array(data) } else { nil }
        }
        .first
    }
}
