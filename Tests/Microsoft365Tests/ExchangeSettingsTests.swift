import Foundation
import Testing

@testable import Microsoft365

@Suite("Exchange settings")
struct ExchangeSettingsTests {
    private func connector(_ fields: [String: JSONValue]) throws -> InboundConnector {
        let base: [String: JSONValue] = ["Name": "Sluice", "Guid": "0190ab00-0000-7000-8000-000000000001"]
        return try #require(InboundConnector(ExchangeRecord(base.merging(fields) { $1 })))
    }

    @Test("Only what is given is sent")
    func parameters() {
        #expect(InboundConnectorSettings().parameters.isEmpty)
        #expect(OutboundConnectorSettings().parameters.isEmpty)
        #expect(TransportRuleSettings().parameters.isEmpty)
        var outbound = OutboundConnectorSettings()
        outbound.isEnabled = false
        outbound.usesMXRecord = false
        outbound.smartHosts = ["smtp.gateway.example"]
        outbound.tlsSettings = .encryptionOnly
        outbound.connectorType = .partner
        #expect(
            outbound.parameters == [
                "Enabled": false, "UseMXRecord": false, "SmartHosts": .array(["smtp.gateway.example"]),
                "TlsSettings": "EncryptionOnly", "ConnectorType": "Partner",
            ]
        )
        var rule = TransportRuleSettings()
        rule.setsSCL = -1
        rule.mode = .enforce
        rule.errorAction = .deferDelivery
        #expect(rule.parameters == ["SetSCL": -1, "Mode": "Enforce", "RuleErrorAction": "Defer"])
    }

    @Test("What Exchange spells its own way is no change")
    func sameInOtherWords() throws {
        var settings = InboundConnectorSettings()
        settings.name = "Sluice"
        settings.senderDomains = ["*"]
        settings.senderIPAddresses = ["198.51.100.0/24", "192.0.2.7"]
        settings.requiresTLS = true
        settings.isEnabled = true
        settings.connectorType = .partner
        let connector = try self.connector([
            "SenderDomains": .array(["smtp:*;1"]), "SenderIPAddresses": .array(["192.0.2.7/32", "198.51.100.9/24"]),
            "RequireTls": "True", "Enabled": true, "ConnectorType": "Partner",
        ])
        #expect(settings.changes(to: connector).isEmpty)
    }

    @Test("A real difference is shown field by field, before and after")
    func changes() throws {
        var settings = InboundConnectorSettings()
        settings.senderIPAddresses = ["198.51.100.0/24"]
        settings.isEnabled = true
        settings.comment = "ours"
        let connector = try self.connector([
            "SenderIPAddresses": .array(["198.51.100.0/24", "203.0.113.1"]), "Comment": .null,
        ])
        #expect(
            settings.changes(to: connector) == [
                FieldChange(field: "Comment", before: "", after: "ours"),
                FieldChange(field: "Enabled", before: "-", after: "true"),
                FieldChange(
                    field: "SenderIPAddresses",
                    before: "198.51.100.0/24, 203.0.113.1",
                    after: "198.51.100.0/24"
                ),
            ]
        )
    }

    @Test(
        "Values that mean the same are spelt the same",
        arguments: [
            ("SenderDomains", .array(["smtp:*;1"]), .array(["*"])),
            (
                "RecipientDomains", .array(["smtp:B.example;1", "a.example"]),
                .array(["A.example", "smtp:b.example;9"])
            ),
            ("SmartHosts", .array(["[192.0.2.1]", "MX.Relay.example."]), .array(["mx.relay.example", "192.0.2.1"])),
            ("SenderIPAddresses", .array(["198.51.100.0/23"]), .array(["198.51.101.0/24", "198.51.100.0/24"])),
            ("SenderIpRanges", .array(["2001:DB8::/32"]), .array(["2001:db8::/32"])),
            ("SenderIpRanges", .null, .array([])),
            ("SmartHosts", "", .null),
            ("SmartHosts", "mx.example", .array(["mx.example"])),
            ("ConnectorSource", "AdminUI", "Default"),
            ("SetSCL", "-1", -1),
            ("Enabled", "True", true),
            ("Comment", .null, ""),
            ("EFUsers", .array(["b", "a"]), .array(["a", "b"])),
        ] as [(String, JSONValue, JSONValue)]
    )
    func canonical(field: String, one: JSONValue, other: JSONValue) {
        #expect(
            ExchangeSpelling.canonical(field: field, value: one)
                == ExchangeSpelling.canonical(field: field, value: other)
        )
    }

    @Test("Values that mean different things stay different")
    func different() {
        func spelt(_ field: String, _ value: JSONValue?) -> String {
            ExchangeSpelling.canonical(field: field, value: value)
        }
        #expect(spelt("SenderDomains", .array(["*.contoso.com"])) != spelt("SenderDomains", .array(["*"])))
        #expect(spelt("Enabled", nil) != spelt("Enabled", false))
        #expect(spelt("Comment", nil) != spelt("Comment", ""))
        let one = spelt("SenderIPAddresses", .array(["192.0.2.1"]))
        #expect(one != spelt("SenderIPAddresses", .array(["192.0.2.0/24"])))
        #expect(spelt("Name", "Sluice") != spelt("Name", "sluice"))
    }
}
