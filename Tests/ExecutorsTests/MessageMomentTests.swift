import Foundation
import JobModel
import Microsoft365
import Simulator
import TestSupport
import Testing

@testable import Executors

@Suite("What happens in the moment between a mark on a copy and its move")
struct MessageMomentTests {
    private static let one = MailBench.member(1)
    private static let two = MailBench.member(2)

    /// What an owner does right after our mark, and where that leaves the copy.
    private struct Act {
        let name: String
        let action: MailboxAction
        let folder: String
        var isRead = false
    }

    private static let acts: [Act] = {
        var read = MailboxAction(.edit)
        read.isRead = true
        return [
            Act(name: "moves it", action: MailboxAction(.move, folder: "Elsewhere"), folder: "Elsewhere"),
            Act(name: "deletes it", action: MailboxAction(.delete), folder: "Deleted Items"),
            Act(name: "reads it", action: read, folder: "Inbox", isRead: true),
            Act(name: "deletes it for good", action: MailboxAction(.purge), folder: "Deletions"),
        ]
    }()

    private static func after(_ action: MailboxAction) -> FaultRule {
        var fault = Fault(.userActs)
        (fault.userAction, fault.afterCommit) = (action, true)
        return FaultRule(route: "graph.messages.update", fault: fault)
    }

    @Test("A pull says what its owner did in between, and a restore puts the copy back as he left it", arguments: 0..<4)
    func pulls(number: Int) async throws {
        let act = Self.acts[number]
        try await MailBench.with(members: 2) { bench in
            // What moves do here is known.
            _ = try await bench.run(MailBench.pull([Self.two]))
            await bench.simulator.add(Self.after(act.action))
            let job = JobID(UUID())
            let pulled = try await bench.attempt(MailBench.pull([Self.one]), job: job).pulled
            let row = try #require(pulled.dispositions.first)
            if act.folder == "Deletions" {
                #expect(row.disposition == .movedByUser && row.note == .deletedMeanwhile, "\(act.name)")
                return
            }
            #expect(row.disposition == .pulled, "\(act.name)")
            #expect(try bench.items(Self.one).map(\.folder) == [quarantine], "\(act.name)")
            let restore = try MailBench.restore([Self.one], ["pullJob": job.description])
            #expect(try await bench.run(restore).restored.totals["restored"] == 1, "\(act.name)")
            let item = try #require(try bench.items(Self.one).first)
            #expect(item.folder == act.folder && item.isRead == act.isRead, "\(act.name): \(item)")
        }
    }

    @Test("A restore leaves what its owner did in between, and says so", arguments: 0..<4)
    func restores(number: Int) async throws {
        let act = Self.acts[number]
        try await MailBench.with(members: 1) { bench in
            let job = JobID(UUID())
            _ = try await bench.run(MailBench.pull([Self.one]), job: job)
            await bench.simulator.add(Self.after(act.action))
            let restore = try MailBench.restore([Self.one], ["pullJob": job.description])
            let row = try #require(try await bench.attempt(restore, job: JobID(UUID())).restored.dispositions.first)
            #expect(row.disposition == (act.folder == "Inbox" ? .restored : .movedByUser), "\(act.name): \(row)")
            let item = try #require(try bench.items(Self.one).first)
            #expect(item.folder == act.folder && item.isRead == act.isRead, "\(act.name): \(item)")
        }
    }

    @Test("A move that is carried out and answered with 404 has moved the copy, once")
    func lostAnswer() async throws {
        try await MailBench.with(members: 2) { bench in
            var fault = Fault.reply(404, "ErrorItemNotFound")
            fault.afterCommit = true
            let (job, both) = (JobID(UUID()), [Self.one, Self.two])
            await bench.simulator.add(FaultRule(route: "graph.messages.move", fault: fault))
            let pulled = try await bench.attempt(MailBench.pull(both), job: job)
            #expect(try pulled.pulled.totals["pulled"] == 2)
            #expect(try pulled.told(.messagePulled).flatMap(\.copies).count == 2)
            #expect(bench.moves().count == 2 && bench.moves().values.allSatisfy { $0 == 1 })
            await bench.simulator.add(FaultRule(route: "graph.messages.move", fault: fault))
            let restore = try MailBench.restore(both, ["pullJob": job.description])
            #expect(try await bench.attempt(restore, job: JobID(UUID())).restored.totals["restored"] == 2)
            #expect(bench.moves().values.allSatisfy { $0 == 2 })
            #expect(bench.simulator.mailDifferences(tenant: MailBench.tenant) == [])
        }
    }

