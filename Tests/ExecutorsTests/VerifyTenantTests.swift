import Foundation
import JobModel
import Simulator
import TestSupport
import Testing

@testable import Executors

@Suite("Verifying a tenant")
struct VerifyTenantTests {
    /// What an administrator may change on each object, and the fields that must be named.
    private static let edits: [(OurObject, [String: Simulator.JSONValue], [String])] = [
        (.inbound, ["Enabled": false], ["inbound-connector.Enabled"]),
        (.inbound, ["RequireTls": false], ["inbound-connector.RequireTls"]),
        (.inbound, ["SenderIPAddresses": ["203.0.113.7", "192.0.2.99"]], ["inbound-connector.SenderIPAddresses"]),
        (
            .inbound, ["RestrictDomainsToIPAddresses": true, "SenderDomains": ["bank.example"]],
            ["inbound-connector.RestrictDomainsToIPAddresses", "inbound-connector.SenderDomains"]
        ),
        (.inbound, ["EFSkipLastIP": true], ["inbound-connector.EFSkipLastIP"]),
        (.outbound, ["Enabled": true], ["outbound-connector.Enabled"]),
        (.outbound, ["SmartHosts": ["evil.example"]], ["outbound-connector.SmartHosts"]),
        (.outbound, ["TlsSettings": "CertificateValidation"], ["outbound-connector.TlsSettings"]),
        (.outbound, ["RecipientDomains": ["bank.example"]], ["outbound-connector.RecipientDomains"]),
        (.outbound, ["TestMode": true], ["outbound-connector.TestMode"]),
        (.rule, ["SetSCL": 5], ["bypass-rule.SetSCL"]),
        (.rule, ["Mode": "Audit"], ["bypass-rule.Mode"]),
        (.rule, ["SenderIpRanges": ["192.0.2.0/24"]], ["bypass-rule.SenderIpRanges"]),
        (.rule, ["ExceptIfSenderIpRanges": ["192.0.2.1"]], ["bypass-rule.ExceptIfSenderIpRanges"]),
        (.rule, ["StopRuleProcessing": true], ["bypass-rule.StopRuleProcessing"]),
    ]

