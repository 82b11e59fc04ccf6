import AMQP
import Desk
import Foundation
import JobModel
import JobQueue
import Testing

@Suite("Sending a dead letter again")
struct ReplayTests {
    private let memo = Memo(round: 4, sequence: 9, since: Date(timeIntervalSince1970: 9), steps: "{\"done\":[]}")

    @Test("It is a run of its own, by the delay ladder: first attempt, no events, finished steps kept")
    func again() throws {
        var message = try DeskRig.message(memo: self.memo)
        message.properties.headers["x-job-deadline"] = .string("2026-01-01T00:00:00Z")
        message.properties.headers["traceparent"] = .string("00-a-b-01")
        let letter = DeskRig.letter(message)
        let sent = try Replay.message(for: letter, replay: 2, delay: nil, now: DeskRig.now)
        let envelope = try Envelope(sent.body, from: .runtime)
        #expect(envelope.memo == Memo(round: 0, sequence: 0, since: nil, steps: self.memo.steps))
        let key = JobTopology.key(for: .noOp, tenant: envelope.tenant)
        let soon = DelayLadder.destination(after: .seconds(1), key: key)
        #expect(sent.exchange == soon.exchange && sent.routingKey == soon.routingKey)
        #expect(sent.id == letter.job && sent.correlationID == letter.job)
        #expect(sent.headers["x-job-replay"] == .number(2) && sent.headers["x-job-attempt"] == .number(1))
        #expect(sent.headers["x-job-deadline"] == nil, "a deadline that has passed would end it at once")
        #expect(sent.headers["traceparent"] == .text("00-a-b-01"))
        #expect(sent.headers.keys.allSatisfy { !$0.hasPrefix("x-job-error") && $0 != "x-death" })
    }

    @Test("With a delay it goes down the ladder to the same queue")
    func later() throws {
        let letter = DeskRig.letter(try DeskRig.message())
        let sent = try Replay.message(for: letter, replay: 1, delay: .seconds(90), now: DeskRig.now)
        #expect(sent.exchange == "job.delay.06" && sent.routingKey.contains(".no-op."))
    }

    @Test(
        "Steps are kept only where a worker wrote them: not from what the broker gave up, nor from what was kept unread",
        arguments: [ProblemCode.invalidEnvelope, .unsupportedVersion, .bodyTooLarge, .throttled]
    )
    func foreignSteps(code: ProblemCode) throws {
        let message = try DeskRig.message(code: code, memo: self.memo)
        let sent = try Replay.message(for: DeskRig.letter(message), replay: 1, delay: nil, now: DeskRig.now)
        #expect(try Envelope(sent.body, from: .runtime).memo.steps == (code == .throttled ? self.memo.steps : nil))
        var forged = message
        forged.properties.headers["x-death"] = .array([
            .table(["queue": .string("job.no-op"), "reason": .string("delivery_limit"), "time": .timestamp(1)])
        ])
        let letter = DeskRig.letter(forged)
        #expect(letter.worker == nil && letter.code == "delivery-limit", "a sender's word counts for nothing")
        let again = try Replay.message(for: letter, replay: 1, delay: nil, now: DeskRig.now)
        #expect(try Envelope(again.body, from: .runtime).memo.steps == nil)
    }

    @Test("A memo that nobody can read keeps no letter from being sent again")
    func brokenMemo() throws {
        var message = try DeskRig.message(code: .invalidEnvelope, memo: self.memo)
        let body = String(decoding: message.body, as: UTF8.self)
        message.body = Array(body.replacing(#"\"round\":4"#, with: #"\"round\":9223372036854775807"#).utf8)
        #expect(message.body != Array(body.utf8))
        let sent = try Replay.message(for: DeskRig.letter(message), replay: 1, delay: nil, now: DeskRig.now)
        #expect(try Envelope(sent.body, from: .runtime).memo == .none)
    }

    @Test("What a worker would refuse again is not sent", arguments: ["{\"size\":-1}", "{\"size\":\"x\"}"])
    func unfit(data: String) throws {
        let letter = DeskRig.letter(try DeskRig.message(data: data))
        #expect(throws: Problem.self) { try Replay.message(for: letter, replay: 1, delay: nil, now: DeskRig.now) }
    }

    @Test("A notification goes to the notifier alone, byte for byte, with all its attempts before it")
    func notification() throws {
        let letter = DeskRig.letter(try DeskRig.notification())
        let sent = try Replay.message(for: letter, replay: 0, delay: nil, now: DeskRig.now)
        let soon = DelayLadder.destination(after: .seconds(1), key: JobTopology.notifierKey)
        #expect(sent.exchange == soon.exchange && sent.routingKey == soon.routingKey)
        #expect(sent.body == letter.body && sent.id == letter.messageID && sent.correlationID == letter.job)
        #expect(sent.type == "events.notification.requested.v1")
        #expect(
            sent.headers == [
                "x-job-attempt": .number(1), "x-job-tenant": .text(letter.tenant), "traceparent": .text("00-a-b-01"),
            ]
        )
        let later = try Replay.message(for: letter, replay: 0, delay: .seconds(90), now: DeskRig.now)
        #expect(later.exchange == "job.delay.06" && later.routingKey.hasSuffix(".notification.requested"))
    }

    @Test("A notification that the notifier cannot read, or that would break a mail, is not sent, and none is edited")
    func unfitNotification() throws {
        var letter = DeskRig.letter(try DeskRig.notification())
        let good = String(decoding: letter.body, as: UTF8.self)
        for text in [
            good.replacing("admin@contoso.com", with: #"a@b.example\nBcc: all@contoso.com"#), "no JSON",
            good.replacing("events.notification.requested.v1", with: "events.job.died.v1"),
        ] {
            letter.body = Array(text.utf8)
            #expect(throws: Problem.self) { try Replay.message(for: letter, replay: 0, delay: nil, now: DeskRig.now) }
        }
        letter.body = Array(good.utf8)
        #expect(throws: Problem.self) {
            try Replay.edited(letter, data: Array("{}".utf8), body: nil, id: JobID(UUID()), now: DeskRig.now)
        }
        let job = try DeskRig.message().body
        #expect(throws: Problem.self, "also with the body of a job") {
            try Replay.edited(letter, data: nil, body: job, id: JobID(UUID()), now: DeskRig.now)
        }
    }

    @Test("An edited letter is a new job with the new data, without memo, checked as a worker would")
    func edited() throws {
        let letter = DeskRig.letter(try DeskRig.message(data: "{\"size\":-1}", memo: self.memo))
        let id = JobID(UUID())
        let data = Array("{\"size\":7}".utf8)
        let sent = try Replay.edited(letter, data: data, body: nil, id: id, now: DeskRig.now)
        let envelope = try Envelope(sent.body, from: .runtime)
        #expect(envelope.id == id && envelope.memo == .none && envelope.source == Replay.source)
        #expect(try NoOp(data: envelope.data).size == 7)
        #expect(sent.headers["x-job-replay"] == nil && sent.id == id.description)
        #expect(throws: Problem.self) {
            try Replay.edited(letter, data: Array("{\"size\":-2}".utf8), body: nil, id: id, now: DeskRig.now)
        }
        #expect(throws: Problem.self) {
            try Replay.edited(letter, data: nil, body: Array("no JSON".utf8), id: id, now: DeskRig.now)
        }
    }
}
