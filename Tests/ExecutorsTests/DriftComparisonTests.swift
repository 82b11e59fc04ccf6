import Foundation
import JobModel
import Microsoft365
import Testing

@testable import Executors

@Suite("Three values are held against each other, field by field")
struct DriftComparisonTests {
    private static let stamp = AppliedStamp(job: JobID(UUID()), time: moment(0), before: .unknown)

    /// An object as a job of ours made it, and then somebody changed it.
    private static func made<Kind: ExchangeKind>(
        _ kind: Kind,
        _ changes: [String: JSONValue] = [:]
    ) throws -> Kind.Object {
        let comment = kind.markedComment(applying: [:], to: nil, self.stamp)
        var fields = kind.state.mapValues(JSONValue.string)
        fields.merge(changes) { $1 }
        return try required(Kind.Object(record(kind.with(comment: comment, in: kind.made), fields)))
    }

    private static func list(_ values: String...) -> JSONValue { .array(values.map(JSONValue.string)) }

    private static func findings(_ kind: some ExchangeKind, _ changes: [String: JSONValue] = [:]) throws -> [String] {
        let object = try self.made(kind, changes)
        return DriftComparison(kind: kind, object: object).findings.map {
            "\($0.id) \($0.drift.rawValue)\($0.isRepairable ? "" : " not ours")"
        }
    }

    private static func expect(
        _ ids: [String],
        _ kind: some ExchangeKind,
        _ changes: [String: JSONValue] = [:]
    ) throws {
        let found = try self.findings(kind, changes)
        #expect(found == ids)
    }

    @Test("What was just made has not drifted, however Exchange spells it")
    func nothing() async throws {
        try await withKinds { kinds in
            try Self.expect([], kinds.inbound)
            try Self.expect([], kinds.outbound)
            try Self.expect([], kinds.rule)
            let inbound: [String: JSONValue] = [
                "SenderDomains": Self.list("SMTP:*;1"), "Enabled": "True", "RequireTls": "true", "EFSkipIPs": .null,
                "EFUsers": "", "TlsSenderCertificateName": "", "AssociatedAcceptedDomains": .array([]),
                "ConnectorSource": "AdminUI",
                "SenderIPAddresses": Self.list("203.0.113.7/32", "198.51.101.9/24", "198.51.100.0/24"),
            ]
            try Self.expect([], kinds.inbound, inbound)
            let outbound: [String: JSONValue] = [
                "SmartHosts": Self.list("OUT2.gateway.example.", "out1.gateway.example"),
                "RecipientDomains": Self.list("*"),
                "UseMXRecord": "False", "TlsDomain": .null, "MtaStsMode": "Opportunistic",
            ]
            try Self.expect([], kinds.outbound, outbound)
            let rule: [String: JSONValue] = [
                "SetSCL": "-1", "SenderIpRanges": Self.list("203.0.113.7/32", "198.51.100.0/23"), "Exceptions": .null,
                "Conditions": Self.list("Microsoft.Exchange.MessagingPolicies.Rules.Tasks.SenderIpRangesPredicate"),
                "Actions": Self.list("Microsoft.Exchange.MessagingPolicies.Rules.Tasks.SetSclAction"),
            ]
            try Self.expect([], kinds.rule, rule)
        }
    }

    @Test("Each changed field is named, alone, and whether it is ours to repair")
    func each() async throws {
        try await withKinds { kinds in
            let inbound: [(String, JSONValue)] = [
                ("Name", "Renamed"), ("Enabled", false), ("ConnectorType", "OnPremises"), ("RequireTls", false),
                ("RestrictDomainsToIPAddresses", true), ("SenderDomains", Self.list("smtp:partner.example;1")),
                ("SenderIPAddresses", Self.list("203.0.113.7")),
            ]
            for (field, value) in inbound {
                try Self.expect(["inbound-connector.\(field) changed"], kinds.inbound, [field: value])
            }
            let outbound: [(String, JSONValue)] = [
                ("Name", "Renamed"), ("Enabled", true), ("ConnectorType", "OnPremises"), ("UseMXRecord", true),
                ("RecipientDomains", Self.list("partner.example")), ("SmartHosts", Self.list("evil.example")),
                ("TlsSettings", "CertificateValidation"),
            ]
            for (field, value) in outbound {
                try Self.expect(["outbound-connector.\(field) changed"], kinds.outbound, [field: value])
            }
            let rule: [(String, JSONValue)] = [
                ("Name", "Renamed"), ("State", "Disabled"), ("Mode", "Audit"), ("SetSCL", 5),
                ("SenderIpRanges", Self.list("203.0.113.0/24")),
            ]
            for (field, value) in rule {
                try Self.expect(["bypass-rule.\(field) changed"], kinds.rule, [field: value])
            }
        }
    }

