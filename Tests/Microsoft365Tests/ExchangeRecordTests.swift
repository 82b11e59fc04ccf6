import Foundation
import Testing

@testable import Microsoft365

@Suite("Exchange records")
struct ExchangeRecordTests {
    private let guid = "0190ab00-0000-7000-8000-000000000001"

    @Test("Missing, null, empty and stringly fields are told apart where it matters")
    func tolerant() {
        let record = ExchangeRecord([
            "Null": .null, "Empty": "", "List": .array(["a", .null, "b"]), "Lone": "a", "One": "1", "MinusOne": "-1",
            "True": "True", "No": false, "X@odata.type": "#Int",
        ])
        #expect(record.list("Absent") == nil)
        #expect(record.list("Null") == [])
        #expect(record.list("Empty") == [])
        #expect(record.list("List") == ["a", "b"])
        #expect(record.list("Lone") == ["a"])
        #expect(record.integer("MinusOne") == -1)
        #expect(record.integer("Null") == nil)
        #expect(record.bool("True") == true)
        #expect(record.bool("No") == false)
        #expect(record.bool("Absent") == nil)
        #expect(record.text("Empty") == nil)
        #expect(record.fields["X@odata.type"] == nil)
    }

    @Test("A rule says State where a connector says Enabled")
    func state() throws {
        func rule(_ fields: [String: JSONValue]) -> TransportRule? {
            TransportRule(ExchangeRecord(fields.merging(["Name": "r", "Guid": .string(self.guid)]) { $1 }))
        }
        #expect(rule(["State": "Enabled"])?.isEnabled == true)
        #expect(rule(["State": "Disabled"])?.isEnabled == false)
        #expect(rule(["State": "Paused"])?.isEnabled == nil)
        #expect(rule([:])?.isEnabled == nil)
        #expect(rule(["SetSCL": "-1"])?.setsSCL == -1)
    }

    @Test("An object without a name or a GUID is none")
    func incomplete() {
        #expect(InboundConnector(ExchangeRecord(["Name": "x"])) == nil)
        #expect(InboundConnector(ExchangeRecord(["Name": "x", "Guid": "no guid"])) == nil)
        #expect(OutboundConnector(ExchangeRecord(["Guid": .string(self.guid)])) == nil)
        #expect(InboundConnector(ExchangeRecord(["Name": "x", "Guid": .string(self.guid)]))?.isEnabled == nil)
    }

    @Test("An identity is answered by its GUID or its name, whatever the case")
    func identity() throws {
        let connector = try #require(InboundConnector(ExchangeRecord(["Name": "Sluice", "Guid": .string(self.guid)])))
        #expect(connector.answers(to: self.guid.uppercased()))
        #expect(connector.answers(to: "sluice"))
        #expect(!connector.answers(to: "other"))
        #expect(!connector.answers(to: "0190ab00-0000-7000-8000-000000000002"))
    }

    @Test("Only the object asked for, and it alone, is taken for an answer")
    func alone() {
        func record(_ name: String) -> ExchangeRecord {
            ExchangeRecord(["Name": .string(name), "Guid": .string(self.guid)])
        }
        #expect(TransportRule(alone: [record("ours")], "ours") != nil)
        #expect(TransportRule(alone: [record("ours")], self.guid) != nil)
        #expect(TransportRule(alone: [record("theirs")], "ours") == nil)
        #expect(TransportRule(alone: [record("ours"), record("theirs")], "ours") == nil)
        #expect(TransportRule(alone: [ExchangeRecord(["Name": "ours"])], "ours") == nil)
        #expect(TransportRule(alone: [], "ours") == nil)
    }

    @Test(
        "A connector for all domains is seen, unless only a rule leads to it",
        arguments: [
            (["smtp:*;1"], false, true), (["*"], false, true), (["contoso.com"], false, false), (["*"], true, false),
        ] as [([String], Bool, Bool)]
    )
    func allDomains(domains: [String], isScoped: Bool, expected: Bool) throws {
        let record = ExchangeRecord([
            "Name": "x", "Guid": .string(self.guid), "RecipientDomains": .strings(domains),
            "SenderDomains": .strings(domains), "IsTransportRuleScoped": .bool(isScoped),
        ])
        #expect(try #require(OutboundConnector(record)).isForAllDomains == expected)
        #expect(try #require(InboundConnector(record)).isForAllDomains == domains.contains { $0.contains("*") })
    }
}
