import Foundation
import JobModel
import Microsoft365
import Simulator
import TestSupport
import Testing

@testable import Executors

@Suite("The way of one mailbox through a pull")
struct PullWalkTests {
    private static let one = MailBench.member(1)

    private static func copies(_ count: Int, isVaried: Bool = false) -> [ScenarioDelivery] {
        var delivery = ScenarioDelivery(MailBench.message, members: ScenarioMembers(first: 1, last: 1))
        (delivery.copies, delivery.isVaried) = (count, isVaried)
        return [delivery]
    }

    /// Runs a job whose mailbox is in trouble, and once more when patience is over; `meanwhile` is done in between.
    private static func giveUp(
        on payload: any Sendable,
        _ job: JobID,
        _ bench: MailBench,
        meanwhile: () async throws -> Void
    ) async throws -> MailBench.Attempt {
        let since = bench.now
        let first = try await bench.attempt(payload, job: job, since: since)
        #expect(first.problem?.code == .mailboxesUnsettled)
        try await meanwhile()
        await bench.pass(1_300)
        return try await bench.attempt(payload, job: job, memo: first.memo, since: since)
    }

    @Test(
        "While writes alone fail a mailbox is left for later, and told copy by copy when that never comes",
        arguments: [("graph.messages.move", "undetermined"), ("graph.messages.update", "mailbox-unavailable")]
    )
    func outageOfWrites(route: String, atLast: String) async throws {
        try await MailBench.with(members: 1) { bench in
            let (job, since, payload) = (JobID(UUID()), bench.now, try MailBench.pull([Self.one]))
            let outage = FaultRule(route: route, fault: .reply(503, "MailboxStoreUnavailable"), count: 0)
            await bench.simulator.add(outage)
            let first = try await bench.attempt(payload, job: job, since: since)
            #expect(first.problem?.code == .mailboxesUnsettled)
            await bench.simulator.clearFaults()
            let second = try await bench.attempt(payload, job: job, memo: first.memo, since: since)
            #expect(try second.pulled.totals["pulled"] == 1)

            let restore = try MailBench.restore([Self.one], ["pullJob": job.description])
            await bench.simulator.add(outage)
            let late = try await Self.giveUp(on: restore, JobID(UUID()), bench) {}.restored
            #expect(late.dispositions.map(\.disposition.rawValue) == [atLast])
            #expect(late.dispositions.first?.copyID != nil && late.dispositions.first?.before != nil)
            await bench.simulator.clearFaults()
            #expect(try await bench.run(restore).restored.totals["restored"] == 1)
            #expect(bench.simulator.mailDifferences(tenant: MailBench.tenant) == [])
        }
    }

