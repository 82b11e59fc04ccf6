import Foundation
import JobModel
import Microsoft365
import Simulator
import TestSupport
import Testing

@testable import Executors

@Suite("Pull and restore under a hostile service")
struct MessageHostilityTests {
    private static let one = MailBench.member(1)

    private static func fault(
        _ kind: Fault.Kind,
        status: Int? = nil,
        code: String? = nil,
        afterCommit: Bool? = nil
    ) -> Fault {
        var fault = Fault(kind)
        fault.status = status
        fault.code = code
        fault.message = code
        fault.afterCommit = afterCommit
        return fault
    }

    private static let hostilities: [(String, Fault, String)] = [
        (
            "a move that works but answers 500",
            Self.fault(.reply, status: 500, code: "ErrorInternalServerError", afterCommit: true), "messages.move"
        ),
        (
            "a move that works but answers 504",
            Self.fault(.reply, status: 504, code: "UnknownError", afterCommit: true), "messages.move"
        ),
        (
            "a move that does not work and answers 500",
            Self.fault(.reply, status: 500, code: "ErrorInternalServerError"), "messages.move"
        ),
        ("a move whose answer has no body", Self.fault(.empty, status: 503, afterCommit: true), "messages.move"),
        ("a move that answers nonsense", Self.fault(.garbage, afterCommit: true), "messages.move"),
        ("a move that leaves a twin behind", Self.fault(.twinBehind), "messages.move"),
        ("a move that copies and forgets the original", Self.fault(.twinAhead), "messages.move"),
        ("a 429 inside a 200", Self.fault(.throttle), "messages.move"),
        (
            "a stamp that works but answers 500",
            Self.fault(.reply, status: 500, code: "ErrorInternalServerError", afterCommit: true), "messages.update"
        ),
        (
            "a stamp that does not work", Self.fault(.reply, status: 503, code: "MailboxStoreUnavailable"),
            "messages.update"
        ),
        ("a list without a body", Self.fault(.empty, status: 404), "messages.list"),
        (
            "a folder made whose answer is lost",
            Self.fault(.reply, status: 504, code: "UnknownError", afterCommit: true), "mailFolders.create"
        ),
    ]

