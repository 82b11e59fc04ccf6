import Foundation
import JobModel
import Microsoft365
import Simulator
import TestSupport
import Testing

@testable import Executors

@Suite("Dispositions that need more than one attempt, or a service in trouble")
struct MessageDispositionTests {
    private static let one = MailBench.member(1)

    private static func state(_ name: ScenarioMailboxState.Name) -> MailboxAction {
        var action = MailboxAction(.setState)
        action.state = ScenarioMailboxState(name)
        return action
    }

    @Test("A job that goes on does nothing in the mailboxes that are settled")
    func retriesTheRest() async throws {
        try await MailBench.with(members: 12) { bench in
            let (job, late, since) = (JobID(UUID()), MailBench.member(7), bench.now)
            let payload = try MailBench.pull((1...12).map(MailBench.member))
            try await bench.simulator.perform(Self.state(.broken), on: late, tenant: MailBench.tenant)
            let first = try await bench.attempt(payload, job: job, since: since)
            #expect(first.problem?.code == .mailboxesUnsettled)
            #expect(first.problem?.detail.hasPrefix("1 of 12 mailboxes are left") == true)
            try await bench.simulator.perform(Self.state(.normal), on: late, tenant: MailBench.tenant)
            let before = await bench.simulator.journal().count
            let second = try await bench.attempt(payload, job: job, memo: first.memo, since: since)
            #expect(try second.pulled.totals["pulled"] == 12)
            #expect(try second.pulled.dispositions.filter { $0.after?.requestID != nil }.count == 12)
            let user = try required(bench.simulator.mailbox(late, tenant: MailBench.tenant)).id
            let asked = await bench.simulator.journal().dropFirst(before).compactMap(\.mailbox)
            #expect(!asked.isEmpty && asked.allSatisfy { $0 == user })
            #expect(bench.moves().count == 12 && bench.moves().values.allSatisfy { $0 == 1 })
            #expect(try (first.told(.messagePulled) + second.told(.messagePulled)).flatMap(\.copies).count == 12)
        }
    }

    @Test("A copy that turns up after the others were moved, and is another message, stays")
    func differsFromOthers() async throws {
        var other = ScenarioDelivery(MailBench.message, members: ScenarioMembers(first: 2, last: 2))
        other.subject = "Lunch"
        let deliveries = [ScenarioDelivery(MailBench.message, members: ScenarioMembers(first: 1, last: 1)), other]
        try await MailBench.with(members: 2, deliveries: deliveries) { bench in
            let (job, both, since) = (JobID(UUID()), [Self.one, MailBench.member(2)], bench.now)
            try await bench.simulator.perform(Self.state(.broken), on: both[1], tenant: MailBench.tenant)
            let first = try await bench.attempt(try MailBench.pull(both), job: job, since: since)
            #expect(try bench.items(both[0]).map(\.folder) == [quarantine])
            try await bench.simulator.perform(Self.state(.normal), on: both[1], tenant: MailBench.tenant)
            let second = try await bench.attempt(try MailBench.pull(both), job: job, memo: first.memo, since: since)
            let output = try second.pulled
            #expect(output.totals["pulled"] == 1 && output.totals["refused-by-cap"] == 1)
            #expect(output.dispositions.first { $0.target == 1 }?.note == .differsFromOthers)
            #expect(try bench.items(both[1]).map(\.folder) == ["Inbox"])
        }
    }

    @Test(
        "What another job has pulled is told so, whatever the service answers meanwhile",
        arguments: [(500, "graph.messages.list"), (503, "graph.mailFolders.messages.list"), (504, "graph.*")]
    )
    func alreadyPulledUnderFaults(status: Int, route: String) async throws {
        try await MailBench.with { bench in
            var bench = bench
            let all = (1...3).map(MailBench.member)
            _ = try await bench.run(try MailBench.pull(all))
            let effects = bench.simulator.mailEffects().count
            bench.settings.mailboxes.memory = FolderMemory()
            var fault = Fault(.reply)
            (fault.status, fault.code, fault.message) = (status, "UnknownError", "trouble")
            await bench.simulator.add(FaultRule(route: route, fault: fault, nth: 2, count: 3))
            await bench.simulator.add(FaultRule(route: "graph.mailFolders.list", fault: Fault(.throttle)))
            let output = try await bench.run(MailBench.pull(all)).pulled
            #expect(output.totals["already-pulled"] == 3, "\(output.totals)")
            #expect(output.totals.values.reduce(0, +) == 3)
            #expect(bench.simulator.mailEffects().count == effects)
        }
    }

    @Test("A restore admits doubt as a pull does, and the next one finds the copy where it belongs")
    func restoreAdmitsDoubt() async throws {
        try await MailBench.with(members: 1) { bench in
            let job = JobID(UUID())
            _ = try await bench.run(try MailBench.pull([Self.one]), job: job)
            var user = Fault(.userActs)
            (user.userAction, user.afterCommit) = (Self.state(.broken), true)
            await bench.simulator.add(FaultRule(route: "graph.messages.move", fault: user))
            let restore = try MailBench.restore([Self.one], ["pullJob": job.description])
            #expect(try await bench.run(restore).restored.totals["undetermined"] == 1)
            try await bench.simulator.perform(Self.state(.normal), on: Self.one, tenant: MailBench.tenant)
            #expect(try await bench.run(restore).restored.totals["already-restored"] == 1)
            #expect(bench.simulator.mailDifferences(tenant: MailBench.tenant) == [])
        }
    }

    @Test("Of second items that were made in quarantine, however many, the first goes back and no other one stays")
    func restoresOneOfMany() async throws {
        try await MailBench.with(members: 1) { bench in
            let job = JobID(UUID())
            _ = try await bench.run(try MailBench.pull([Self.one]), job: job)
            for _ in 0..<5 {
                let double = MailboxAction(.duplicate, internetMessageID: MailBench.message)
                try await bench.simulator.perform(double, on: Self.one, tenant: MailBench.tenant)
            }
            let restore = try MailBench.restore([Self.one], ["pullJob": job.description])
            let output = try await bench.run(restore).restored
            #expect(output.totals["restored"] == 1 && output.dispositions.first?.note == .twinRemoved)
            let folders = try bench.items(Self.one).map(\.folder)
            #expect(folders.filter { $0 == "Inbox" }.count == 1 && folders.filter { $0 == "Deletions" }.count == 31)
        }
    }
}
