import Foundation
import JobModel
import Microsoft365
import Simulator
import Synchronization
import TestSupport
import Testing

@testable import Executors

@Suite("What one attempt of a pull leaves to the next")
struct MessageAttemptTests {
    private static let both = [MailBench.member(1), MailBench.member(2)]

    private static func state(_ name: ScenarioMailboxState.Name) -> MailboxAction {
        var action = MailboxAction(.setState)
        action.state = ScenarioMailboxState(name)
        return action
    }

    private static func throttle(_ seconds: String) -> Fault {
        var fault = Fault(.throttle)
        fault.retryAfter = seconds
        return fault
    }

    @Test("That all that is left turns out to be unknown takes nothing back of what is settled")
    func keepsWhatIsSettled() async throws {
        let elsewhere = ScenarioDelivery(MailBench.message, members: ScenarioMembers(first: 3, last: 3))
        try await MailBench.with(members: 3, deliveries: [elsewhere]) { bench in
            let (job, payload, start) = (JobID(UUID()), try MailBench.pull(Self.both), bench.now)
            try await bench.simulator.perform(Self.state(.broken), on: Self.both[1], tenant: MailBench.tenant)
            let first = try await bench.attempt(payload, job: job)
            #expect(first.problem?.code == .mailboxesUnsettled)
            try await bench.simulator.perform(Self.state(.softDeleted), on: Self.both[1], tenant: MailBench.tenant)
            let last = try await bench.attempt(payload, job: job, memo: first.memo, since: start).pulled
            #expect(last.totals["not-found"] == 1 && last.totals["mailbox-unavailable"] == 1, "\(last.totals)")
            #expect(last.dispositions.last?.note == .notInTenant)
        }
    }

    @Test("When its time is over an attempt sends nothing more, and the next goes on where it was")
    func endsInTime() async throws {
        try await MailBench.with { bench in
            let (job, payload, start) = (JobID(UUID()), try MailBench.pull((1...3).map(MailBench.member)), bench.now)
            let rule = FaultRule(route: "graph.messages.move", fault: Self.throttle("1.2"), count: 18)
            await bench.simulator.add(rule)
            let first = try await bench.attempt(payload, job: job, limit: .seconds(61))
            #expect([.throttled, .mailboxesUnsettled].contains(first.problem?.code), "\(first.outcome)")
            #expect(first.problem?.detail.contains("time was over") == true, "\(first.outcome)")
            #expect(await bench.simulator.journal(route: "graph.messages.move").count <= 6)
            await bench.simulator.clearFaults()
            let second = try await bench.attempt(payload, job: job, memo: first.memo, since: start)
            #expect(try second.pulled.totals["pulled"] == 3)
            #expect(bench.moves().values.allSatisfy { $0 == 1 })
        }
    }

    @Test("An attempt whose time is over while not every mailbox has been searched has moved nothing, and is not over")
    func endsInTimeBeforeMoving() async throws {
        try await MailBench.with(members: 2) { bench in
            let (job, payload, start) = (JobID(UUID()), try MailBench.pull(Self.both), bench.now)
            var rule = FaultRule(route: "graph.messages.list", fault: Self.throttle("2"), count: 7)
            rule.mailbox = Self.both[1]
            await bench.simulator.add(rule)
            let first = try await bench.attempt(payload, job: job, limit: .seconds(61))
            // The time may be over before or after the service's refusal was heard.
            let codes: [ProblemCode?] = [.throttled, .mailboxesUnsettled]
            #expect(codes.contains(first.problem?.code), "\(first.outcome)")
            #expect(bench.moves().isEmpty)
            await bench.simulator.clearFaults()
            let second = try await bench.attempt(payload, job: job, memo: first.memo, since: start)
            #expect(try second.pulled.totals["pulled"] == 2)
        }
    }