    @Test("What we leave at its default is told when it changed, and is not ours to repair")
    func watched() async throws {
        try await withKinds { kinds in
            let inbound: [(String, JSONValue)] = [
                ("EFSkipLastIP", true), ("EFSkipIPs", Self.list("192.0.2.1")),
                ("TlsSenderCertificateName", "*.x.example"),
                ("RestrictDomainsToCertificate", true), ("TreatMessagesAsInternal", "True"),
            ]
            for (field, value) in inbound {
                let expected = ["inbound-connector.\(field) changed not ours"]
                try Self.expect(expected, kinds.inbound, [field: value])
            }
            for (field, value) in [("TestMode", true), ("IsTransportRuleScoped", true)] as [(String, JSONValue)] {
                let expected = ["outbound-connector.\(field) changed not ours"]
                try Self.expect(expected, kinds.outbound, [field: value])
            }
            let classes = "Microsoft.Exchange.MessagingPolicies.Rules.Tasks."
            let known: [String: JSONValue] = [
                "ExceptIfSenderIpRanges": Self.list("192.0.2.1"),
                "Exceptions": Self.list("\(classes)SenderIpRangesPredicate"),
            ]
            try Self.expect(["bypass-rule.ExceptIfSenderIpRanges changed not ours"], kinds.rule, known)
            let unknown: [String: JSONValue] = ["Exceptions": Self.list("\(classes)FromMemberOfPredicate")]
            try Self.expect(["bypass-rule.Exceptions changed not ours"], kinds.rule, unknown)
        }
    }

    @Test("Last applied tells a change from a gateway that moved on; without a mark nobody knows")
    func threeWay() async throws {
        let transport = Transport()
        let old = try testKinds(transport).outbound
        let moved = OutboundKind(exchange: old.exchange, made: Self.moved(old.made))
        let asApplied = try Self.made(old)
        let outdated = DriftComparison(kind: moved, object: asApplied).findings
        #expect(outdated.map { "\($0.id) \($0.drift.rawValue)" } == ["outbound-connector.SmartHosts outdated"])
        #expect(outdated.first?.lastApplied == .known("out1.gateway.example, out2.gateway.example"))
        #expect(outdated.first?.wanted == .known("new.gateway.example"))
        let both = DriftComparison(kind: moved, object: try Self.made(old, ["SmartHosts": Self.list("evil.example")]))
            .findings
        #expect(both.map { "\($0.id) \($0.drift.rawValue)" } == ["outbound-connector.SmartHosts changed"])
        #expect(both.first?.live == .known("evil.example"))
        #expect(both.first?.lastApplied.text == nil)
        let bare = try required(
            OutboundConnector(record(old.made, ["RequireTls": true, "SmartHosts": Self.list("evil.example")]))
        )
        let unmarked = DriftComparison(kind: old, object: bare).findings
        #expect(
            unmarked.map { "\($0.id) \($0.drift.rawValue)" } == [
                "outbound-connector.Comment different", "outbound-connector.Enabled unknown",
                "outbound-connector.SmartHosts different",
            ]
        )
        try await transport.shutdown()
    }

    private static func moved(_ settings: OutboundConnectorSettings) -> OutboundConnectorSettings {
        var settings = settings
        settings.smartHosts = ["new.gateway.example"]
        return settings
    }

    @Test("The state of the outbound connector is held against what was applied, and never enabled by a repair")
    func enabled() async throws {
        try await withKinds { kinds in
            let kind = kinds.outbound
            let made = try Self.made(kind)
            let comment = kind.markedComment(applying: ["Enabled": "true"], to: made, Self.stamp)
            let enabled = kind.with(comment: comment, in: kind.made)
            let on = try required(OutboundConnector(record(enabled, ["Enabled": true])))
            #expect(DriftComparison(kind: kind, object: on).findings.isEmpty)
            let off = try required(OutboundConnector(record(enabled, ["Enabled": false])))
            let findings = DriftComparison(kind: kind, object: off).findings
            #expect(findings.map(\.id) == ["outbound-connector.Enabled"])
            #expect(findings.map(\.isRepairable) == [false])
        }
    }

    @Test("A field that did not come is unknown, and one that was never wanted is not missed")
    func unknown() async throws {
        try await withKinds { kinds in
            var fields = try Self.made(kinds.inbound).record.fields
            fields["RequireTls"] = nil
            let object = try required(InboundConnector(ExchangeRecord(fields)))
            let findings = DriftComparison(kind: kinds.inbound, object: object).findings
            #expect(findings.map(\.id) == ["inbound-connector.RequireTls"])
            #expect(findings.first?.drift == .unknown)
            #expect(findings.first?.isRepairable == false)
        }
    }

    @Test("Who changed a rule is told, of a connector only when")
    func who() throws {
        let rule = ExchangeRecord(["LastModifiedBy": "Megan Bowen", "WhenChanged": "2026-07-23T22:55:13+00:00"])
        #expect(LastChange(rule).by == "Megan Bowen")
        #expect(LastChange(rule).at == "2026-07-23T22:55:13.000Z")
        let connector = ExchangeRecord(["WhenChangedUTC": "2026-07-23T22:55:13.0000000Z"])
        #expect(LastChange(connector) == LastChange(ExchangeRecord(["WhenChanged": "2026-07-23T22:55:13Z"])))
        #expect(LastChange(ExchangeRecord(["LastModifiedBy": "a\nb"])).by == "ab")
    }
}
