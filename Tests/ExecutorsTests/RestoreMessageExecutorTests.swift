import Foundation
import JobModel
import Microsoft365
import Simulator
import TestSupport
import Testing

@testable import Executors

@Suite("restore-message over mailboxes")
struct RestoreMessageExecutorTests {
    private static let one = MailBench.member(1)

    /// Copies in many places, read and unread, flagged and filed.
    private static var varied: [ScenarioDelivery] {
        var delivery = ScenarioDelivery(MailBench.message, members: ScenarioMembers(first: 1, last: 6))
        delivery.copies = 3
        delivery.isVaried = true
        return [delivery]
    }

    @Test("A restore leaves every mailbox as it was, item by item; a second one changes nothing")
    func restoresAll() async throws {
        try await MailBench.with(members: 6, deliveries: Self.varied) { bench in
            let (job, all) = (JobID(UUID()), (1...6).map(MailBench.member))
            let pulled = try await bench.run(try MailBench.pull(all, ["campaign": "c1"]), job: job).pulled
            let copies = try #require(pulled.totals["pulled"])
            #expect(copies > 6)
            let restore = try MailBench.restore(all, ["pullJob": job.description])
            let output = try await bench.run(restore).restored
            #expect(output.totals["restored"] == copies)
            #expect(bench.simulator.mailDifferences(tenant: MailBench.tenant) == [])
            let effects = bench.simulator.mailEffects().count
            let again = try await bench.run(restore).restored
            #expect(again.totals["already-restored"] == copies)
            #expect(bench.simulator.mailEffects().count == effects)
            #expect(await bench.simulator.violations().isEmpty)
        }
    }

