import Foundation
import JobModel
import Microsoft365
import Simulator
import TestSupport
import Testing

@testable import Executors

@Suite("What somebody does to the quarantine, or the service to a call, loses no copy")
struct MessageEvidenceTests {
    private static let one = MailBench.member(1)

    private static func acts(_ name: MailboxAction.Name, on folder: String? = nil) -> Fault {
        var fault = Fault(.userActs)
        fault.userAction = MailboxAction(name, folder: folder)
        return fault
    }

    private static func reply(_ status: Int, _ code: String, afterCommit: Bool = false) -> Fault {
        var fault = Fault(.reply)
        (fault.status, fault.code, fault.message) = (status, code, code)
        fault.afterCommit = afterCommit
        return fault
    }

    @Test("A quarantine purged between stamp and move is made again, and takes the copy")
    func quarantinePurged() async throws {
        try await MailBench.with(members: 1) { bench in
            let rule = FaultRule(route: "graph.messages.move", fault: Self.acts(.purgeFolder, on: quarantine))
            await bench.simulator.add(rule)
            let job = JobID(UUID())
            // At once, not by another attempt that begins anew.
            #expect(try await bench.attempt(MailBench.pull([Self.one]), job: job).pulled.totals["pulled"] == 1)
            #expect(try bench.items(Self.one).map(\.folder) == [quarantine])
            let restore = try MailBench.restore([Self.one], ["pullJob": job.description])
            #expect(try await bench.run(restore).restored.totals["restored"] == 1)
            #expect(bench.simulator.mailDifferences(tenant: MailBench.tenant) == [])
        }
    }

    @Test("A quarantine that this process remembers and that is gone by now is made again")
    func memoryIsNoTruth() async throws {
        try await MailBench.with(members: 1) { bench in
            let job = JobID(UUID())
            #expect(try await bench.run(MailBench.pull([Self.one]), job: job).pulled.totals["pulled"] == 1)
            _ = try await bench.run(try MailBench.restore([Self.one], ["pullJob": job.description]))
            let purge = MailboxAction(.purgeFolder, folder: quarantine)
            try await bench.simulator.perform(purge, on: Self.one, tenant: MailBench.tenant)
            let again = try await bench.attempt(MailBench.pull([Self.one]), job: JobID(UUID()))
            #expect(try again.pulled.totals["pulled"] == 1)
            #expect(try bench.items(Self.one).map(\.folder) == [quarantine])
        }
    }

    @Test("The next job in a mailbox does not ask for its folders again")
    func remembersFolders() async throws {
        try await MailBench.with { bench in
            let (job, all) = (JobID(UUID()), (1...3).map(MailBench.member))
            _ = try await bench.run(try MailBench.pull(all), job: job)
            let lists = await bench.simulator.journal(route: "graph.mailFolders.list").count
            #expect(lists == 3)
            #expect(try await bench.run(MailBench.pull(all)).pulled.totals["already-pulled"] == 3)
            #expect(await bench.simulator.journal(route: "graph.mailFolders.*").count == lists * 2 + 6)
        }
    }

    @Test("A quarantine that was renamed is still the quarantine")
    func quarantineRenamed() async throws {
        try await MailBench.with(members: 1) { bench in
            var bench = bench
            let job = JobID(UUID())
            _ = try await bench.run(try MailBench.pull([Self.one]), job: job)
            var rename = MailboxAction(.renameFolder, folder: quarantine)
            rename.name = "Old stuff"
            try await bench.simulator.perform(rename, on: Self.one, tenant: MailBench.tenant)
            bench.settings.mailboxes.memory = FolderMemory()
            #expect(try await bench.run(MailBench.pull([Self.one])).pulled.totals["already-pulled"] == 1)
            let restore = try MailBench.restore([Self.one], ["pullJob": job.description])
            #expect(try await bench.run(restore).restored.totals["restored"] == 1)
            #expect(bench.simulator.mailDifferences(tenant: MailBench.tenant) == [])
        }
    }

