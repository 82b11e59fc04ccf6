import Foundation
import JobModel
import Microsoft365
import Simulator
import TestSupport
import Testing

@testable import Executors

@Suite("pull-message over mailboxes")
struct PullMessageExecutorTests {
    private static let two = [MailBench.member(1), MailBench.member(2)]

    @Test("Every copy is stamped, moved to the hidden folder and read there, and the totals add up")
    func pullsAll() async throws {
        try await MailBench.with { bench in
            let job = JobID(UUID())
            let attempt = try await bench.run(
                try MailBench.pull([MailBench.member(1), "alias000002@contoso.com"], ["campaign": "c1"]),
                job: job
            )
            let output = try attempt.pulled
            #expect(output.totals["pulled"] == 2)
            #expect(output.totals.values.reduce(0, +) == output.dispositions.count)
            for row in output.dispositions {
                #expect(row.before?.requestID != nil && row.after?.requestID != nil)
                #expect(row.before?.folderID != row.after?.folderID)
            }
            for mailbox in Self.two {
                let item = try #require(try bench.items(mailbox).first)
                #expect(item.folder == quarantine)
                #expect(item.properties.values.contains(job.description))
            }
            #expect(try bench.items(MailBench.member(3)).first?.folder == "Inbox")
            #expect(try attempt.told(.messagePulled).flatMap(\.copies).count == 2)
            #expect(attempt.progress.last?.done == 2)
            #expect(await bench.simulator.violations().isEmpty)
        }
    }

    @Test("Copies in Deleted Items, Junk and subfolders count; a mailbox without one is not found")
    func findsEverywhere() async throws {
        var deliveries = ["deleteditems", "junkemail", "Clients/2026/Open"].map { folder in
            var delivery = ScenarioDelivery(MailBench.message, members: ScenarioMembers(first: 1, last: 1))
            delivery.folder = folder
            return delivery
        }
        deliveries.append(ScenarioDelivery("<other@mail.example>", members: ScenarioMembers(first: 2, last: 2)))
        try await MailBench.with(deliveries: deliveries) { bench in
            let output = try await bench.run(try MailBench.pull(Self.two)).pulled
            #expect(output.totals["pulled"] == 3)
            #expect(output.totals["not-found"] == 1)
            let items = try bench.items(MailBench.member(1))
            #expect(items.allSatisfy { $0.folder == quarantine })
            let origins = items.compactMap { $0.properties.first { $0.key.hasSuffix("Name Origin") }?.value }
            #expect(
                origins.contains { $0.contains("\"Clients\"") && $0.contains("\"2026\"") && $0.contains("\"Open\"") }
            )
        }
    }

    @Test("A second job finds the copies already pulled; the same job, its memo lost, finds them its own")
    func knowsItsOwn() async throws {
        try await MailBench.with { bench in
            let (job, payload) = (JobID(UUID()), try MailBench.pull(Self.two))
            _ = try await bench.run(payload, job: job)
            #expect(try await bench.run(payload, job: job).pulled.totals["pulled"] == 2)
            #expect(try await bench.run(payload).pulled.totals["already-pulled"] == 2)
            #expect(bench.moves().values.allSatisfy { $0 == 1 })
        }
    }

    @Test("A copy with another sender, or from outside the window, stays")
    func checksSenderAndWindow() async throws {
        try await MailBench.with { bench in
            let wrong = try await bench.run(try MailBench.pull(Self.two, ["from": "ceo@contoso.com"])).pulled
            #expect(wrong.totals["recipient-mismatch"] == 2)
            #expect(wrong.dispositions.allSatisfy { $0.note == .senderDiffers })
            let late = ["mailbox": MailBench.member(1), "receivedAfter": "2026-11-21T00:00:00Z"]
            let early = ["mailbox": MailBench.member(2), "receivedBefore": "2026-11-19T00:00:00Z"]
            let outside = try await bench.run(try MailBench.pull([], ["targets": [late, early]])).pulled
            #expect(outside.dispositions.map(\.note) == [.outsideWindow, .outsideWindow])
            #expect(bench.moves().isEmpty)
            let right = try MailBench.pull(Self.two, ["from": "SENDER@mail.example"])
            #expect(try await bench.run(right).pulled.totals["pulled"] == 2)
        }
    }

    @Test("Copies that differ in sender or subject stop the job before anything is moved")
    func refusesTheBroad() async throws {
        var other = ScenarioDelivery(MailBench.message, members: ScenarioMembers(first: 2, last: 2))
        other.subject = "Lunch"
        let deliveries = [ScenarioDelivery(MailBench.message, members: ScenarioMembers(first: 1, last: 1)), other]
        try await MailBench.with(deliveries: deliveries) { bench in
            let attempt = try await bench.run(try MailBench.pull(Self.two))
            #expect(attempt.problem?.code == .selectorTooBroad)
            #expect(attempt.problem?.detail.contains("2 copies are 2 messages") == true)
            #expect(bench.simulator.mailEffects().isEmpty)
        }
    }

    @Test("A dry run finds and changes nothing")
    func dryRuns() async throws {
        try await MailBench.with { bench in
            let output = try await bench.run(try MailBench.pull(Self.two, ["dryRun": true])).pulled
            #expect(output.dryRun && output.totals["found"] == 2)
            #expect(bench.simulator.mailEffects().isEmpty)
        }
    }
}
