import Foundation
import JobModel
import Simulator
import TestSupport
import Testing

@testable import Executors

@Suite("What pull-message refuses as a whole")
struct MessageRefusalTests {
    private static let one = MailBench.member(1)

    @Test("Caps and protected mailboxes refuse with the numbers, and nothing is asked of a mailbox")
    func refusesOverCaps() async throws {
        try await MailBench.with { bench in
            var bench = bench
            bench.settings.mailboxes.targetsPerJob = 2
            let three = try await bench.run(try MailBench.pull((1...3).map(MailBench.member)))
            #expect(three.problem?.code == .capExceeded)
            #expect(three.problem?.detail.contains("names 3 mailboxes; 2 are allowed") == true)
            bench.settings.mailboxes.protectedMailboxes = [MailBench.member(3)]
            let board = try await bench.run(try MailBench.pull(["alias000003@contoso.com"]))
            #expect(board.problem?.code == .mailboxProtected)
            #expect(bench.simulator.mailEffects().isEmpty)
        }
    }

    @Test("A mailbox of another tenant, a guest's, a name given twice and a list of strangers are one problem each")
    func refusesMixedLists() async throws {
        try await MailBench.with { bench in
            let foreign = try await bench.run(try MailBench.pull([Self.one, "frank@fabrikam.com"]))
            #expect(foreign.problem?.code == .mailboxForeign)
            #expect(foreign.problem?.detail.contains("data.targets[1]") == true)
            let double = try await bench.run(try MailBench.pull([Self.one, "alias000001@contoso.com"]))
            #expect(double.problem?.code == .invalidPayload)
            let strangers = try MailBench.pull(["nobody@contoso.com", UUID().uuidString])
            #expect(try await bench.run(strangers).problem?.code == .mailboxesUnknown)
            let mixed = try await bench.run(try MailBench.pull([Self.one, "nobody@contoso.com"])).pulled
            #expect(mixed.totals["pulled"] == 1 && mixed.dispositions[1].note == .notInTenant)
        }
    }

    @Test("More copies than a job handles in one mailbox are left alone")
    func refusesMasses() async throws {
        var many = ScenarioDelivery(MailBench.message, members: ScenarioMembers(first: 1, last: 1))
        many.copies = 30
        let single = ScenarioDelivery(MailBench.message, members: ScenarioMembers(first: 2, last: 2))
        try await MailBench.with(members: 2, deliveries: [many, single]) { bench in
            let output = try await bench.run(try MailBench.pull([Self.one, MailBench.member(2)])).pulled
            #expect(output.totals["refused-by-cap"] == 1 && output.totals["pulled"] == 1)
            #expect(output.dispositions.first?.note == .tooManyCopies)
            #expect(try bench.items(Self.one).allSatisfy { $0.folder == "Inbox" })
        }
    }

    @Test("Without the permissions for mail the job waits and asks no mailbox")
    func waitsForPermissions() async throws {
        try await MailBench.with { scenario in
            guard let tenant = scenario.tenants.firstIndex(where: { $0.id == MailBench.tenant }) else { return }
            scenario.tenants[tenant].consents[Scenario.demoMailClientID] = ["User.Read.All"]
        } _: { bench in
            let attempt = try await bench.attempt(try MailBench.pull([Self.one]), job: JobID(UUID()))
            #expect(attempt.problem?.code == .permissionMissing)
            #expect(await bench.simulator.journal(route: "graph.messages.list").isEmpty)
        }
    }
}