    @Test("A move that is answered with 404, and of which nothing can be read afterwards, is in doubt")
    func lostForGood() async throws {
        try await MailBench.with(members: 1) { bench in
            var fault = Fault.reply(404, "ErrorItemNotFound")
            fault.afterCommit = true
            await bench.simulator.add(FaultRule(route: "graph.messages.move", fault: fault))
            for route in ["graph.messages.get", "graph.mailFolders.messages.list"] {
                await bench.simulator.add(FaultRule(route: route, fault: .reply(500, "ErrorCorruptData"), count: 0))
            }
            let row = try #require(try await bench.run(MailBench.pull([Self.one])).pulled.dispositions.first)
            #expect(row.disposition == .undetermined, "\(row)")
        }
    }

    // MARK: Single copies, full mailboxes

    @Test("One damaged copy stays with its reason, and the others go and come back", arguments: [false, true])
    func damaged(meanwhile: Bool) async throws {
        var delivery = ScenarioDelivery(MailBench.message, members: ScenarioMembers(first: 1, last: 1))
        delivery.copies = 3
        try await MailBench.with(members: 1, deliveries: [delivery]) { bench in
            var damage = MailboxAction(.damage)
            if meanwhile {
                await bench.simulator.add(Self.after(damage))
            } else {
                damage.id = try #require(try bench.items(Self.one).first).id
                try await bench.simulator.perform(damage, on: Self.one, tenant: MailBench.tenant)
            }
            let job = JobID(UUID())
            let pulled = try await bench.attempt(MailBench.pull([Self.one]), job: job).pulled
            #expect(pulled.totals["pulled"] == 2 && pulled.totals["mailbox-unavailable"] == 1, "\(pulled.totals)")
            #expect(pulled.dispositions.first { $0.disposition == .mailboxUnavailable }?.note == .damagedItem)

            damage.id = try #require(try bench.items(Self.one).first { $0.folder == quarantine }).id
            try await bench.simulator.perform(damage, on: Self.one, tenant: MailBench.tenant)
            let restore = try MailBench.restore([Self.one], ["pullJob": job.description])
            let restored = try await bench.attempt(restore, job: JobID(UUID())).restored
            #expect(restored.totals["restored"] == 1, "\(restored.totals)")
            let rest = restored.dispositions.filter { $0.disposition != .restored }
            #expect(rest.contains { $0.copyID == damage.id && $0.note == .damagedItem }, "\(rest)")
        }
    }

    @Test("A full mailbox says so of each copy, whether a folder, a mark or a move had no room")
    func full() async throws {
        var delivery = ScenarioDelivery(MailBench.message, members: ScenarioMembers(first: 1, last: 1))
        (delivery.folder, delivery.copies) = ("Clients/2026", 2)
        try await MailBench.with(members: 1, deliveries: [delivery]) { bench in
            func refused<D>(_ output: MessageOutput<D>) -> Bool {
                output.totals["mailbox-unavailable"] == 2
                    && output.dispositions.allSatisfy { $0.note == .mailboxFull && $0.copyID != nil }
            }
            let (job, payload) = (JobID(UUID()), try MailBench.pull([Self.one]))
            try await bench.simulator.perform(.state(.full), on: Self.one, tenant: MailBench.tenant)
            #expect(refused(try await bench.attempt(payload, job: job).pulled))
            try await bench.simulator.perform(.state(.normal), on: Self.one, tenant: MailBench.tenant)
            #expect(try await bench.attempt(payload, job: job).pulled.totals["pulled"] == 2)
            let restore = try MailBench.restore([Self.one], ["pullJob": job.description])
            try await bench.simulator.perform(.state(.full), on: Self.one, tenant: MailBench.tenant)
            #expect(refused(try await bench.attempt(restore, job: JobID(UUID())).restored))
            let purge = MailboxAction(.purgeFolder, folder: "Clients/2026")
            try await bench.simulator.perform(purge, on: Self.one, tenant: MailBench.tenant)
            #expect(refused(try await bench.attempt(restore, job: JobID(UUID())).restored))
            try await bench.simulator.perform(.state(.normal), on: Self.one, tenant: MailBench.tenant)
            #expect(try await bench.attempt(restore, job: JobID(UUID())).restored.totals["restored"] == 2)
        }
    }

    @Test("What a move changed of a copy is put right though the mailbox has no room for a word about it")
    func fullWhenRepaired() async throws {
        try await MailBench.with(members: 1) {
            $0.switches.movesMarkAsRead = true
        } _: { bench in
            var fault = Fault(.userActs)
            (fault.userAction, fault.afterCommit) = (.state(.full), true)
            await bench.simulator.add(FaultRule(route: "graph.messages.move", fault: fault))
            let output = try await bench.attempt(MailBench.pull([Self.one]), job: JobID(UUID())).pulled
            #expect(output.totals["pulled"] == 1)
            #expect(try bench.items(Self.one).allSatisfy { !$0.isRead })
        }
    }
}
