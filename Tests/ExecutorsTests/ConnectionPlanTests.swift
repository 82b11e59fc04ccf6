import Foundation
import JobModel
import Microsoft365
import Testing

@testable import Executors

@Suite("Plan")
struct ConnectionPlanTests {
    private static let tenant = TenantID(UUID(uuid: (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16)))

    private static func survey(
        _ kinds: ExchangeKinds,
        isDehydrated: Bool = false,
        inbound: [String: JSONValue]? = nil,
        outbound: [String: JSONValue]? = nil,
        rule: [String: JSONValue]? = nil
    ) throws -> ExchangeSurvey {
        try ExchangeSurvey(
            isDehydrated: isDehydrated,
            inbound: [inbound.flatMap { InboundConnector(record(kinds.inbound.made, $0)) }].compactMap { $0 },
            outbound: [outbound.flatMap { OutboundConnector(record(kinds.outbound.made, $0)) }].compactMap { $0 },
            rules: [rule.flatMap { TransportRule(record(kinds.rule.made, $0)) }].compactMap { $0 },
            kinds: kinds,
            gateway: try testGateway(),
            known: [:]
        )
    }

    private static func plan(
        _ kinds: ExchangeKinds,
        tenant: TenantID = tenant,
        appRole: Bool = true,
        _ exchange: Observed<ExchangeSurvey>
    ) throws -> ChangePlan {
        try ConnectionPlan.plan(
            for: tenant,
            ObservedTenant(holdsAppRole: appRole, holdsDirectoryRole: true, exchange: exchange),
            kinds: kinds
        )
    }

    private static let asWanted: [String: JSONValue] = ["State": "Enabled"]

    @Test("A tenant that has nothing gets everything, in the order of the steps")
    func fresh() async throws {
        try await withKinds { kinds in
            let plan = try Self.plan(kinds, appRole: false, .known(try Self.survey(kinds, isDehydrated: true)))
            #expect(
                plan.changes.map(\.kind) == [
                    .appRoleAssignment, .organizationCustomization, .inboundConnector, .outboundConnector, .bypassRule,
                ]
            )
            #expect(plan.unknown.isEmpty)
            let outbound = plan.changes[3].fields
            #expect(outbound.contains(JobModel.FieldChange(field: "Enabled", before: nil, after: "false")))
            let inbound = plan.changes[2].fields
            #expect(
                inbound.contains(
                    JobModel.FieldChange(
                        field: "SenderIPAddresses",
                        before: nil,
                        after: "198.51.100.0/24, 198.51.101.0/24, 203.0.113.7"
                    )
                )
            )
            #expect(PayloadRule.isPlanHash(plan.hash))
        }
    }

    @Test("A tenant as wanted leads to an empty plan")
    func empty() async throws {
        try await withKinds { kinds in
            let survey = try Self.survey(kinds, inbound: [:], outbound: [:], rule: Self.asWanted)
            let plan = try Self.plan(kinds, .known(survey))
            #expect(plan.changes.isEmpty)
        }
    }

    @Test("What Exchange spells otherwise, and what is not ours to decide, is no change")
    func spelling() async throws {
        try await withKinds { kinds in
            let survey = try Self.survey(
                kinds,
                inbound: ["SenderDomains": .array(["smtp:*;1"]), "Name": "Renamed by an admin"],
                outbound: [
                    "SmartHosts": .array(["OUT2.gateway.example", "out1.gateway.example."]), "Enabled": true,
                ],
                rule: ["SetSCL": "-1", "State": "Enabled"]
            )
            let plan = try Self.plan(kinds, .known(survey))
            #expect(plan.changes.isEmpty)
        }
    }

    @Test("Each field that differs is shown before and after, and no other")
    func differences() async throws {
        try await withKinds { kinds in
            let survey = try Self.survey(
                kinds,
                inbound: ["Enabled": false, "SenderIPAddresses": .array(["192.0.2.0/24"])],
                outbound: ["UseMXRecord": true],
                rule: ["State": "Disabled"]
            )
            let plan = try Self.plan(kinds, .known(survey))
            #expect(plan.changes.map(\.action) == [.update, .update, .update])
            #expect(
                plan.changes.map { $0.fields.map { "\($0.field): \($0.before ?? "nil") > \($0.after ?? "-")" } } == [
                    [
                        "Enabled: false > true",
                        "SenderIPAddresses: 192.0.2.0/24 > 198.51.100.0/24, 198.51.101.0/24, 203.0.113.7",
                    ],
                    ["UseMXRecord: true > false"], ["State: Disabled > Enabled"],
                ]
            )
        }
    }

    @Test("What cannot be read is unknown, never absent")
    func unknown() async throws {
        try await withKinds { kinds in
            let plan = try Self.plan(kinds, appRole: false, .unknown(reason: "No way in yet."))
            #expect(plan.changes.map(\.kind) == [.appRoleAssignment])
            #expect(
                plan.unknown.map(\.kind) == [
                    .organizationCustomization, .inboundConnector, .outboundConnector, .bypassRule,
                ]
            )
        }
    }

    @Test("A field that Exchange did not send stops the plan")
    func missingField() async throws {
        try await withKinds { kinds in
            let full = record(kinds.outbound.made).fields.filter { $0.key != "SmartHosts" }
            let connector = try #require(OutboundConnector(ExchangeRecord(full)))
            let problem = #expect(throws: Problem.self) { try kinds.outbound.mending(of: connector) }
            #expect(problem?.code == .unexpectedAnswer)
            #expect(problem?.detail.contains("SmartHosts") == true)
        }
    }

    @Test("The hash is the same for the same tenant, and another for any difference")
    func hash() async throws {
        try await withKinds { kinds in
            let survey = try Self.survey(kinds, inbound: ["RequireTls": false])
            let plan = try Self.plan(kinds, .known(survey))
            #expect(try Self.plan(kinds, .known(survey)) == plan)
            let others = [
                try Self.plan(kinds, tenant: TenantID(UUID()), .known(survey)),
                try Self.plan(kinds, appRole: false, .known(survey)),
                try Self.plan(kinds, .known(try Self.survey(kinds, inbound: ["RequireTls": false, "Enabled": false]))),
                try Self.plan(kinds, .unknown(reason: "No way in yet.")),
            ]
            #expect(Set(others.map(\.hash) + [plan.hash]).count == 5)
        }
    }
}
