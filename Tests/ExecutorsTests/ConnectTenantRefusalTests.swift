import Foundation
import JobModel
import Simulator
import TestSupport
import Testing

@testable import Executors

@Suite("Connecting a tenant that refuses")
struct ConnectTenantRefusalTests {
    @Test("A wrong secret is our own fault and is found before anything is written")
    func wrongSecret() async throws {
        try await Bench.with(secret: "a-wrong-secret-9c1f") { bench in
            let attempt = try await bench.attempt(try Bench.payload())
            #expect(attempt.problem?.code == .credentialsRejected)
            #expect(attempt.outcome.isPostponed == false)
            #expect(await bench.ownEffects().isEmpty)
        }
    }

    @Test("A login service that cannot be reached is tried again")
    func unreachableLogin() async throws {
        try await Bench.with(loginURL: "http://127.0.0.1:9") { bench in
            let attempt = try await bench.attempt(try Bench.payload())
            #expect(attempt.problem?.code == .loginUnreachable)
            #expect(ProblemCode.loginUnreachable.reaction == .retry)
        }
    }

    @Test("An unknown tenant ends the job")
    func unknownTenant() async throws {
        try await Bench.with { bench in
            let attempt = try await bench.attempt(
                try Bench.payload(),
                tenant: "0a1b2c3d-0000-4000-8000-0000000000ff"
            )
            #expect(attempt.problem?.code == .tenantNotFound)
        }
    }

    @Test("A tenant without Exchange Online ends the job, and nothing is written")
    func noExchange() async throws {
        try await Bench.with { bench in
            let payload = try Bench.payload(#""claimedDomains":["tailspin.example"]"#)
            let attempt = try await bench.attempt(payload, tenant: Scenario.tailspinID)
            #expect(attempt.problem?.code == .exchangeMissing)
            #expect(await bench.ownEffects(tenant: Scenario.tailspinID).isEmpty)
        }
    }

    @Test("A consent that is not there yet is waited for half an hour, and no longer")
    func noConsent() async throws {
        try await Bench.with { bench in
            let payload = try Bench.payload(#""claimedDomains":["fabrikam.com"]"#)
            let start = bench.now
            let attempts = try await bench.run(payload, tenant: Scenario.fabrikamID)
            #expect(attempts.dropLast().allSatisfy { $0.outcome.isPostponed })
            #expect(attempts.count > 5)
            let last = try required(attempts.last)
            #expect(last.outcome.isPostponed == false)
            #expect(last.problem?.code == .consentMissing)
            let waited = bench.now.timeIntervalSince(start)
            #expect((1_800...2_400).contains(waited))
        }
    }

    @Test("A consent that comes meanwhile lets the job go on")
    func lateConsent() async throws {
        var scenario = Scenario.virtualDemo
        scenario.delays.consentToSignInSeconds = 30
        scenario.delays.consentToRolesSeconds = 200
        scenario.tenants[1].isDehydrated = false
        try await Bench.with(scenario) { bench in
            try await bench.simulator.perform(AdminAction(.grantConsent), tenant: Scenario.fabrikamID)
            let payload = try Bench.payload(#""claimedDomains":["fabrikam.com"]"#)
            let attempts = try await bench.run(payload, tenant: Scenario.fabrikamID)
            #expect(attempts.first?.problem?.code == .consentMissing)
            #expect(attempts.contains { $0.problem?.code == .permissionMissing })
            #expect(try required(attempts.last).output().objects.count == 5)
        }
    }

    @Test("Each missing permission is named once the wait is over")
    func missingPermissions() async throws {
        var scenario = Scenario.virtualDemo
        scenario.tenants[0].consents[Scenario.demoClientID] = ["Domain.Read.All", "Application.Read.All"]
        try await Bench.with(scenario) { bench in
            let last = try required(try await bench.run(try Bench.payload()).last)
            #expect(last.problem?.code == .permissionMissing)
            for name in ["AppRoleAssignment.ReadWrite.All", "RoleManagement.ReadWrite.Directory", "User.Read.All"] {
                #expect(last.problem?.detail.contains(name) == true)
            }
            #expect(last.problem?.detail.contains("Mail.ReadWrite") == false, "other jobs' permissions are not ours")
            #expect(last.problem?.detail.contains("Domain.Read.All") == false)
            #expect(await bench.ownEffects().isEmpty)
        }
    }

    @Test("A tenant that has none of the claimed domains is not touched")
    func notProved() async throws {
        try await Bench.with { bench in
            let payload = try Bench.payload(#""claimedDomains":["fabrikam.com","new.contoso.com"]"#)
            let attempt = try await bench.attempt(payload)
            #expect(attempt.problem?.code == .tenantNotProved)
            #expect(attempt.problem?.detail.contains("fabrikam.com, new.contoso.com") == true)
            #expect(await bench.ownEffects().isEmpty)
        }
    }

    @Test("A policy that blocks the application ends the job")
    func blocked() async throws {
        var scenario = Scenario.virtualDemo
        scenario.tenants[0].blocksSignIn = true
        try await Bench.with(scenario) { bench in
            let attempt = try await bench.attempt(try Bench.payload())
            #expect(attempt.problem?.code == .accessBlocked)
        }
    }

    @Test("Someone else's connector for all domains is named, and nothing is written in Exchange")
    func foreignConnector() async throws {
        for kind in ["inbound-connector", "outbound-connector"] {
            try await Bench.with { bench in
                try await bench.simulator.perform(Self.foreign(kind, enabled: true), tenant: Scenario.contosoID)
                let last = try required(try await bench.run(try Bench.payload()).last)
                #expect(last.problem?.code == .connectorConflict)
                #expect(last.problem?.detail.contains("\"Rival\"") == true)
                let written = await bench.ownEffects()
                #expect(written == Array(everythingOnce.prefix(2)), "only what it takes to look")
            }
        }
    }

    @Test("A disabled one is a warning")
    func disabledForeignConnector() async throws {
        try await Bench.with { bench in
            try await bench.simulator.perform(
                Self.foreign("inbound-connector", enabled: false),
                tenant: Scenario.contosoID
            )
            let output = try await bench.connect()
            #expect(output.warnings.contains { $0.contains("\"Rival\"") })
        }
    }

    @Test("A grant that never takes effect ends the job after six hours")
    func neverInEffect() async throws {
        var scenario = Scenario.virtualDemo
        scenario.delays.directoryRoleInExchangeSeconds = 1_000_000
        scenario.tokenRequestsPerSecond = 10_000
        try await Bench.with(scenario) { bench in
            let start = bench.now
            let attempts = try await bench.run(try Bench.payload())
            #expect(attempts.last?.problem?.code == .propagationTimeout)
            #expect(attempts.last?.outcome.isPostponed == false)
            #expect((21_600...22_200).contains(bench.now.timeIntervalSince(start)))
        }
    }

    private static func foreign(_ kind: String, enabled: Bool) -> AdminAction {
        var action = AdminAction(.createObject)
        action.kind = kind
        action.parameters =
            kind == "inbound-connector"
            ? ["Name": "Rival", "ConnectorType": "Partner", "SenderDomains": ["*"], "Enabled": .flag(enabled)]
            : ["Name": "Rival", "ConnectorType": "Partner", "RecipientDomains": ["*"], "Enabled": .flag(enabled)]
        return action
    }
}
