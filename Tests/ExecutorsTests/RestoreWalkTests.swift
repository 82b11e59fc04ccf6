import Foundation
import JobModel
import Microsoft365
import Simulator
import TestSupport
import Testing

@testable import Executors

@Suite("The way of one mailbox through a restore")
struct RestoreWalkTests {
    private static let one = MailBench.member(1)

    /// Each message in one copy, in the inbox of the first member.
    private static func messages(_ count: Int) -> [ScenarioDelivery] {
        (1...count).map { ScenarioDelivery("<\($0)@mail.example>", members: ScenarioMembers(first: 1, last: 1)) }
    }

    @Test("A process that finds a copy where an earlier one put it says what the earlier one would have said")
    func remembersPlaces() async throws {
        try await MailBench.withPurgedFolder { bench, job in
            var edit = MailboxAction(.edit)
            edit.categories = ["Mine"]
            try await bench.simulator.perform(edit, on: Self.one, tenant: MailBench.tenant)
            let refusal = Fault.reply(400, "ErrorInvalidRequest")
            let route = "graph.mailFolders.childFolders.create"
            await bench.simulator.add(FaultRule(route: route, fault: refusal, count: 0))
            var user = Fault(.userActs)
            (user.userAction, user.afterCommit) = (.state(.broken), true)
            await bench.simulator.add(FaultRule(route: "graph.messages.move", fault: user))
            let restorer = JobID(UUID())
            let restore = try MailBench.restore([Self.one], ["pullJob": job.description])
            #expect(try await bench.attempt(restore, job: restorer).problem?.code == .mailboxesUnsettled)
            try await bench.simulator.perform(.state(.normal), on: Self.one, tenant: MailBench.tenant)
            let row = try #require(try await bench.run(restore, job: restorer).restored.dispositions.first)
            #expect(row.disposition == .restoredElsewhere && row.note == .folderRemade)
            #expect(row.folder == "Clients" && row.kept == ["categories"])
            #expect(bench.moves(to: "Clients").values.map { $0 } == [1])
        }
    }

    @Test("A second item that a restore left is removed by the next process")
    func removesTwinsLater() async throws {
        try await MailBench.with(members: 1) { bench in
            let (job, restorer) = (JobID(UUID()), JobID(UUID()))
            _ = try await bench.run(try MailBench.pull([Self.one]), job: job)
            await bench.simulator.add(FaultRule(route: "graph.messages.move", fault: Fault(.twinBehind)))
            let silence = FaultRule(route: "graph.messages.list", fault: .reply(503, "Busy"), nth: 2, count: 0)
            await bench.simulator.add(silence)
            let restore = try MailBench.restore([Self.one], ["pullJob": job.description])
            #expect(try await bench.attempt(restore, job: restorer).problem?.code == .mailboxesUnsettled)
            await bench.simulator.clearFaults()
            let row = try #require(try await bench.run(restore, job: restorer).restored.dispositions.first)
            #expect(row.disposition == .restored && row.note == .twinRemoved)
            #expect(try bench.items(Self.one).map(\.folder).sorted() == ["Deletions", "Inbox"])
        }
    }