    @Test(
        "What lies in a quarantine that was thrown away goes back to where it came from, pulled once more or not",
        arguments: [false, true]
    )
    func quarantineDiscarded(pulledAgain: Bool) async throws {
        try await MailBench.with(members: 1) {
            $0.switches.listsCoverHiddenFolders = pulledAgain
        } _: { bench in
            var bench = bench
            var job = JobID(UUID())
            _ = try await bench.run(try MailBench.pull([Self.one]), job: job)
            let discard = MailboxAction(.deleteFolder, folder: quarantine)
            try await bench.simulator.perform(discard, on: Self.one, tenant: MailBench.tenant)
            bench.settings.mailboxes.memory = FolderMemory()
            if pulledAgain {
                job = JobID(UUID())
                #expect(try await bench.run(MailBench.pull([Self.one]), job: job).pulled.totals["pulled"] == 1)
                #expect(try bench.items(Self.one).map(\.folder) == [quarantine])
            }
            let restore = try MailBench.restore([Self.one], ["pullJob": job.description])
            #expect(try await bench.run(restore).restored.totals["restored"] == 1)
            #expect(bench.simulator.mailDifferences(tenant: MailBench.tenant) == [])
        }
    }

    @Test("A restore, or another pull, while lists still show a copy where it was, looks at the copy itself")
    func listsLag() async throws {
        try await MailBench.with(members: 2) {
            $0.delays.mailListSeconds = 120
        } _: { bench in
            let (job, both) = (JobID(UUID()), [Self.one, MailBench.member(2)])
            #expect(try await bench.run(MailBench.pull(both), job: job).pulled.totals["pulled"] == 2)
            #expect(try await bench.run(MailBench.pull(both)).pulled.totals["already-pulled"] == 2)
            let restored = try await bench.run(try MailBench.restore(both, ["pullJob": job.description])).restored
            #expect(restored.totals["restored"] == 2, "\(restored.totals)")
            #expect(bench.simulator.mailDifferences(tenant: MailBench.tenant) == [])
        }
    }

    @Test("A campaign whose name differs in case alone is another one")
    func campaignsByCase() async throws {
        try await MailBench.with(members: 2) { bench in
            let both = [Self.one, MailBench.member(2)]
            _ = try await bench.run(try MailBench.pull([both[0]], ["campaign": "c1"]))
            _ = try await bench.run(try MailBench.pull([both[1]], ["campaign": "C1"]))
            let restored = try await bench.run(try MailBench.restore(both, ["campaign": "c1"])).restored
            #expect(restored.totals["restored"] == 1 && restored.totals["not-found"] == 1)
            #expect(try bench.items(both[1]).map(\.folder) == [quarantine])
        }
    }

    @Test("A quarantine of 10,000 other messages hides none")
    func quarantineFull() async throws {
        var deliveries = (1...100).map { number in
            var delivery = ScenarioDelivery("<\(number)@mail.example>", members: ScenarioMembers(first: 1, last: 1))
            (delivery.folder, delivery.copies) = ("archive", 100)
            return delivery
        }
        deliveries.append(ScenarioDelivery(MailBench.message, members: ScenarioMembers(first: 1, last: 1)))
        deliveries.append(ScenarioDelivery("<first@mail.example>", members: ScenarioMembers(first: 1, last: 1)))
        try await MailBench.with(members: 1, deliveries: deliveries) { bench in
            let job = JobID(UUID())
            let first = JobID(UUID())
            _ = try await bench.run(try MailBench.pull([Self.one], message: "<first@mail.example>"), job: first)
            func others(go folder: String) async throws {
                for number in 1...100 {
                    let move = MailboxAction(.move, folder: folder, internetMessageID: "<\(number)@mail.example>")
                    try await bench.simulator.perform(move, on: Self.one, tenant: MailBench.tenant)
                }
            }
            try await others(go: quarantine)
            #expect(try await bench.run(MailBench.pull([Self.one]), job: job).pulled.totals["pulled"] == 1)
            #expect(try await bench.run(MailBench.pull([Self.one])).pulled.totals["already-pulled"] == 1)
            for job in [job, first] {
                let restore = try MailBench.restore([Self.one], ["pullJob": job.description])
                #expect(try await bench.run(restore).restored.totals["restored"] == 1)
            }
            try await others(go: "archive")
            #expect(bench.simulator.mailDifferences(tenant: MailBench.tenant) == [])
        }
    }

