import Foundation
import JobModel
import Testing

@testable import Executors

@Suite("Which findings are put right, and what that changes")
struct RepairPlanTests {
    private static let tenant = TenantID(UUID())

    private static func finding(
        _ id: String,
        _ subject: DriftSubject,
        field: String? = nil,
        live: ObservedValue = .known("old"),
        isRepairable: Bool = true
    ) -> DriftFinding {
        DriftFinding(
            id: id,
            subject: subject,
            name: "Inbound Connector for Example Gateway",
            field: field,
            drift: .changed,
            lastApplied: .known("new"),
            wanted: .known("new"),
            live: live,
            isRepairable: isRepairable,
            advice: "Repair it."
        )
    }

    private static let found = [
        Self.finding("inbound-connector.RequireTls", .inboundConnector, field: "RequireTls"),
        Self.finding("inbound-connector.Enabled", .inboundConnector, field: "Enabled"),
        Self.finding("inbound-connector.CloudServicesMailEnabled", .inboundConnector, field: "C", isRepairable: false),
        Self.finding("bypass-rule", .bypassRule, live: .absent),
        Self.finding("directory-role-assignment", .directoryRoleAssignment, live: .absent),
        Self.finding("mx.contoso.com", .mx, isRepairable: false),
    ]

    private static func plan(_ choice: RepairChoice, of findings: [DriftFinding] = Self.found) async throws
        -> RepairPlan
    {
        var plan: Result<RepairPlan, any Error>?
        try await withKinds { kinds in
            plan = Result { try RepairPlan(choice, of: findings, for: self.tenant, kinds: kinds) }
        }
        return try #require(plan).get()
    }

    @Test("All means what is ours to repair, and nothing else", arguments: [RepairChoice.all, .none])
    func all(choice: RepairChoice) async throws {
        let plan = try await Self.plan(choice)
        #expect(
            plan.chosen.map(\.id)
                == [
                    "inbound-connector.RequireTls", "inbound-connector.Enabled", "bypass-rule",
                    "directory-role-assignment",
                ]
        )
        #expect(plan.plan.changes.map(\.kind) == [.directoryRoleAssignment, .inboundConnector, .bypassRule])
        #expect(plan.plan.changes.map(\.action) == [.create, .update, .create])
        #expect(plan.plan.changes[1].fields.map(\.field) == ["RequireTls", "Enabled"])
        #expect(plan.plan.changes[1].fields.allSatisfy { $0.before == "old" && $0.after == "new" })
    }

    @Test("Chosen findings change their own fields alone")
    func some() async throws {
        let plan = try await Self.plan(.findings(["inbound-connector.Enabled"]))
        #expect(plan.plan.changes.count == 1)
        #expect(plan.plan.changes[0].fields.map(\.field) == ["Enabled"])
        let (whole, again) = (try await Self.plan(.all), try await Self.plan(.findings(["inbound-connector.Enabled"])))
        #expect(plan.plan.hash != whole.plan.hash)
        #expect(plan.plan.hash == again.plan.hash)
    }

    @Test(
        "What is not there, or not ours, is refused by its id and not passed over",
        arguments: [("inbound-connector.Nothing", "was not found"), ("mx.contoso.com", "not for Sluice to repair")]
    )
    func refused(id: String, words: String) async throws {
        let problem = await #expect(throws: Problem.self) {
            _ = try await Self.plan(.findings(["inbound-connector.Enabled", id]))
        }
        #expect(problem?.code == .findingNotRepairable)
        #expect(problem?.detail.contains(id) == true && problem?.detail.contains(words) == true)
    }

    @Test("What could not be read is in the plan as unknown, and changes nothing")
    func unknown() async throws {
        let blind = Self.finding(
            "bypass-rule",
            .bypassRule,
            live: .unknown("Exchange gave no answer."),
            isRepairable: false
        )
        let plan = try await Self.plan(.all, of: [blind])
        #expect(plan.plan.changes.isEmpty)
        #expect(plan.plan.unknown.map(\.kind) == [.bypassRule])
    }
}
