import AMQP
import Desk
import Foundation
import JobModel
import JobQueue
import Testing

@Suite("Sending a dead letter again")
struct ReplayTests {
    private let memo = Memo(round: 4, sequence: 9, since: Date(timeIntervalSince1970: 9), steps: "{\"done\":[]}")

    @Test("It is a run of its own: first attempt, no events, finished steps kept")
    func again() throws {
        var message = try DeskRig.message(memo: self.memo)
        message.properties.headers["x-job-deadline"] = .string("2026-01-01T00:00:00Z")
        message.properties.headers["traceparent"] = .string("00-a-b-01")
        let letter = DeskRig.letter(message)
        let sent = try Replay.message(for: letter, replay: 2, delay: nil, now: DeskRig.now)
        let envelope = try Envelope(sent.body)
        #expect(envelope.memo == Memo(round: 0, sequence: 0, since: nil, steps: self.memo.steps))
        #expect(sent.exchange == "job" && sent.id == letter.job && sent.correlationID == letter.job)
        #expect(sent.routingKey == JobTopology.key(for: .noOp, tenant: envelope.tenant))
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

    @Test("What a worker would refuse again is not sent", arguments: ["{\"size\":-1}", "{\"size\":\"x\"}"])
    func unfit(data: String) throws {
        let letter = DeskRig.letter(try DeskRig.message(data: data))
        #expect(throws: Problem.self) { try Replay.message(for: letter, replay: 1, delay: nil, now: DeskRig.now) }
    }

    @Test("An edited letter is a new job with the new data, without memo, checked as a worker would")
    func edited() throws {
        let letter = DeskRig.letter(try DeskRig.message(data: "{\"size\":-1}", memo: self.memo))
        let id = JobID(UUID())
        let data = Array("{\"size\":7}".utf8)
        let sent = try Replay.edited(letter, data: data, body: nil, id: id, now: DeskRig.now)
        let envelope = try Envelope(sent.body)
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