    @Test("A mailbox has its time from when it was first left, however long its job has waited before")
    func countsFromTheFirstTrouble() async throws {
        try await MailBench.with(members: 2) { bench in
            let (job, payload) = (JobID(UUID()), try MailBench.pull(Self.both))
            let start = bench.now - 3_600
            try await bench.simulator.perform(Self.state(.broken), on: Self.both[1], tenant: MailBench.tenant)
            let first = try await bench.attempt(payload, job: job, since: start)
            #expect(first.problem?.code == .mailboxesUnsettled, "\(first.outcome)")
            await bench.pass(1_150)
            let second = try await bench.attempt(payload, job: job, memo: first.memo, since: start)
            #expect(second.problem?.code == .mailboxesUnsettled, "\(second.outcome)")
            await bench.pass(100)
            let last = try await bench.attempt(payload, job: job, memo: second.memo, since: start).pulled
            #expect(last.dispositions.last?.note == .outOfOrder)
            // A job that may not wait any longer tells what it has.
            let old = bench.now - JobType.pullMessage.waitLimit.inSeconds + 60
            let late = try await bench.attempt(payload, job: JobID(UUID()), since: old).pulled
            #expect(late.totals["already-pulled"] == 1 && late.totals["mailbox-unavailable"] == 1, "\(late.totals)")
        }
    }

    @Test("Caps and lists that changed under a job that is half done do not stop it")
    func endsWhatIsBegun() async throws {
        try await MailBench.with(members: 2) { bench in
            var bench = bench
            let (job, payload, start) = (JobID(UUID()), try MailBench.pull(Self.both), bench.now)
            try await bench.simulator.perform(Self.state(.broken), on: Self.both[1], tenant: MailBench.tenant)
            let first = try await bench.attempt(payload, job: job)
            #expect(first.problem?.code == .mailboxesUnsettled)
            try await bench.simulator.perform(Self.state(.normal), on: Self.both[1], tenant: MailBench.tenant)
            bench.settings.mailboxes.targetsPerJob = 1
            bench.settings.mailboxes.protectedMailboxes = ["alias000001@contoso.com"]
            let last = try await bench.attempt(payload, job: job, memo: first.memo, since: start)
            #expect(try last.pulled.totals["pulled"] == 2)
            #expect(try await bench.attempt(payload, job: JobID(UUID())).problem?.code == .capExceeded)
        }
    }

    @Test("A job that is called off leaves an account of what it did, moves in doubt included")
    func givesAccount() async throws {
        try await MailBench.with(members: 6) { bench in
            let (job, payload) = (JobID(UUID()), try MailBench.pull((1...6).map(MailBench.member)))
            var delay = Fault(.delay)
            delay.milliseconds = 60_000
            var rule = FaultRule(route: "graph.messages.move", fault: delay)
            rule.mailbox = MailBench.member(6)
            await bench.simulator.add(rule)
            let simulator = bench.simulator
            let stopped = try await bench.attempt(payload, job: job, hearsTheEnd: true) {
                try await eventually(within: .seconds(20), "the move that takes its time") {
                    await simulator.journal(route: "graph.messages.move").contains { $0.fault == "delay" }
                }
            }
            let data = try JSONSerialization.data(withJSONObject: [
                "internetMessageId": MailBench.message, "reason": "phish", "requestedBy": "admin@contoso.com",
                "targets": (1...6).map { ["mailbox": MailBench.member($0)] },
            ])
            let memo = try required(stopped.memo)
            let text = try required(MessageAccount.text(of: .pullMessage, data: [UInt8](data), steps: memo))
            #expect(text.contains("of 6 mailboxes are done") && text.contains("a move was begun"), "\(text)")
            #expect(MessageAccount.text(of: .noOp, data: [], steps: memo) == nil)
            let bytes = try required(MessageAccount.output(of: .pullMessage, data: [UInt8](data), steps: memo))
            let output = try JSONDecoder().decode(PullMessageOutput.self, from: Data(bytes))
            #expect(output.dispositions.first { $0.target == 5 }?.disposition == .undetermined, "\(output)")
            #expect(output.targets == 6 && output.isAbridged)
            #expect(MessageAccount.output(of: .noOp, data: [], steps: memo) == nil)
        }
    }