    @Test(
        "What is known of the copies of a mailbox that goes out of order is told, with its evidence",
        arguments: [true, false]
    )
    func keepsWhatIsKnown(goesOut: Bool) async throws {
        try await MailBench.with(members: 1, deliveries: Self.copies(3)) { bench in
            let (job, payload) = (JobID(UUID()), try MailBench.pull([Self.one]))
            let outage = FaultRule(
                route: "graph.messages.move",
                fault: .reply(503, "MailboxStoreUnavailable"),
                nth: 3,
                count: 0
            )
            await bench.simulator.add(outage)
            let last = try await Self.giveUp(on: payload, job, bench) {
                guard goesOut else { return }
                try await bench.simulator.perform(.state(.broken), on: Self.one, tenant: MailBench.tenant)
            }
            let output = try last.pulled
            #expect(output.totals["pulled"] == 2 && output.totals["undetermined"] == 1, "\(output.totals)")
            #expect(
                output.dispositions.filter { $0.disposition == .pulled }.allSatisfy { $0.after?.requestID != nil }
            )
            #expect(Set(output.dispositions.compactMap(\.copyID)).count == 3)
            #expect(try last.told(.messagePulled).flatMap(\.copies).count == 2)
            #expect(output.isAbridged)
        }
    }

    @Test("A copy that its owner made of one that was restored is a copy in its own right", arguments: [true, false])
    func copiesOfOwners(byJob: Bool) async throws {
        try await MailBench.with(members: 1) { bench in
            let (first, second) = (JobID(UUID()), JobID(UUID()))
            _ = try await bench.run(try MailBench.pull([Self.one]), job: first)
            _ = try await bench.run(try MailBench.restore([Self.one], ["pullJob": first.description]))
            let double = MailboxAction(.duplicate, internetMessageID: MailBench.message)
            try await bench.simulator.perform(double, on: Self.one, tenant: MailBench.tenant)
            let asLeft = try bench.items(Self.one).map(\.withoutProperties)
            let pulled = try await bench.run(try MailBench.pull([Self.one]), job: second)
            #expect(try pulled.pulled.totals["pulled"] == 2)
            #expect(try pulled.told(.messagePulled).flatMap(\.copies).count == 2)
            let selector = byJob ? ["pullJob": second.description] : ["internetMessageId": MailBench.message]
            let restored = try await bench.run(try MailBench.restore([Self.one], selector)).restored
            #expect(restored.totals["restored"] == 2, "\(restored.totals)")
            #expect(try bench.items(Self.one).map(\.withoutProperties) == asLeft)
        }
    }

    @Test("A second item that the service left is known as one by the process after the one that was killed")
    func twinAfterKill() async throws {
        try await MailBench.with(members: 1) { bench in
            let (job, payload) = (JobID(UUID()), try MailBench.pull([Self.one]))
            await bench.simulator.add(FaultRule(route: "graph.messages.move", fault: Fault(.twinBehind)))
            let silence = FaultRule(route: "graph.messages.list", fault: .reply(503, "Busy"), nth: 2, count: 0)
            await bench.simulator.add(silence)
            #expect(try await bench.attempt(payload, job: job).problem?.code == .mailboxesUnsettled)
            await bench.simulator.clearFaults()
            let output = try await bench.run(payload, job: job).pulled
            #expect(output.totals["pulled"] == 1, "\(output.totals)")
            #expect(try bench.items(Self.one).map(\.folder) == [quarantine, quarantine])
            let restore = try MailBench.restore([Self.one], ["pullJob": job.description])
            #expect(try await bench.run(restore).restored.totals["restored"] == 1)
            #expect(try bench.items(Self.one).map(\.folder).sorted() == ["Deletions", "Inbox"])
        }
    }

    @Test("Lists that come in pages are read to their end", arguments: [3, 30])
    func followsPages(copies: Int) async throws {
        try await MailBench.with(members: 1, deliveries: Self.copies(copies, isVaried: copies == 3)) {
            $0.switches.mailPagesAreShort = true
        } _: { bench in
            let count = bench.simulator.census(of: MailBench.message, tenant: MailBench.tenant).copies
            let job = JobID(UUID())
            let pulled = try await bench.run(try MailBench.pull([Self.one]), job: job).pulled
            guard copies == 3 else { return #expect(pulled.totals["refused-by-cap"] == 1) }
            #expect(pulled.totals["pulled"] == count)
            let restore = try MailBench.restore([Self.one], ["pullJob": job.description])
            #expect(try await bench.run(restore).restored.totals["restored"] == count)
            #expect(bench.simulator.mailDifferences(tenant: MailBench.tenant) == [])
        }
    }

    @Test("A copy that was changed since lists showed it is read by itself, and pulled as it is now")
    func staleTags() async throws {
        try await MailBench.with(members: 1) {
            $0.delays.mailListSeconds = 120
        } _: { bench in
            var (fault, edit) = (Fault(.userActs), MailboxAction(.edit))
            edit.categories = ["Mine"]
            fault.userAction = edit
            await bench.simulator.add(FaultRule(route: "graph.messages.update", fault: fault))
            let (job, payload) = (JobID(UUID()), try MailBench.pull([Self.one]))
            #expect(try await bench.attempt(payload, job: job).pulled.totals["pulled"] == 1)
            await bench.pass(200)
            _ = try await bench.run(try MailBench.restore([Self.one], ["pullJob": job.description]))
            #expect(try bench.items(Self.one).map(\.categories) == [["Mine"]])
        }
    }

    @Test(
        "A copy that lists still show in quarantine, though it was restored, is pulled once more",
        arguments: [false, true]
    )
    func staleQuarantine(byAnotherProcess: Bool) async throws {
        try await MailBench.with(members: 1) {
            $0.delays.mailListSeconds = 120
        } _: { bench in
            var bench = bench
            let job = JobID(UUID())
            _ = try await bench.run(try MailBench.pull([Self.one]), job: job)
            await bench.pass(200)
            _ = try await bench.run(try MailBench.restore([Self.one], ["pullJob": job.description]))
            if byAnotherProcess { bench.settings.mailboxes.memory = FolderMemory() }
            #expect(try await bench.run(MailBench.pull([Self.one])).pulled.totals["pulled"] == 1)
            #expect(try bench.items(Self.one).map(\.folder) == [quarantine])
        }
    }

    @Test("What a move changes of a copy is put right, also by the process after the one that was killed")
    func repairs() async throws {
        try await MailBench.with(members: 1, deliveries: Self.copies(3)) {
            $0.switches.movesMarkAsRead = true
        } _: { bench in
            let (job, payload) = (JobID(UUID()), try MailBench.pull([Self.one]))
            var fault = Fault(.userActs)
            (fault.userAction, fault.afterCommit) = (.state(.broken), true)
            await bench.simulator.add(FaultRule(route: "graph.messages.move", fault: fault, nth: 3))
            #expect(try await bench.attempt(payload, job: job).problem?.code == .mailboxesUnsettled)
            try await bench.simulator.perform(.state(.normal), on: Self.one, tenant: MailBench.tenant)
            #expect(try await bench.run(payload, job: job).pulled.totals["pulled"] == 3)
            #expect(try bench.items(Self.one).allSatisfy { !$0.isRead && $0.folder == quarantine })

            let (restorer, restore) = (JobID(UUID()), try MailBench.restore([Self.one], ["pullJob": job.description]))
            await bench.simulator.add(FaultRule(route: "graph.messages.move", fault: fault, nth: 3))
            #expect(try await bench.attempt(restore, job: restorer).problem?.code == .mailboxesUnsettled)
            try await bench.simulator.perform(.state(.normal), on: Self.one, tenant: MailBench.tenant)
            let output = try await bench.run(restore, job: restorer).restored
            #expect(output.totals["restored"] == 3 && output.dispositions.allSatisfy { $0.kept == nil })
            #expect(bench.simulator.mailDifferences(tenant: MailBench.tenant) == [])
        }
    }
}

extension Fault {
    /// An error of the service in place of what was asked for.
    static func reply(_ status: Int, _ code: String) -> Fault {
        var fault = Fault(.reply)
        (fault.status, fault.code, fault.message) = (status, code, code)
        return fault
    }
}

extension MailboxAction {
    /// Puts a mailbox into a state.
    static func state(_ name: ScenarioMailboxState.Name) -> MailboxAction {
        var action = MailboxAction(.setState)
        action.state = ScenarioMailboxState(name)
        return action
    }
}