    @Test("The copy ends in quarantine, once, and goes back the same", arguments: Self.hostilities.indices)
    func survives(index: Int) async throws {
        let (name, fault, route) = Self.hostilities[index]
        try await MailBench.with(members: 2) { bench in
            let job = JobID(UUID())
            await bench.simulator.add(FaultRule(route: "graph.\(route)", fault: fault))
            let output = try await bench.run(try MailBench.pull([Self.one, MailBench.member(2)]), job: job).pulled
            #expect(output.totals["pulled"] == 2, "\(name): \(output.totals)")
            let before = try bench.items(Self.one) + bench.items(MailBench.member(2))
            #expect(before.allSatisfy { $0.folder == quarantine }, "\(name)")
            if !route.contains("Folders") {
                await bench.simulator.add(FaultRule(route: "graph.\(route)", fault: fault))
            }
            let mailboxes = [Self.one, MailBench.member(2)]
            let restored = try await bench.run(try MailBench.restore(mailboxes, ["pullJob": job.description])).restored
            #expect(restored.totals["restored"] == 2, "\(name): \(restored.totals)")
            // A second item of a message lies where only its owner can recover it.
            let left = bench.simulator.mailDifferences(tenant: MailBench.tenant)
            #expect(
                left.allSatisfy { $0.before.isEmpty && $0.after.allSatisfy { $0.folder == "Deletions" } },
                "\(name): \(left)"
            )
        }
    }

    @Test("A throttled call is sent again alone and when it may be", arguments: ["1", "0.25", "date:1", nil])
    func obeysRetryAfter(text: String?) async throws {
        try await MailBench.with { bench in
            var fault = Fault(.throttle)
            fault.retryAfter = text
            await bench.simulator.add(FaultRule(route: "graph.messages.list", fault: fault))
            let all = (1...3).map(MailBench.member)
            let output = try await bench.run(try MailBench.pull(all)).pulled
            #expect(output.totals["pulled"] == 3)
            let lists = await bench.simulator.journal(route: "graph.messages.list").count
            #expect(lists == 3 + 1 + 3)
            #expect(await bench.simulator.violations().isEmpty)
        }
    }

    @Test(
        "What the owner does between finding and moving stands",
        arguments: [("delete", "pulled"), ("purge", "moved-by-user"), ("move", "pulled")]
    )
    func meetsOwners(action: String, disposition: String) async throws {
        try await MailBench.with(members: 1) { bench in
            var fault = Fault(.userActs)
            var act = MailboxAction(try #require(MailboxAction.Name(rawValue: action)))
            act.folder = action == "move" ? "Elsewhere" : nil
            fault.userAction = act
            await bench.simulator.add(FaultRule(route: "graph.messages.update", fault: fault))
            let output = try await bench.run(try MailBench.pull([Self.one])).pulled
            #expect(output.totals[disposition] == 1, "\(output.totals)")
        }
    }

    @Test(
        "A mailbox in a state of its own has its own disposition and holds up nobody",
        arguments: [
            ("on-premises", "mailbox-unavailable", DispositionNote.noMailbox),
            ("blocked", "access-denied", .blockedByPolicy),
            ("soft-deleted", "mailbox-unavailable", .notInTenant), ("full", "mailbox-unavailable", .mailboxFull),
            ("corrupt", "mailbox-unavailable", .damagedItem), ("broken", "mailbox-unavailable", .outOfOrder),
            ("moving", "mailbox-unavailable", .outOfOrder), ("silent", "mailbox-unavailable", .outOfOrder),
        ]
    )
    func tellsStates(state: String, disposition: String, note: DispositionNote) async throws {
        let name = try #require(ScenarioMailboxState.Name(rawValue: state))
        try await MailBench.with(members: 2) { scenario in
            guard let tenant = scenario.tenants.firstIndex(where: { $0.id == MailBench.tenant }) else { return }
            scenario.tenants[tenant].mail.states = [
                ScenarioMailboxState(name, members: ScenarioMembers(first: 1, last: 1))
            ]
        } _: { bench in
            let output = try await bench.run(try MailBench.pull([Self.one, MailBench.member(2)])).pulled
            #expect(output.totals["pulled"] == 1)
            #expect(output.totals[disposition] == 1, "\(output.totals)")
            #expect(output.dispositions.first { $0.target == 0 }?.note == note)
        }
    }

    @Test(
        "A user made just now is waited for until the mailbox is there; nobody else without one is",
        arguments: [(600.0, "pulled"), (3_600, "mailbox-unavailable")]
    )
    func awaitsNewMailboxes(seconds: Double, disposition: String) async throws {
        try await MailBench.with(members: 2) { scenario in
            guard let tenant = scenario.tenants.firstIndex(where: { $0.id == MailBench.tenant }) else { return }
            var new = ScenarioMailboxState(.new, members: ScenarioMembers(first: 1, last: 1))
            new.seconds = seconds
            scenario.tenants[tenant].mail.states = [new]
        } _: { bench in
            let (job, payload) = (JobID(UUID()), try MailBench.pull([Self.one, MailBench.member(2)]))
            let start = bench.now
            let first = try await bench.attempt(payload, job: job)
            #expect(first.problem?.code == .mailboxesUnsettled)
            await bench.pass(500)
            let second = try await bench.attempt(payload, job: job, memo: first.memo, since: start)
            #expect(second.problem?.code == .mailboxesUnsettled)
            await bench.pass(450)
            let last = try await bench.attempt(payload, job: job, memo: second.memo, since: start).pulled
            #expect(last.dispositions.map(\.disposition.rawValue).sorted() == [disposition, "pulled"].sorted())
            let isThere = disposition == "pulled"
            #expect(last.dispositions.first { $0.target == 0 }?.note == (isThere ? nil : .noMailbox))
        }
    }

    @Test("When a slow mailbox is looked at for the last time the others are done, but for the few that travel with it")
    func isolatesTheSlow() async throws {
        try await MailBench.with(members: 60) { scenario in
            guard let tenant = scenario.tenants.firstIndex(where: { $0.id == MailBench.tenant }) else { return }
            var slow = ScenarioMailboxState(.slow, members: ScenarioMembers(first: 7, last: 7))
            slow.milliseconds = 5_000
            scenario.tenants[tenant].mail.states = [slow]
        } _: { bench in
            let output = try await bench.run(try MailBench.pull((1...60).map(MailBench.member))).pulled
            #expect(output.totals["pulled"] == 60)
            let late = try required(bench.simulator.mailbox(MailBench.member(7), tenant: MailBench.tenant)).id
            let calls = await bench.simulator.journal().filter { $0.isBatchItem && $0.mailbox != nil }
            let last = try required(calls.last { $0.mailbox == late })
            let others = calls.filter { $0.mailbox != late && $0.sequence > last.sequence }
            // Four may have held up a batch beside it; each is looked at in two folders.
            #expect(others.count <= 8, "\(others.count) calls of others came later")
        }
    }

    @Test("Lists that lag behind the mailbox do not mislead")
    func distrustsLists() async throws {
        try await MailBench.with(members: 2) {
            $0.delays.mailListSeconds = 120
        } _: { bench in
            let (job, both) = (JobID(UUID()), [Self.one, MailBench.member(2)])
            #expect(try await bench.run(MailBench.pull(both), job: job).pulled.totals["pulled"] == 2)
            await bench.pass(200)
            let restored = try await bench.run(try MailBench.restore(both, ["pullJob": job.description])).restored
            #expect(restored.totals["restored"] == 2)
            #expect(bench.simulator.mailDifferences(tenant: MailBench.tenant) == [])
        }
    }

    @Test("A move that never answers and cannot be read is undetermined, and the next job finds it pulled")
    func admitsDoubt() async throws {
        try await MailBench.with(members: 1) { bench in
            var user = Fault(.userActs)
            var state = MailboxAction(.setState)
            state.state = ScenarioMailboxState(.broken)
            user.userAction = state
            user.afterCommit = true
            await bench.simulator.add(FaultRule(route: "graph.messages.move", fault: user))
            #expect(try await bench.run(MailBench.pull([Self.one])).pulled.totals["undetermined"] == 1)
            state.state = ScenarioMailboxState(.normal)
            try await bench.simulator.perform(state, on: Self.one, tenant: MailBench.tenant)
            #expect(try await bench.run(MailBench.pull([Self.one])).pulled.totals["already-pulled"] == 1)
        }
    }

    @Test("Two jobs on the same message at once: each copy is pulled by one of them")
    func sharesWithOthers() async throws {
        try await MailBench.with(members: 20) { bench in
            let payload = try MailBench.pull((1...20).map(MailBench.member))
            async let first = bench.run(payload)
            async let second = bench.run(payload)
            let totals = try await [first.pulled.totals, second.pulled.totals]
            #expect(totals.reduce(0) { $0 + ($1["pulled"] ?? 0) } == 20, "\(totals)")
            #expect(totals.reduce(0) { $0 + ($1["already-pulled"] ?? 0) } == 20, "\(totals)")
        }
    }
}
