import AMQP
import Desk
import Foundation
import JobModel
import Testing

@Suite("A job that dies again")
struct DiedAgainTests {
    @Test("Its new letter ends the run of the one before, which needs no result any more, and can be sent itself")
    func again() async throws {
        let rig = try DeskRig()
        let (job, tenant) = (JobID(UUID()), TenantID(UUID()))
        try await rig.file(DeskRig.message(job: job, tenant: tenant))
        _ = try await rig.retry(LetterFilter())
        _ = try await rig.sendAll()
        #expect(try await rig.file(DeskRig.message(job: job, tenant: tenant, replay: 1)) == [1, 2])
        let first = try await rig.store.letter(1).letter
        #expect(first.state == .resolved && first.remark == "died again: letter 2")
        #expect(try await rig.retry(LetterFilter()).count == 1)
        #expect(try await rig.sendAll().first?.message.headers["x-job-replay"] == .number(2))
        // A late result of the first run changes nothing.
        _ = try await rig.store.file([.answer(job: "\(job)", replay: 1, outcome: "failed")], now: DeskRig.now)
        #expect(try await rig.store.letter(1).letter.remark == "died again: letter 2")
        #expect(try await rig.state(2) == .awaiting)
    }

    @Test("A letter that is faster than the confirm of what it answers takes the message out of the outbox")
    func fast() async throws {
        let rig = try DeskRig()
        let (job, tenant) = (JobID(UUID()), TenantID(UUID()))
        try await rig.file(DeskRig.message(job: job, tenant: tenant))
        _ = try await rig.retry(LetterFilter())
        try await rig.file(DeskRig.message(job: job, tenant: tenant, replay: 1))
        #expect(try await rig.store.counts() == [.resolved: 1, .held: 1])
        #expect(try await rig.store.unsentCount() == 0)
    }

    @Test("The death of another run, of another job or of a notification ends no run", arguments: 0...2)
    func others(kind: Int) async throws {
        let rig = try DeskRig()
        let (job, tenant) = (JobID(UUID()), TenantID(UUID()))
        try await rig.file(DeskRig.message(job: job, tenant: tenant))
        _ = try await rig.retry(LetterFilter())
        _ = try await rig.sendAll()
        switch kind {
        case 0: try await rig.file(DeskRig.message(job: job, tenant: tenant, code: .throttled))
        case 1: try await rig.file(DeskRig.message(replay: 1))
        default:
            var message = try DeskRig.notification(job: job, tenant: tenant)
            message.properties.headers["x-job-replay"] = .int64(1)
            try await rig.file(message)
        }
        #expect(try await rig.store.counts() == [.awaiting: 1, .held: 1])
    }

    @Test("While a job is under way with one letter it is sent with no other, and that is what show says")
    func underWay() async throws {
        let rig = try DeskRig()
        let (job, tenant) = (JobID(UUID()), TenantID(UUID()))
        try await rig.file(
            DeskRig.message(job: job, tenant: tenant),
            DeskRig.message(job: job, tenant: tenant, code: .throttled)
        )
        _ = try await rig.retry(LetterFilter(numbers: [1]))
        _ = try await rig.sendAll()
        let refused = try await rig.retry(LetterFilter(numbers: [2]))
        #expect(refused.count == 0 && refused.skipped.first?.reason.contains("already, with letter 1") == true)
        let letters = try await rig.store.letters(ofJob: "\(job)")
        let second = try #require(letters.last)
        let commands = Mend.commands(for: second, others: letters)
        #expect(commands == ["sluice watch \(job)", "sluice dead restore 1", "sluice dead show 2"])
        #expect(Mend.commands(for: second) == ["sluice dead retry 2"])
    }

    @Test(
        "The same message is a copy while its letter is undecided, and a letter of its own afterwards",
        arguments: LetterState.allCases
    )
    func copy(state: LetterState) async throws {
        let rig = try DeskRig()
        let job = JobID(UUID())
        let message = try DeskRig.message(job: job)
        try await rig.file(message)
        switch state {
        case .held: break
        case .leaving: _ = try await rig.retry(LetterFilter())
        case .awaiting, .resolved:
            _ = try await rig.retry(LetterFilter())
            _ = try await rig.sendAll()
            let answer = Filing.answer(job: "\(job)", replay: 1, outcome: "succeeded")
            if state == .resolved { _ = try await rig.store.file([answer], now: DeskRig.now) }
        case .discarded:
            _ = try await rig.store.discard(
                LetterFilter(),
                reason: "sent by mistake",
                cap: 9,
                by: DeskRig.anna,
                now: DeskRig.now
            )
        }
        #expect(try await rig.state(1) == state)
        let isCopy = LetterState.undecided.contains(state)
        #expect(try await rig.file(message) == (isCopy ? [1] : [1, 2]))
        #expect(try await rig.state(1) == state, "what was decided stays decided")
        if !isCopy { #expect(try await rig.state(2) == .held) }
        #expect(try await rig.file(message) == (isCopy ? [1] : [1, 2]), "and that one is undecided again")
    }

    @Test("An import is no new death: what was here before stays as it was decided on")
    func imports() async throws {
        let rig = try DeskRig()
        try await rig.file(DeskRig.message())
        let line = try LetterLine(try await rig.store.letter(1).letter).text()
        _ = try await rig.store.discard(LetterFilter(), reason: "no", cap: 9, by: DeskRig.anna, now: DeskRig.now)
        let report = try await rig.store.take(lines: [line], by: DeskRig.anna, now: DeskRig.now)
        #expect(report.known == 1 && report.imported == 0)
        #expect(try await rig.store.counts() == [.discarded: 1])
    }
}