    @Test(
        "Whoever is to be told of a pull and of its restore is told which message, why, for whom and counts, once, and nothing else of the mail"
    )
    func told() async throws {
        try await MailBench.with { bench in
            let (job, all) = (JobID(UUID()), (1...3).map(MailBench.member))
            let people: [String: Any] = [
                "notify": ["soc@contoso.com", "admin@contoso.com"], "language": "de", "customer": "Contoso",
            ]
            let pull = try MailBench.pull(all, people)
            let pulled = try await bench.attempt(pull, job: job)
            func request(_ content: NotificationContent) -> NotificationRequested {
                let recipients = ["soc@contoso.com", "admin@contoso.com"]
                return NotificationRequested(
                    content,
                    recipients: recipients,
                    customer: "Contoso",
                    requestedBy: "admin@contoso.com",
                    language: "de"
                )
            }
            func message(_ id: String?, _ reason: String) -> NotificationMessage {
                NotificationMessage(internetMessageID: id, campaign: nil, reason: reason)
            }
            #expect(
                try pulled.notifications == [
                    request(
                        .messagePulled(
                            targets: 3,
                            dispositions: ["pulled": 3],
                            message: message(MailBench.message, "phish")
                        )
                    )
                ]
            )
            #expect(try await bench.attempt(pull, job: job, memo: pulled.memo).notifications == [])
            let restore = try MailBench.restore(all, people.merging(["pullJob": job.description]) { $1 })
            let restored = try await bench.attempt(restore, job: JobID(UUID()))
            #expect(
                try restored.notifications == [
                    request(
                        .messageRestored(
                            targets: 3,
                            dispositions: ["restored": 3],
                            message: message(nil, "false positive")
                        )
                    )
                ]
            )
        }
    }

    @Test("A campaign, or a message whoever pulled it, is found by what the copies carry")
    func selects() async throws {
        try await MailBench.with { bench in
            let all = (1...3).map(MailBench.member)
            _ = try await bench.run(try MailBench.pull(Array(all.prefix(2)), ["campaign": "c1"]))
            _ = try await bench.run(try MailBench.pull(Array(all.suffix(1)), ["campaign": "c2"]))
            let campaign = try await bench.run(try MailBench.restore(all, ["campaign": "c1"])).restored
            #expect(campaign.totals["restored"] == 2 && campaign.totals["not-found"] == 1)
            let message = try MailBench.restore(all, ["internetMessageId": MailBench.message])
            let rest = try await bench.run(message).restored
            #expect(rest.totals["restored"] == 1 && rest.totals["already-restored"] == 2)
            #expect(bench.simulator.mailDifferences(tenant: MailBench.tenant) == [])
        }
    }

    @Test("What the owner changed meanwhile stays changed, and is told")
    func keepsChanges() async throws {
        try await MailBench.with { bench in
            let job = JobID(UUID())
            _ = try await bench.run(try MailBench.pull([Self.one]), job: job)
            var edit = MailboxAction(.edit)
            edit.isRead = true
            edit.categories = ["Mine"]
            try await bench.simulator.perform(edit, on: Self.one, tenant: MailBench.tenant)
            let output = try await bench.run(try MailBench.restore([Self.one], ["pullJob": job.description])).restored
            #expect(output.dispositions.first?.kept == ["isRead", "categories"])
            let item = try #require(try bench.items(Self.one).first)
            #expect(item.folder == "Inbox" && item.isRead && item.categories == ["Mine"])
        }
    }

    @Test("A copy that its owner took out of quarantine stays where it was put; one that is gone is not found")
    func respectsOwners() async throws {
        try await MailBench.with { bench in
            let job = JobID(UUID())
            _ = try await bench.run(try MailBench.pull([Self.one, MailBench.member(2)]), job: job)
            let take = MailboxAction(.move, folder: "Mine", internetMessageID: MailBench.message)
            try await bench.simulator.perform(take, on: Self.one, tenant: MailBench.tenant)
            let purge = MailboxAction(.purge, internetMessageID: MailBench.message)
            try await bench.simulator.perform(purge, on: MailBench.member(2), tenant: MailBench.tenant)
            let mailboxes = [Self.one, MailBench.member(2)]
            let output = try await bench.run(try MailBench.restore(mailboxes, ["pullJob": job.description])).restored
            #expect(output.totals["moved-by-user"] == 1)
            #expect(output.totals["not-found"] == 1)
            #expect(try bench.items(Self.one).first?.folder == "Mine")
        }
    }

    @Test(
        "A folder that is gone, or thrown away, is made again under its path; one that was moved or renamed is the same",
        arguments: [
            ("purge-folder", "Clients/2026", DispositionNote.folderRemade as DispositionNote?, "Clients/2026"),
            ("purge-folder", "Clients", .folderRemade, "Clients/2026"),
            ("delete-folder", "Clients", .folderDiscarded, "Clients/2026"),
            ("delete-folder", "Clients/2026", .folderDiscarded, "Clients/2026"),
            ("rename-folder", "Clients/2026", nil, "Clients/Old"),
        ]
    )
    func remakesFolders(
        action: String,
        folder: String,
        note: DispositionNote?,
        place: String
    ) async throws {
        var delivery = ScenarioDelivery(MailBench.message, members: ScenarioMembers(first: 1, last: 1))
        delivery.folder = "Clients/2026"
        try await MailBench.with(members: 1, deliveries: [delivery]) { bench in
            let job = JobID(UUID())
            _ = try await bench.run(try MailBench.pull([Self.one]), job: job)
            var change = MailboxAction(try #require(MailboxAction.Name(rawValue: action)), folder: folder)
            change.name = action == "rename-folder" ? "Old" : nil
            try await bench.simulator.perform(change, on: Self.one, tenant: MailBench.tenant)
            let output = try await bench.run(try MailBench.restore([Self.one], ["pullJob": job.description])).restored
            let row = try #require(output.dispositions.first)
            #expect(row.disposition == .restored && row.note == note)
            #expect(row.folder == (note == nil ? nil : place))
            #expect(try bench.items(Self.one).first?.folder == place)
        }
    }

    @Test("Where the folder cannot be made again, the nearest one above takes the copy, and the result says so")
    func goesElsewhere() async throws {
        try await MailBench.withPurgedFolder { bench, job in
            var refusal = Fault(.reply)
            refusal.status = 400
            refusal.code = "ErrorInvalidRequest"
            let route = "graph.mailFolders.childFolders.create"
            await bench.simulator.add(FaultRule(route: route, fault: refusal, count: 0))
            let output = try await bench.run(try MailBench.restore([Self.one], ["pullJob": job.description])).restored
            #expect(output.dispositions.first?.disposition == .restoredElsewhere)
            #expect(output.dispositions.first?.folder == "Clients")
            #expect(try bench.items(Self.one).first?.folder == "Clients")
        }
    }

    @Test("A dry run finds and changes nothing")
    func dryRuns() async throws {
        try await MailBench.with { bench in
            let job = JobID(UUID())
            _ = try await bench.run(try MailBench.pull([Self.one]), job: job)
            let effects = bench.simulator.mailEffects().count
            let dry = try MailBench.restore([Self.one], ["pullJob": job.description, "dryRun": true])
            #expect(try await bench.run(dry).restored.totals["found"] == 1)
            #expect(bench.simulator.mailEffects().count == effects)
        }
    }
}
