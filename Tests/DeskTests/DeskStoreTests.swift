import AMQP
import Desk
import Foundation
import GRDB
import JobModel
import JobQueue
import Testing

@Suite("The desk's database on a real file")
struct DeskStoreTests {
    @Test("A letter that comes twice is filed once, also by another process")
    func unique() async throws {
        let rig = try DeskRig()
        let message = try DeskRig.message()
        let filings = [Filing.letter(DeskRig.letter(message)), .nothing]
        #expect(try await rig.store.file(filings, now: DeskRig.now) == 1)
        #expect(try await DeskStore(path: rig.path, creates: false).file(filings + filings, now: DeskRig.now) == 0)
        let letter = try #require(try await rig.store.letters(LetterFilter(), limit: 5).first)
        #expect(letter.body == message.body && letter.number == 1)
    }

    @Test("Letters are grouped by type, code and tenant, and every filter narrows them")
    func filters() async throws {
        let rig = try DeskRig()
        let tenant = TenantID(UUID())
        try await rig.file(
            DeskRig.message(tenant: tenant, code: .throttled),
            DeskRig.message(tenant: tenant, code: .throttled),
            DeskRig.message(data: "{\"size\":77}")
        )
        let groups = try await rig.store.groups(LetterFilter(states: [.held]))
        #expect(groups.map(\.count) == [2, 1] && groups.first?.tenant == tenant.description)
        func count(_ filter: LetterFilter) async throws -> Int { try await rig.store.letters(filter, limit: 9).count }
        #expect(try await count(LetterFilter(code: "throttled")) == 2)
        #expect(try await count(LetterFilter(tenant: tenant.description.uppercased())) == 2)
        #expect(try await count(LetterFilter(type: "no-op", text: "size\":77")) == 1)
        #expect(try await count(LetterFilter(text: "lamp fell")) == 3)
        #expect(try await count(LetterFilter(since: DeskRig.now.addingTimeInterval(1))) == 0)
        #expect(try await count(LetterFilter(numbers: [1, 9])) == 1)
        #expect(try await count(LetterFilter(states: [.discarded])) == 0)
    }

    @Test("The list of groups is read from its index alone")
    func plan() async throws {
        let rig = try DeskRig()
        for filter in [LetterFilter(states: [.held]), LetterFilter(type: "no-op", states: [.held, .awaiting])] {
            let plan = try await rig.store.groupsPlan(filter).joined(separator: "; ")
            #expect(plan.contains("USING COVERING INDEX letter_group"), "\(plan)")
        }
    }