    @Test("A second item whose removal fails is removed after all, or not called so", arguments: [1, 0])
    func looksAfterTwins(failures: Int) async throws {
        try await MailBench.with(members: 1) { bench in
            let job = JobID(UUID())
            _ = try await bench.run(try MailBench.pull([Self.one]), job: job)
            let route = "graph.messages.move"
            await bench.simulator.add(FaultRule(route: route, fault: Fault(.twinBehind)))
            await bench.simulator.add(FaultRule(route: route, fault: .reply(503, "Busy"), nth: 2, count: failures))
            let restore = try MailBench.restore([Self.one], ["pullJob": job.description])
            let attempt = try await bench.attempt(restore, job: JobID(UUID()))
            guard failures > 0 else { return #expect(attempt.problem?.code == .mailboxesUnsettled) }
            let row = try #require(try attempt.restored.dispositions.first)
            #expect(row.disposition == .restored && row.note == .twinRemoved)
            #expect(try bench.items(Self.one).map(\.folder).sorted() == ["Deletions", "Inbox"])
        }
    }

    @Test("A campaign of thirty messages in one mailbox goes back as a whole")
    func undoesMasses() async throws {
        try await MailBench.with(members: 1, deliveries: Self.messages(30)) { bench in
            for number in 1...30 {
                let pull = try MailBench.pull([Self.one], message: "<\(number)@mail.example>", ["campaign": "c1"])
                #expect(try await bench.run(pull).pulled.totals["pulled"] == 1)
            }
            let restore = try MailBench.restore([Self.one], ["campaign": "c1"])
            let output = try await bench.run(restore).restored
            #expect(output.totals["restored"] == 30, "\(output.totals)")
            #expect(bench.simulator.mailDifferences(tenant: MailBench.tenant) == [])
            #expect(try await bench.run(restore).restored.totals["already-restored"] == 30)
        }
    }

    @Test("What an owner changed in quarantine stays so under a service that marks what it moves as read")
    func keepsChanges() async throws {
        try await MailBench.with(members: 1) {
            $0.switches.movesMarkAsRead = true
        } _: { bench in
            let job = JobID(UUID())
            _ = try await bench.run(try MailBench.pull([Self.one]), job: job)
            var edit = MailboxAction(.edit)
            (edit.categories, edit.flagStatus) = (["Mine"], "complete")
            try await bench.simulator.perform(edit, on: Self.one, tenant: MailBench.tenant)
            let output = try await bench.run(try MailBench.restore([Self.one], ["pullJob": job.description])).restored
            #expect(output.dispositions.first?.kept == ["flag", "categories"])
            let item = try #require(try bench.items(Self.one).first)
            #expect(item.folder == "Inbox" && !item.isRead && item.categories == ["Mine"])
        }
    }

    // MARK: Delivered again

    @Test(
        "What an owner changed after a restore was finished stays so when that restore is delivered again",
        arguments: [false, true]
    )
    func leavesWhatCameAfter(movesMarkAsRead: Bool) async throws {
        try await MailBench.with(members: 1) {
            $0.switches.movesMarkAsRead = movesMarkAsRead
        } _: { bench in
            let (job, restorer) = (JobID(UUID()), JobID(UUID()))
            _ = try await bench.run(try MailBench.pull([Self.one]), job: job)
            let restore = try MailBench.restore([Self.one], ["pullJob": job.description])
            #expect(try await bench.run(restore, job: restorer).restored.totals["restored"] == 1)
            #expect(bench.simulator.mailDifferences(tenant: MailBench.tenant) == [])
            var edit = MailboxAction(.edit)
            (edit.isRead, edit.flagStatus, edit.categories) = (true, "flagged", ["Mine"])
            try await bench.simulator.perform(edit, on: Self.one, tenant: MailBench.tenant)
            let (asLeft, writes) = (try bench.items(Self.one), bench.simulator.mailEffects(tenant: MailBench.tenant))
            #expect(try await bench.run(restore, job: restorer).restored.totals["restored"] == 1)
            #expect(try bench.items(Self.one) == asLeft)
            #expect(bench.simulator.mailEffects(tenant: MailBench.tenant) == writes)
        }
    }

    @Test("A restore that is delivered again while lists still show its copies in quarantine moves none of them")
    func distrustsListsOfQuarantine() async throws {
        try await MailBench.with(members: 1) {
            $0.switches.movesMarkAsRead = true
            $0.delays.mailListSeconds = 120
        } _: { bench in
            let (job, restorer) = (JobID(UUID()), JobID(UUID()))
            _ = try await bench.run(try MailBench.pull([Self.one]), job: job)
            await bench.pass(200)
            let restore = try MailBench.restore([Self.one], ["pullJob": job.description])
            for _ in 1...2 {
                #expect(try await bench.run(restore, job: restorer).restored.totals["restored"] == 1)
                #expect(await bench.simulator.journal(route: "graph.messages.move").count == 2)
                #expect(bench.simulator.mailDifferences(tenant: MailBench.tenant) == [])
            }
        }
    }

    @Test(
        "A quarantine that appears between the list of folders and that of copies is found",
        arguments: [false, true]
    )
    func listsApart(isPull: Bool) async throws {
        try await MailBench.with(members: 1) {
            $0.delays.mailListSeconds = 60
        } _: { first in
            let (job, pull) = (JobID(UUID()), try MailBench.pull([Self.one]))
            _ = try await first.run(pull, job: job)
            var next = first
            next.settings.mailboxes.memory = FolderMemory()
            let bench = next
            var wait = Fault(.throttle)
            wait.retryAfter = "1"
            await bench.simulator.add(FaultRule(route: "graph.messages.list", fault: wait))
            let simulator = bench.simulator
            let before = await simulator.journal().count { $0.route == "graph.mailFolders.list" }
            let restore = try MailBench.restore([Self.one], ["pullJob": job.description])
            async let attempt = bench.attempt(
                isPull ? pull as any Sendable : restore,
                job: isPull ? job : JobID(UUID())
            )
            try await eventually("the list of folders", every: .milliseconds(1)) {
                await simulator.journal().count { $0.route == "graph.mailFolders.list" } > before
            }
            await bench.pass(61)
            if isPull {
                #expect(try await attempt.pulled.totals["pulled"] == 1)
            } else {
                #expect(try await attempt.restored.totals["restored"] == 1)
            }
        }
    }

    // MARK: Quarantines

    @Test(
        "A folder of its owner's is no quarantine, whatever it is called",
        arguments: [quarantine, "sluice quarantine"]
    )
    func foldersOfOwners(name: String) async throws {
        var delivery = ScenarioDelivery(MailBench.message, members: ScenarioMembers(first: 1, last: 1))
        delivery.folder = name
        try await MailBench.with(members: 1, deliveries: [delivery]) { bench in
            let job = JobID(UUID())
            #expect(try await bench.run(MailBench.pull([Self.one]), job: job).pulled.totals["pulled"] == 1)
            #expect(try bench.items(Self.one).map(\.folder) == [quarantine + " 2"])
            #expect(try await bench.run(MailBench.pull([Self.one])).pulled.totals["already-pulled"] == 1)
            let restore = try MailBench.restore([Self.one], ["pullJob": job.description])
            #expect(try await bench.run(restore).restored.totals["restored"] == 1)
            #expect(bench.simulator.mailDifferences(tenant: MailBench.tenant) == [])
        }
    }

    @Test(
        "What was pulled lies at the top though the quarantine was thrown away, and goes back from every one there was"
    )
    func quarantinesDiscarded() async throws {
        try await MailBench.with(members: 1, deliveries: Self.messages(3)) { bench in
            for number in 1...3 {
                let message = "<\(number)@mail.example>"
                _ = try await bench.run(try MailBench.pull([Self.one], message: message, ["campaign": "c1"]))
                let item = try #require(try bench.items(Self.one).first { $0.internetMessageID == message })
                #expect(item.folder == quarantine)
                guard number < 3 else { continue }
                let discard = MailboxAction(.deleteFolder, folder: quarantine)
                try await bench.simulator.perform(discard, on: Self.one, tenant: MailBench.tenant)
                await bench.pass(FolderMemory.trustedFor)
            }
            let restore = try MailBench.restore([Self.one], ["campaign": "c1"])
            #expect(try await bench.run(restore).restored.totals["restored"] == 3)
            #expect(bench.simulator.mailDifferences(tenant: MailBench.tenant) == [])
        }
    }
}
