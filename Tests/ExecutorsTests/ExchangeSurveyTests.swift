import Foundation
import JobModel
import Microsoft365
import Testing

@testable import Executors

@Suite("Survey of Exchange")
struct ExchangeSurveyTests {
    private struct Lists {
        var inbound: [ExchangeRecord] = []
        var outbound: [ExchangeRecord] = []
        var rules: [ExchangeRecord] = []
        var known: [String: String] = [:]
    }

    private static func survey(_ lists: Lists, _ kinds: ExchangeKinds) throws -> ExchangeSurvey {
        try ExchangeSurvey(
            isDehydrated: false,
            inbound: lists.inbound.compactMap(InboundConnector.init),
            outbound: lists.outbound.compactMap(OutboundConnector.init),
            rules: lists.rules.compactMap(TransportRule.init),
            kinds: kinds,
            gateway: try testGateway(),
            known: lists.known
        )
    }

    private static func foreign(_ changes: [String: JSONValue]) -> ExchangeRecord {
        ExchangeRecord(
            [
                "Guid": .string(UUID().uuidString), "Name": "Old gateway", "Enabled": true,
                "SenderDomains": .array(["smtp:*;1"]), "RecipientDomains": .array(["*"]), "Comment": "",
            ].merging(changes) { $1 }
        )
    }

    @Test("Ours are found by their marks among others")
    func finds() async throws {
        try await withKinds { kinds in
            var lists = Lists()
            lists.inbound = [
                Self.foreign(["SenderDomains": .array(["bank.example"])]),
                record(kinds.inbound.made, ["Name": "Renamed"]),
            ]
            lists.outbound = [record(kinds.outbound.made)]
            lists.rules = [record(kinds.rule.made, ["State": "Enabled"])]
            let survey = try Self.survey(lists, kinds)
            #expect(survey.inbound?.name == "Renamed")
            #expect(survey.outbound != nil)
            #expect(survey.rule != nil)
            #expect(survey.warnings.isEmpty)
        }
    }

    @Test("A remembered GUID is ours even after the comment was wiped")
    func knownGUID() async throws {
        try await withKinds { kinds in
            let guid = UUID().uuidString
            var lists = Lists()
            lists.inbound = [record(kinds.inbound.made, ["Comment": "", "Guid": .string(guid)])]
            lists.known = ["inbound-connector": guid.lowercased()]
            let survey = try Self.survey(lists, kinds)
            #expect(survey.inbound != nil)
            lists.known = [:]
            #expect(throws: Problem.self) { try Self.survey(lists, kinds) }
        }
    }

    @Test(
        "An enabled connector of someone else for all domains is a conflict that names it",
        arguments: [
            ["Enabled": true], ["Enabled": .null], ["TestMode": true],
            ["Comment": "[sluice:v1:other:inbound-connector]"],
        ] as [[String: JSONValue]]
    )
    func conflict(changes: [String: JSONValue]) async throws {
        try await withKinds { kinds in
            for path in [\Lists.inbound, \Lists.outbound] {
                var lists = Lists()
                lists[keyPath: path] = [Self.foreign(changes)]
                let problem = #expect(throws: Problem.self) { try Self.survey(lists, kinds) }
                #expect(problem?.code == .connectorConflict)
                #expect(problem?.detail.contains("\"Old gateway\"") == true)
            }
        }
    }

    @Test("What stands beside ours without being in its way is left alone")
    func harmless() async throws {
        try await withKinds { kinds in
            var lists = Lists()
            lists.inbound = [Self.foreign(["SenderDomains": .array(["bank.example"])])]
            lists.outbound = [
                Self.foreign(["IsTransportRuleScoped": true]),
                Self.foreign(["RecipientDomains": .array([]), "AllAcceptedDomains": true]),
            ]
            let survey = try Self.survey(lists, kinds)
            #expect(survey.warnings.isEmpty)
        }
    }

    @Test("A disabled connector for all domains is a warning that names it")
    func disabled() async throws {
        try await withKinds { kinds in
            var lists = Lists()
            lists.inbound = [Self.foreign(["Enabled": false])]
            lists.outbound = [Self.foreign(["Enabled": false])]
            let warnings = try Self.survey(lists, kinds).warnings
            #expect(warnings.count == 2)
            #expect(warnings.allSatisfy { $0.contains("\"Old gateway\"") })
        }
    }

    @Test("A connector whose domains did not come is unknown, not harmless")
    func unknownDomains() async throws {
        try await withKinds { kinds in
            var lists = Lists()
            lists.inbound = [ExchangeRecord(["Guid": .string(UUID().uuidString), "Name": "Odd", "Enabled": true])]
            let problem = #expect(throws: Problem.self) { try Self.survey(lists, kinds) }
            #expect(problem?.code == .unexpectedAnswer)
        }
    }

    @Test("Our name on someone else's object is a conflict, whatever the case")
    func takenName() async throws {
        try await withKinds { kinds in
            var lists = Lists()
            lists.rules = [
                record(
                    kinds.rule.made,
                    ["Name": "bypass spam filtering for EXAMPLE gateway", "Comments": "mine"]
                )
            ]
            let problem = #expect(throws: Problem.self) { try Self.survey(lists, kinds) }
            #expect(problem?.code == .connectorConflict)
        }
    }

    @Test("Two objects with our mark are a conflict that names both")
    func twice() async throws {
        try await withKinds { kinds in
            var lists = Lists()
            lists.outbound = [record(kinds.outbound.made), record(kinds.outbound.made, ["Name": "A copy"])]
            let problem = #expect(throws: Problem.self) { try Self.survey(lists, kinds) }
            #expect(problem?.code == .connectorConflict)
            #expect(problem?.detail.contains("\"A copy\"") == true)
            #expect(problem?.detail.contains("\"Outbound Connector for Example Gateway\"") == true)
        }
    }

    @Test(
        "Enhanced filtering on our connector and the bypass rule do not go together",
        arguments: [["EFSkipLastIP": true], ["EFSkipIPs": .array(["192.0.2.1"])]] as [[String: JSONValue]]
    )
    func enhancedFiltering(changes: [String: JSONValue]) async throws {
        try await withKinds { kinds in
            var lists = Lists()
            lists.inbound = [record(kinds.inbound.made, changes)]
            let problem = #expect(throws: Problem.self) { try Self.survey(lists, kinds) }
            #expect(problem?.code == .connectorConflict)
            lists.inbound = [record(kinds.inbound.made, ["EFSkipLastIP": false, "EFSkipIPs": .array([])])]
            let survey = try Self.survey(lists, kinds)
            #expect(survey.inbound != nil)
        }
    }
}