    @Test("Of two operators who decide at once, each letter has one decision", arguments: 1...3)
    func race(seed: Int) async throws {
        let rig = try DeskRig()
        for _ in 0..<60 { try await rig.file(DeskRig.message()) }
        let other = try DeskStore(path: rig.path, creates: false)
        let order = RetryOrder(filter: LetterFilter(), cap: 100, rate: 1_000, delay: nil)
        let receipts = try await withThrowingTaskGroup(of: Receipt.self) { group in
            group.addTask { try await rig.store.retry(order, by: DeskRig.anna, now: DeskRig.now) }
            group.addTask {
                let bob = Operator(name: "bob")
                return try await other.discard(LetterFilter(), reason: "no", cap: 100, by: bob, now: DeskRig.now)
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let counts = try await rig.store.counts()
        #expect(counts[.leaving, default: 0] + counts[.discarded, default: 0] == 60)
        #expect(receipts.map(\.count).reduce(0, +) == 60)
        #expect(try await rig.store.unsentCount() == counts[.leaving, default: 0])
        let audit = try await rig.store.audit(limit: 9)
        #expect(Set(audit.map { [$0.who, $0.action] }) == [["anna", "retry"], ["bob", "discard"]])
        #expect(audit.map(\.count).reduce(0, +) == 60)
    }

    @Test("A letter that was sent awaits its result, and is resolved by that of its own run alone")
    func course() async throws {
        let rig = try DeskRig()
        let job = JobID(UUID())
        let number = try #require(try await rig.file(DeskRig.message(job: job)).first)
        #expect(try await rig.retry(LetterFilter()).count == 1)
        #expect(
            try await rig.store.audit(limit: 9).map { [$0.who, $0.action, "\($0.count)"] } == [["anna", "retry", "1"]]
        )
        #expect(try await rig.state(number) == .leaving)
        #expect(try await rig.sendAll().map(\.letter) == [number])
        #expect(try await rig.state(number) == .awaiting)
        _ = try await rig.store.file([.answer(job: "\(job)", replay: 7, outcome: "failed")], now: DeskRig.now)
        #expect(try await rig.state(number) == .awaiting)
        _ = try await rig.store.file([.answer(job: "\(job)", replay: 1, outcome: "succeeded")], now: DeskRig.now)
        let letter = try await rig.store.letter(number).letter
        #expect(letter.state == .resolved && letter.remark == "succeeded")
    }

    @Test("A notification is resolved once the broker has it; several of one event go together, and beside their job")
    func notifications() async throws {
        let rig = try DeskRig()
        let (job, tenant) = (JobID(UUID()), TenantID(UUID()))
        let numbers = try await rig.file(
            DeskRig.notification(job: job, tenant: tenant, recipients: ["a@b.example"]),
            DeskRig.notification(job: job, tenant: tenant, recipients: ["c@d.example"], code: .deliveryRefused),
            DeskRig.message(job: job, tenant: tenant)
        )
        let receipt = try await rig.retry(LetterFilter())
        #expect(receipt.count == 3 && receipt.notifications == 2 && receipt.skipped.isEmpty)
        let rows = try await rig.sendAll()
        #expect(Set(rows.map(\.message.correlationID)) == [job.description])
        for number in numbers.prefix(2) {
            let letter = try await rig.store.letter(number).letter
            #expect(letter.state == .resolved && letter.remark == "handed to the notifier")
        }
        #expect(try await rig.state(numbers[2]) == .awaiting)
        _ = try await rig.store.file([.answer(job: "\(job)", replay: 1, outcome: "succeeded")], now: DeskRig.now)
        #expect(try await rig.state(numbers[2]) == .resolved)
        // Undeliverable again it is buried again, at another time: a letter of its own.
        var again = try DeskRig.notification(job: job, tenant: tenant, recipients: ["a@b.example"])
        again.properties.headers["x-job-error-at"] = .string("2026-11-23T04:00:00.000Z")
        #expect(try await rig.file(again).count == 4)
    }

    @Test("A rehearsal says what would be sent and what would stay, and leaves everything as it is")
    func rehearsal() async throws {
        let rig = try DeskRig()
        try await rig.file(
            DeskRig.message(),
            DeskRig.notification(),
            DeskRig.message(data: "{\"size\":-1}")
        )
        let order = RetryOrder(filter: LetterFilter(), cap: 9, rate: 1, delay: nil)
        let receipt = try await rig.store.rehearse(order, now: DeskRig.now)
        #expect(receipt.count == 2 && receipt.notifications == 1 && receipt.stayed == 1)
        #expect(receipt.skipped.map(\.letter) == [3])
        #expect(try await rig.store.counts() == [.held: 3])
        #expect(try await rig.store.audit(limit: 9).isEmpty)
        #expect(try await rig.store.unsentCount() == 0)
        #expect(try await rig.retry(LetterFilter()).count == 2, "and then it is so")
    }

    @Test("A message without a queue comes back with the reason, and a result that is faster than its confirm resolves")
    func returned() async throws {
        let rig = try DeskRig()
        let job = JobID(UUID())
        let numbers = try await rig.file(DeskRig.message(), DeskRig.message(job: job))
        _ = try await rig.retry(LetterFilter())
        let rows = try await rig.store.due(now: DeskRig.now.addingTimeInterval(9), limit: 9)
        _ = try await rig.store.file([.answer(job: "\(job)", replay: 1, outcome: "succeeded")], now: DeskRig.now)
        #expect(try await rig.store.unsentCount() == 1)
        let row = try #require(rows.first { $0.letter == numbers[0] })
        try await rig.store.settle(sent: [], returned: [(row, "not taken: no queue")], now: DeskRig.now)
        #expect(try await rig.state(numbers[0]) == .held)
        #expect(try await rig.state(numbers[1]) == .resolved)
        #expect(try await rig.store.returned(since: DeskRig.now).map(\.letter) == [numbers[0]])
    }

    @Test("What an earlier desk had decided to send as a new job goes by the delay ladder, as workers want it now")
    func migratesOutbox() async throws {
        let rig = try DeskRig()
        try await rig.file(DeskRig.message(), DeskRig.message())
        _ = try await rig.retry(LetterFilter())
        let queue = try DatabaseQueue(path: rig.path)
        try await queue.write { db in
            try db.execute(sql: "UPDATE outbox SET exchange = 'job', routing_key = 'no-op'")
            try db.execute(sql: "UPDATE outbox SET successor = 'a new job' WHERE letter = 2")
            try db.execute(sql: "DELETE FROM grdb_migrations WHERE identifier LIKE '3 %'")
        }
        try queue.close()
        let store = try DeskStore(path: rig.path, creates: false)
        let rows = try await store.due(now: DeskRig.now.addingTimeInterval(9), limit: 9)
        let ladder = DelayLadder.destination(after: .seconds(1), key: "no-op")
        #expect(rows.map(\.message.exchange) == [ladder.exchange, "job"])
        #expect(rows.map(\.message.routingKey) == [ladder.routingKey, "no-op"])
    }

    @Test("A job that was sent again as often as can be counted stays, and says what to do")
    func sentTooOften() async throws {
        let rig = try DeskRig()
        try await rig.file(DeskRig.message(replay: JobHeaders.replayMax))
        let receipt = try await rig.retry(LetterFilter())
        #expect(receipt.count == 0 && receipt.skipped.first?.reason.contains("edit it instead") == true)
    }

    @Test("More than the cap is refused whole, not trimmed")
    func cap() async throws {
        let rig = try DeskRig()
        try await rig.file(DeskRig.message(), DeskRig.message())
        await #expect { try await rig.retry(LetterFilter(), cap: 1) } throws: { ($0 as? DeskError)?.code == .overCap }
        #expect(try await rig.store.counts() == [.held: 2])
    }

    @Test("Discarded letters keep their reason and can be restored; notes stay with the letter")
    func discard() async throws {
        let rig = try DeskRig()
        let number = try #require(try await rig.file(DeskRig.message()).first)
        let filter = LetterFilter(numbers: [number])
        _ = try await rig.store.discard(filter, reason: "sent anew", cap: 1, by: DeskRig.anna, now: DeskRig.now)
        #expect(try await rig.store.letter(number).letter.remark == "sent anew")
        #expect(try await rig.retry(filter).count == 0)
        try await rig.store.note(number, text: "see ticket 7", by: DeskRig.anna, now: DeskRig.now)
        #expect(try await rig.store.restore(filter, cap: 1, by: DeskRig.anna, now: DeskRig.now).count == 1)
        #expect(try await rig.store.letter(number).notes.map(\.text) == ["see ticket 7"])
        #expect(try await rig.state(number) == .held)
        let audit = try await rig.store.audit(limit: 9)
        #expect(audit.map(\.action) == ["restore", "note", "retry", "discard"])
        #expect(audit.map(\.count) == [1, 1, 0, 1])
        #expect(audit.allSatisfy { $0.who == "anna" && $0.filter == "letters=\(number)" && $0.at == DeskRig.now })
        #expect(audit.map(\.reason) == [nil, nil, nil, "sent anew"])
        await #expect { try await rig.store.letter(99) } throws: { ($0 as? DeskError)?.code == .unknownLetter }
        await #expect { try await rig.store.note(99, text: "x", by: DeskRig.anna, now: DeskRig.now) } throws: {
            ($0 as? DeskError)?.code == .unknownLetter
        }
    }