    @Test("What is remembered before the first move says that nothing is certain, should nothing more be heard")
    func diesUnheard() async throws {
        try await MailBench.with(members: 3) { bench in
            let payload = try MailBench.pull((1...3).map(MailBench.member))
            var delay = Fault(.delay)
            delay.milliseconds = 60_000
            await bench.simulator.add(FaultRule(route: "graph.messages.move", fault: delay, count: 0))
            let simulator = bench.simulator
            let killed = try await bench.attempt(payload, job: JobID(UUID())) {
                try await eventually(within: .seconds(20), "a move") {
                    await !simulator.journal(route: "graph.messages.move").isEmpty
                }
            }
            let memo = try required(MessageMemo(text: try required(killed.memo)))
            #expect(memo.isUnderWay == true)
            #expect(memo.inDoubt(of: 0..<3, settled: []) == [0, 1, 2])
        }
    }

    @Test("An account counts mailboxes once: done, in doubt, or as they were")
    func accounts() throws {
        let mailboxes = (1...5).map(MailBench.member)
        var row = MailboxTarget(index: 0, mailbox: mailboxes[0], userID: nil).row(PullDisposition.pulled)
        row.copyID = "a"
        var other = row
        other.copyID = "b"
        let none = MailboxTarget(index: 2, mailbox: mailboxes[2], userID: nil).row(PullDisposition.notFound)
        var memo = MessageMemo()
        memo.settled = SettledRows.text([row, other, none], bytesMax: 10_000)
        memo.doubtful = [2, 3]
        let data = try JSONSerialization.data(withJSONObject: [
            "internetMessageId": MailBench.message, "reason": "phish", "requestedBy": "admin@contoso.com",
            "targets": mailboxes.map { ["mailbox": $0] },
        ])
        let text = MessageAccount.text(of: .pullMessage, data: [UInt8](data), steps: try memo.text())
        #expect(
            text
                == "2 of 5 mailboxes are done (2 pulled, 1 not-found), in 1 a move was begun and its end was not seen, "
                + "in the other 2 nothing was moved."
        )
        let bytes = try required(
            MessageAccount.output(of: .pullMessage, data: [UInt8](data), steps: try memo.text())
        )
        let output = try JSONDecoder().decode(PullMessageOutput.self, from: Data(bytes))
        #expect(output.dispositions.map(\.target) == [0, 0, 2, 3])
        #expect(output.totals["pulled"] == 2 && output.totals["not-found"] == 1 && output.totals["undetermined"] == 1)
        let left = MailboxTarget(index: 3, mailbox: mailboxes[3], userID: nil)
            .row("c", PullDisposition.mailboxUnavailable, .outOfOrder)
        memo.known = SettledRows.text([left], bytesMax: 10_000)
        let known = try required(MessageAccount.output(of: .pullMessage, data: [UInt8](data), steps: try memo.text()))
        let open = try JSONDecoder().decode(PullMessageOutput.self, from: Data(known)).dispositions.last
        #expect(open?.copyID == "c" && open?.disposition == .undetermined && open?.note == nil)
        memo.isUnderWay = true
        let broken = MessageAccount.text(of: .pullMessage, data: [UInt8](data), steps: try memo.text())
        #expect(broken?.contains("in 3 a move may have been begun and its end was not seen, in the other 0 ") == true)
        let nothing = try MessageMemo().text()
        #expect(MessageAccount.output(of: .pullMessage, data: [UInt8](data), steps: nothing) == nil)
        let fresh = MessageAccount.text(of: .pullMessage, data: [UInt8](data), steps: nothing)
        #expect(fresh == "0 of 5 mailboxes are done, in the other 5 nothing was moved.")
    }

    @Test("People hear how far a job is while its mailboxes are still being looked up")
    func tellsFromTheStart() async throws {
        try await MailBench.with(members: 2) { bench in
            var bench = bench
            bench.settings.mailboxes.progressInterval = .milliseconds(30)
            var delay = Fault(.delay)
            delay.milliseconds = 400
            await bench.simulator.add(FaultRule(route: "graph.users.list", fault: delay))
            let attempt = try await bench.attempt(try MailBench.pull(Self.both), job: JobID(UUID()))
            #expect(attempt.progress.count { $0.done == 0 } > 3, "\(attempt.progress)")
            #expect(attempt.progress.last?.done == 2)
        }
    }

    @Test("While one mailbox does not answer people keep hearing of the others, which are done")
    func tellsBesideTheSlow() async throws {
        try await MailBench.with(members: 60) { bench in
            var bench = bench
            bench.settings.mailboxes.progressInterval = .milliseconds(50)
            bench.settings.limits.requestTime = .seconds(600)
            var rule = FaultRule(route: "graph.messages.move", fault: Fault(.hang))
            rule.mailbox = MailBench.member(7)
            await bench.simulator.add(rule)
            let told = Mutex<[Int]>([])
            let payload = try MailBench.pull((1...60).map(MailBench.member))
            let attempt = try await bench.attempt(
                payload,
                job: JobID(UUID()),
                killed: {
                    // Those that travel with the one that hangs, up to twenty, wait with it.
                    try await eventually(within: .seconds(240), "word though nothing is new") {
                        let last = told.withLock { $0 }.suffix(4)
                        return last.count == 4 && Set(last).count == 1 && last.allSatisfy { $0 >= 40 }
                    }
                },
                heard: { frame in
                    if case .progress(_, let done, _, _) = frame { told.withLock { $0.append(done) } }
                }
            )
            let last = attempt.progress.map(\.done).suffix(4)
            #expect(Set(last).count == 1 && last.allSatisfy { $0 >= 40 && $0 < 60 }, "\(attempt.progress)")
        }
    }

    @Test(
        "A job that nothing but throttling keeps from its end says so; one that waits for more says that",
        arguments: [false, true]
    )
    func saysThrottled(isBroken: Bool) async throws {
        try await MailBench.with(members: 3) { bench in
            var rule = FaultRule(route: "graph.messages.list", fault: Self.throttle("30"), count: 0)
            rule.mailbox = Self.both[1]
            await bench.simulator.add(rule)
            if isBroken {
                try await bench.simulator.perform(Self.state(.broken), on: Self.both[0], tenant: MailBench.tenant)
            }
            let payload = try MailBench.pull(Self.both + [MailBench.member(3)])
            let attempt = try await bench.attempt(payload, job: JobID(UUID()))
            let count = isBroken ? 2 : 1
            #expect(attempt.problem?.code == (isBroken ? .mailboxesUnsettled : .throttled), "\(attempt.outcome)")
            #expect(attempt.problem?.detail.hasPrefix("\(count) of 3 mailboxes are left") == true)
        }
    }

    @Test("The next word on a job is due an interval after the last, whenever that was")
    func tellsInTime() async throws {
        let request = ExecutorRequest(
            job: JobID(UUID()),
            tenant: try required(TenantID(MailBench.tenant)),
            attempt: 1,
            limit: .seconds(60),
            since: Date(),
            steps: nil,
            data: []
        )
        let job = MessageTally<PullDisposition>.Job(
            context: ExecutorContext(request: request, logger: LogLines().logger) { _ in },
            mailboxes: Self.both,
            campaign: nil,
            event: .messagePulled,
            moved: [.pulled]
        )
        let tally = MessageTally(job, memo: MessageMemo(), every: .seconds(5))
        let before = await tally.due
        try await eventually("a later moment") { ContinuousClock.now > before - .seconds(5) }
        let told = ContinuousClock.now
        await tally.settle(0, [MailboxTarget(index: 0, mailbox: Self.both[0], userID: nil).row(.notFound)])
        #expect(await tally.due >= told + .seconds(5))
        let due = await tally.due
        #expect(due > before && due <= ContinuousClock.now + .seconds(5))
    }
}