    @Test(
        "After a clean connect nothing has drifted, however Exchange spells it",
        arguments: [Switches.Spelling.plain, .odd]
    )
    func clean(spelling: Switches.Spelling) async throws {
        var scenario = Scenario.virtualDemo
        scenario.switches.spelling = spelling
        try await Bench.with(scenario) { bench in
            let connected = try await bench.connect()
            let attempt = try await bench.verify(#""repair":"all","notify":["a@contoso.com"]"#)
            let output = try attempt.output(VerifyTenantOutput.self)
            #expect(output.findings.map(\.id) == [])
            #expect(output.connection == .intact)
            #expect(output.changes.isEmpty && output.plan.changes.isEmpty && output.plan.unknown.isEmpty)
            #expect(attempt.events.isEmpty)
            #expect(output.pending.map(\.id).contains("mx.contoso.com"))
            #expect(output.pending.map(\.id).contains("spf.contoso.com"))
            #expect(output.baseline == connected.baseline)
            #expect(output.objects.map(\.id) == connected.objects.map(\.id))
            #expect(await bench.ownEffects() == everythingOnce)
            #expect(await bench.simulator.violations().isEmpty)
        }
    }

    @Test("Exactly the fields that an administrator changed are named", arguments: [Switches.Spelling.plain, .odd])
    func edited(spelling: Switches.Spelling) async throws {
        var scenario = Scenario.grantedDemo
        scenario.switches.spelling = spelling
        try await Bench.with(scenario) { bench in
            for (object, parameters, expected) in spelling == .plain
                ? Self.edits : Self.edits.filter({ $0.2.count == 1 }).suffix(5)
            {
                try await bench.simulator.reset()
                _ = try await bench.connect()
                try await bench.edit(object, parameters)
                let findings = try await bench.drift()
                #expect(findings.map(\.id) == expected)
                #expect(findings.allSatisfy { $0.drift == .changed && $0.changedAt != nil })
                #expect(findings.map(\.changedBy) == expected.map { _ in object == .rule ? "Megan Bowen" : nil })
            }
        }
    }

    @Test("What was renamed, switched off or deleted is found and put right", arguments: OurObject.allCases)
    func repaired(object: OurObject) async throws {
        try await Bench.with(.grantedDemo) { bench in
            let kind = object == .rule ? "bypass-rule" : object.rawValue
            _ = try await bench.connect()
            try await bench.edit(object, ["Name": "Renamed by an administrator"])
            #expect(try await bench.drift().map(\.id) == ["\(kind).Name"])
            _ = try await bench.verify(#""repair":"all""#).output(VerifyTenantOutput.self)
            #expect(try await bench.drift().isEmpty)
            if object == .rule {
                try await bench.act(.disableRule, .rule)
                #expect(try await bench.drift().map(\.id) == ["bypass-rule.State"])
            }
            _ = try await bench.verify(#""repair":"all""#).output(VerifyTenantOutput.self)
            try await bench.act(.deleteObject, object)
            let missing = try await bench.drift()
            #expect(missing.map(\.id) == [kind])
            #expect(missing.map(\.drift) == [.missing])
            let output = try await bench.verify(#""repair":["\#(kind)"]"#).output(VerifyTenantOutput.self)
            #expect(output.repaired == [kind])
            #expect(output.changes.map(\.action) == [.create])
            #expect(output.findings.map(\.id) == [kind], "as it was found")
            #expect(try await bench.drift().isEmpty)
            #expect(await bench.simulator.violations().isEmpty)
        }
    }

    @Test("What enabling left is no drift; switched off by hand it is, and so is a record that was taken back")
    func enabled() async throws {
        try await Bench.withConnected { bench in
            try bench.publish(Bench.rightRecord)
            _ = try await bench.enable().output(EnableOutboundConnectorOutput.self)
            #expect(try await bench.drift().map(\.id) == [])
            try bench.publish(Bench.oldRecord)
            #expect(try await bench.drift().map(\.id) == ["spf.contoso.com", "spf.plant.contoso.com"])
            try bench.publish(Bench.rightRecord)
            try await bench.edit(.outbound, ["Enabled": false])
            let findings = try await bench.drift()
            #expect(findings.map(\.id) == ["outbound-connector.Enabled"])
            #expect(findings.map(\.lastApplied) == [.known("true")])
            #expect(findings.map(\.isRepairable) == [false], "enabling is for the job that checks SPF")
            _ = try await bench.enable().output(EnableOutboundConnectorOutput.self)
            _ = try await bench.disable(#""reason":"a test""#)
            #expect(try await bench.drift().map(\.id) == [])
        }
    }

    @Test("A repair of one finding touches that field and no other, and events and notification say what was found")
    func single() async throws {
        try await Bench.with(.grantedDemo) { bench in
            _ = try await bench.connect()
            try await bench.edit(.inbound, ["RequireTls": false, "SenderIPAddresses": ["192.0.2.99"]])
            let ids = #"["inbound-connector.RequireTls"]"#
            let attempt = try await bench.verify(#""repair":\#(ids),"notify":["a@contoso.com"]"#)
            #expect(attempt.events == ["drift.found", "tenant.changed", "notification.requested"])
            let told = try attempt.members(of: .driftFound, DriftFound.self)
            #expect(told.flatMap(\.findings).map(\.field) == ["RequireTls", "SenderIPAddresses"])
            let output = try attempt.output(VerifyTenantOutput.self)
            #expect(output.repaired == ["inbound-connector.RequireTls"])
            #expect(output.changes.flatMap { $0.fields.map(\.field) } == ["RequireTls"])
            let left = try await bench.drift()
            #expect(left.map(\.id) == ["inbound-connector.SenderIPAddresses"])
            #expect(left.map(\.drift) == [.changed], "the mark still knows what was applied")
        }
    }

    @Test("A finding that is not there, or not for Sluice, is refused by name")
    func refused() async throws {
        try await Bench.with(.grantedDemo) { bench in
            _ = try await bench.connect()
            try await bench.edit(.inbound, ["EFSkipLastIP": true])
            for id in ["inbound-connector.EFSkipLastIP", "inbound-connector.RequireTls"] {
                let problem = try await bench.verify(#""repair":["\#(id)"]"#).problem
                #expect(problem?.code == .findingNotRepairable)
                #expect(problem?.detail.contains(id) == true)
            }
            #expect(await bench.ownEffects().allSatisfy { $0.hasPrefix("created") })
        }
    }

    @Test("The hash of a repair holds until the tenant changes again")
    func fenced() async throws {
        try await Bench.with(.grantedDemo) { bench in
            _ = try await bench.connect()
            try await bench.edit(.outbound, ["SmartHosts": ["evil.example"]])
            let plan = try await bench.verify(#""repair":"all","dryRun":true"#).output(VerifyTenantOutput.self).plan
            #expect(plan.changes.map(\.name) == [OurObject.outbound.name])
            #expect(await bench.ownEffects().allSatisfy { $0.hasPrefix("created") }, "a dry run changes nothing")
            try await bench.edit(.outbound, ["SmartHosts": ["worse.example"]])
            let repair = #""repair":"all","planHash":"\#(plan.hash)""#
            #expect(try await bench.verify(repair).problem?.code == .planChanged)
            try await bench.edit(.outbound, ["SmartHosts": ["evil.example"]])
            #expect(try await bench.verify(repair).output(VerifyTenantOutput.self).changes == plan.changes)
            #expect(try await bench.drift().isEmpty)
        }
    }

    @Test("Grants that were taken away are found, given again, and what they had hidden is put right too")
    func grants() async throws {
        try await Bench.with(.virtualDemo) { bench in
            _ = try await bench.connect()
            try await bench.edit(.inbound, ["RequireTls": false])
            try await bench.act(.removeAppRole, role: "Exchange.ManageAsApp")
            try await bench.act(.removeDirectoryRole, role: "Exchange Administrator")
            let findings = try await bench.drift()
            let objects = ["bypass-rule", "inbound-connector", "outbound-connector"]
            #expect(findings.filter { $0.drift == .unknown }.map(\.id) == objects)
            let missing = findings.filter { $0.drift == .missing }
            #expect(missing.map(\.id) == ["app-role-assignment", "directory-role-assignment"])
            #expect(missing.allSatisfy { $0.blockedJobs.contains("enable-outbound-connector") })
            let output = try await bench.verify(#""repair":"all""#).output(VerifyTenantOutput.self)
            #expect(output.repaired.contains("inbound-connector.RequireTls"))
            #expect(try await bench.drift().isEmpty)
        }
    }

    @Test("Each missing permission is named with the jobs that need it, and each that nobody needs")
    func permissions() async throws {
        try await Bench.with(.grantedDemo) { bench in
            _ = try await bench.connect()
            try await bench.act(.removeAppRole, role: "Mail.ReadWrite")
            try await bench.act(.grantAppRole, role: "Directory.Read.All")
            try await bench.act(.grantDirectoryRole, role: "Global Administrator")
            let findings = try await bench.drift()
            #expect(
                findings.map { "\($0.id) \($0.drift.rawValue)" } == [
                    "directory-role.62e90394-69f5-4237-9190-012177145e10 surplus",
                    "permission.Directory.Read.All surplus", "permission.Mail.ReadWrite missing",
                ]
            )
            #expect(findings.last?.blockedJobs == ["pull-message", "restore-message"])
            #expect(findings.allSatisfy { !$0.isRepairable })
        }
    }

    @Test("A foreign connector for all mail is a conflict, a disabled one a warning; neither is touched")
    func foreign() async throws {
        try await Bench.with(.grantedDemo) { bench in
            _ = try await bench.connect()
            try await bench.makeForeignConnector(enabled: false)
            let quiet = try await bench.verify().output(VerifyTenantOutput.self)
            #expect(quiet.findings.isEmpty && quiet.warnings.contains { $0.contains("Old filter") })
            var action = AdminAction(.editObject)
            action.kind = "outbound-connector"
            action.identity = "Old filter"
            action.parameters = ["Enabled": true]
            try await bench.simulator.perform(action, tenant: Scenario.contosoID)
            let findings = try await bench.drift()
            #expect(findings.map(\.subject) == [.foreignConnector])
            #expect(findings.map(\.name) == ["Old filter"])
            #expect(findings.map(\.isRepairable) == [false])
        }
    }

    @Test(
        "A service principal that is gone or disabled is a lost connection, told once and only when it is sure",
        arguments: [AdminAction.Name.removeConsent, .disableApplication]
    )
    func lost(action: AdminAction.Name) async throws {
        try await Bench.with(.grantedDemo) { bench in
            _ = try await bench.connect()
            try await bench.act(action)
            let executor = VerifyTenantExecutor(settings: bench.settings)
            let payload = try Bench.verifying(#""notify":["a@contoso.com"]"#)
            let attempts = try await bench.run(executor, payload)
            #expect(attempts.count == (action == .removeConsent ? 2 : 1), "a replica may not know us: look twice")
            let last = try required(attempts.last)
            #expect(last.events == ["tenant.connection-lost", "drift.found", "notification.requested"])
            let lost = try last.members(of: .tenantConnectionLost, TenantConnectionLost.self)
            #expect(
                lost.map(\.problem.code) == [action == .removeConsent ? .consentMissing : .applicationDisabled]
            )
            let output = try last.output(VerifyTenantOutput.self)
            #expect(output.connection == .lost)
            #expect(output.findings.map(\.id) == ["consent"])
            #expect(output.plan.changes.isEmpty)
        }
    }
}