    @Test("An export comes in on another desk whole; corrupt lines are named and the rest goes in")
    func transfer() async throws {
        let (rig, other) = (try DeskRig(), try DeskRig())
        try await rig.file(DeskRig.message(), DeskRig.message(code: .throttled))
        let foreign = DeskRig.letter(.init(body: [0xFF, 0xFE]))
        _ = try await rig.store.file([.letter(foreign)], now: DeskRig.now)
        let letters = try await rig.store.page(LetterFilter(), after: 0, limit: 10)
        var lines = try letters.map { try LetterLine($0).text() }
        lines.insert("{\"letter\":1}", at: 1)
        lines += ["", "not JSON"]
        let report = try await other.store.take(lines: lines, by: DeskRig.anna, now: DeskRig.now)
        #expect(report.imported == 3 && report.corrupt == [2, 6] && report.known == 0)
        let taken = try await other.store.page(LetterFilter(), after: 0, limit: 10)
        #expect(taken.map(\.identity) == letters.map(\.identity))
        #expect(try await other.store.take(lines: lines, by: DeskRig.anna, now: DeskRig.now).known == 3)
    }

    @Test("A database that another program has locked says so, and nothing is lost")
    func locked() async throws {
        let rig = try DeskRig()
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let other = try DatabaseQueue(path: rig.path, configuration: configuration)
        let letter = DeskRig.letter(try DeskRig.message())
        try await other.writeWithoutTransaction { db in
            try db.beginTransaction(.exclusive)
        }
        await #expect { try await rig.store.file([.letter(letter)], now: DeskRig.now) } throws: {
            ($0 as? DeskError)?.code == .locked
        }
        try await other.writeWithoutTransaction { db in try db.rollback() }
        #expect(try await rig.store.file([.letter(letter)], now: DeskRig.now) == 1)
    }

    @Test("One process sends at a time; a dead one's right passes on")
    func sender() async throws {
        let rig = try DeskRig()
        let mark = try #require(ProcessMark.own)
        #expect(try await rig.store.claimSending(mark))
        #expect(try await rig.store.claimSending(mark))
        let gone = try DatabaseQueue(path: rig.path)
        try await gone.write { try $0.execute(sql: "UPDATE sender SET mark = '1:999999999'") }
        #expect(try await rig.store.claimSending(mark))
        try await rig.store.releaseSending(mark)
    }
}
