import JobModel
import Simulator
import TestSupport
import Testing

@testable import Executors

@Suite("Planning and applying a connection")
struct ConnectTenantPlanTests {
    private static let dryRun = #""claimedDomains":["contoso.com"],"dryRun":true"#

    private static func apply(_ hash: String) throws -> ConnectTenant {
        try Bench.payload(#""claimedDomains":["contoso.com"],"planHash":"\#(hash)""#)
    }

    @Test("A dry run writes nothing and tells what it could not read")
    func fresh() async throws {
        try await Bench.with { bench in
            let attempt = try await bench.attempt(try Bench.payload(Self.dryRun))
            let output = try attempt.output()
            #expect(output.dryRun)
            #expect(output.changes.isEmpty)
            #expect(output.plan.changes.map(\.kind) == [.appRoleAssignment, .directoryRoleAssignment])
            #expect(output.plan.unknown.count == 4)
            #expect(output.objects.isEmpty)
            #expect(attempt.events.isEmpty)
            #expect(await bench.simulator.effects().isEmpty)
            #expect(await bench.simulator.journal().allSatisfy { !$0.hasChangedTenant })
        }
    }

    @Test("The hash of a dry run applies, also when the job is killed in between", arguments: [nil, 12, 20] as [Int?])
    func applies(killedAfter: Int?) async throws {
        for scenario in [Scenario.virtualDemo, .grantedDemo] {
            try await Bench.with(scenario) { bench in
                let plan = try await bench.attempt(try Bench.payload(Self.dryRun)).output().plan
                let payload = try Self.apply(plan.hash)
                let killed = try await killedAfter.asyncMap { try await bench.attempt(payload, killedAfter: $0) }
                let output = try await bench.connect(payload, memo: killed?.memo)
                #expect(output.plan == plan)
                #expect(output.objects.count == 5)
                if scenario == .grantedDemo { #expect(output.changes == plan.changes) }
            }
        }
    }

    @Test("The hash of yesterday is refused after an administrator's edit, and nothing is written")
    func refuses() async throws {
        try await Bench.with { bench in
            let first = try await bench.connect()
            var edit = AdminAction(.editObject)
            edit.kind = "inbound-connector"
            edit.identity = first.objects.first { $0.kind == .inboundConnector }?.id
            edit.parameters = ["RequireTls": false]
            try await bench.simulator.perform(edit, tenant: Scenario.contosoID)
            let plan = try await bench.attempt(try Bench.payload(Self.dryRun)).output().plan
            #expect(plan.changes.count == 1)

            edit.parameters = ["SenderIPAddresses": ["192.0.2.99"]]
            try await bench.simulator.perform(edit, tenant: Scenario.contosoID)
            let before = await bench.ownEffects()
            let attempt = try await bench.attempt(try Self.apply(plan.hash))
            #expect(attempt.problem?.code == .planChanged)
            #expect(attempt.problem?.detail.contains(plan.hash) == true)
            let now = try await bench.attempt(try Bench.payload(Self.dryRun)).output().plan
            #expect(attempt.problem?.detail.contains(now.hash) == true)
            #expect(await bench.ownEffects() == before)

            let applied = try await bench.connect(try Self.apply(now.hash))
            #expect(applied.changes == now.changes)
        }
    }

    @Test("A dry run of a connected tenant finds its objects and nothing to do")
    func connected() async throws {
        try await Bench.with { bench in
            let first = try await bench.connect()
            let output = try await bench.attempt(try Bench.payload(Self.dryRun)).output()
            #expect(output.plan.changes.isEmpty)
            #expect(output.plan.unknown.isEmpty)
            #expect(output.objects == first.objects)
            #expect(output.domains == first.domains)
        }
    }
}

extension Optional {
    fileprivate func asyncMap<Result>(_ transform: (Wrapped) async throws -> Result) async rethrows -> Result? {
        guard let self else { return nil }
        return try await transform(self)
    }
}