    @Test("What a hold keeps of a copy is no second copy, and the copy itself goes and comes back")
    func mailboxOnHold() async throws {
        try await MailBench.with(members: 1) { bench in
            var change = MailboxAction(.setState)
            change.state = ScenarioMailboxState(.onHold)
            try await bench.simulator.perform(change, on: Self.one, tenant: MailBench.tenant)
            let job = JobID(UUID())
            #expect(try await bench.run(MailBench.pull([Self.one]), job: job).pulled.totals["pulled"] == 1)
            let restore = try MailBench.restore([Self.one], ["pullJob": job.description])
            #expect(try await bench.run(restore).restored.totals["restored"] == 1)
            let left = bench.simulator.mailDifferences(tenant: MailBench.tenant)
            #expect(left.allSatisfy { $0.before.isEmpty && $0.after.allSatisfy { $0.folder == "Deletions" } })
        }
    }

    @Test(
        "A mailbox that is inactive when its copy is to go back is told, and restored once it is back",
        arguments: [
            ("inactive", "mailbox-unavailable"), ("blocked", "access-denied"), ("full", "mailbox-unavailable"),
        ]
    )
    func mailboxGoesAway(state: String, disposition: String) async throws {
        try await MailBench.with(members: 1) { bench in
            let job = JobID(UUID())
            _ = try await bench.run(try MailBench.pull([Self.one]), job: job)
            var change = MailboxAction(.setState)
            change.state = ScenarioMailboxState(try #require(ScenarioMailboxState.Name(rawValue: state)))
            try await bench.simulator.perform(change, on: Self.one, tenant: MailBench.tenant)
            let restore = try MailBench.restore([Self.one], ["pullJob": job.description])
            #expect(try await bench.run(restore).restored.totals[disposition] == 1)
            change.state = ScenarioMailboxState(.normal)
            try await bench.simulator.perform(change, on: Self.one, tenant: MailBench.tenant)
            #expect(try await bench.run(restore).restored.totals["restored"] == 1)
        }
    }

    @Test(
        "A token that dies amid the calls of a batch is renewed, and each copy is moved once",
        arguments: [
            "graph.batch", "graph.messages.move", "graph.messages.update", "graph.messages.list",
        ]
    )
    func tokenDies(route: String) async throws {
        try await MailBench.with { bench in
            let rule = FaultRule(route: route, fault: Self.reply(401, "InvalidAuthenticationToken"), nth: 2)
            await bench.simulator.add(rule)
            let all = (1...3).map(MailBench.member)
            let output = try await bench.run(try MailBench.pull(all)).pulled
            #expect(output.totals["pulled"] == 3, "\(output.totals)")
            #expect(await bench.simulator.journal(route: "login.token").count == 2)
            #expect(bench.moves().values.allSatisfy { $0 == 1 })
        }
    }

    @Test("A move whose answer was lost is known as done by the process after the one that was killed")
    func killedInDoubt() async throws {
        try await MailBench.with(members: 1) { bench in
            let fault = Self.reply(504, "UnknownError", afterCommit: true)
            await bench.simulator.add(FaultRule(route: "graph.messages.move", fault: fault))
            let (job, simulator) = (JobID(UUID()), bench.simulator)
            _ = try await bench.attempt(try MailBench.pull([Self.one]), job: job) {
                try await eventually(within: .seconds(20), "the move", every: .milliseconds(1)) {
                    await !simulator.journal(route: "graph.messages.move").isEmpty
                }
            }
            let output = try await bench.run(try MailBench.pull([Self.one]), job: job).pulled
            #expect(output.totals["pulled"] == 1, "\(output.totals)")
            #expect(bench.moves().values.allSatisfy { $0 == 1 })
        }
    }

    @Test("While a lost folder cannot be made again the copy stays in quarantine, and goes back when it can")
    func folderComesLate() async throws {
        try await MailBench.withPurgedFolder { bench, job in
            let route = "graph.mailFolders.childFolders.create"
            await bench.simulator.add(FaultRule(route: route, fault: Self.reply(503, "Busy"), count: 0))
            let restore = try MailBench.restore([Self.one], ["pullJob": job.description])
            let first = try await bench.attempt(restore, job: JobID(UUID()))
            #expect(first.problem?.code == .mailboxesUnsettled)
            #expect(try bench.items(Self.one).map(\.folder) == [quarantine])
            await bench.simulator.clearFaults()
            let output = try await bench.run(restore).restored
            #expect(output.dispositions.first?.note == .folderRemade)
            #expect(try bench.items(Self.one).map(\.folder) == ["Clients/2026"])
        }
    }
}
