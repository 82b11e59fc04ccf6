import AMQP
import Desk
import Foundation
import JobModel
import JobQueue
import Testing

@Suite("A dead letter of which only the beginning is kept")
struct CutLetterTests {
    /// A message that was too large for the desk's connection, as it comes from it.
    private func message(job: JobID, replay: Int = 0) throws -> Message {
        var message = try DeskRig.message(
            job: job,
            data: "{\"filler\":\"\(String(repeating: "x", count: 900))\"}",
            replay: replay
        )
        let size = message.body.count
        message.body = Array(message.body.prefix(500))
        message.cutBytes = 64 << 20 - size
        let death: FieldTable = [
            "queue": .string("job.no-op.1"), "reason": .string("rejected"), "time": .timestamp(1_000),
        ]
        message.properties.headers = message.properties.headers.filter { !$0.key.hasPrefix("x-job-error") }
        message.properties.headers["x-death"] = .array([.table(death)])
        return message
    }

    @Test("It says job, type and code by its properties, and how large it was")
    func reading() throws {
        let job = JobID(UUID())
        let message = try self.message(job: job)
        let letter = DeskRig.letter(message)
        #expect(letter.job == "\(job)" && letter.type == "no-op" && letter.code == "body-too-large")
        #expect(letter.isCut && letter.size == message.size && letter.body == message.body)
        #expect(letter.detail.contains("\(message.size) bytes"))
        let shorter = {
            var other = message; other.cutBytes -= 1; return DeskRig.letter(other)
        }()
        #expect(shorter.identity != letter.identity)
    }

    @Test("What somebody buried without having read it all tells of what is missing in a header")
    func buried() throws {
        var message = try DeskRig.message(code: .bodyTooLarge)
        message.properties.headers["x-job-cut-bytes"] = .int64(77)
        #expect(DeskRig.letter(message).cutBytes == 77)
        message.properties.headers["x-job-cut-bytes"] = .int64(-5)
        #expect(DeskRig.letter(message).cutBytes == 0)
    }

    @Test("It cannot be sent again or edited, which is said with its size; a whole message in its place can be sent")
    func decisions() async throws {
        let rig = try DeskRig()
        let job = JobID(UUID())
        try await rig.file(self.message(job: job))
        let receipt = try await rig.retry(LetterFilter())
        #expect(receipt.count == 0)
        #expect(receipt.skipped.first?.reason.contains("only the first 500 are kept") == true, "\(receipt.skipped)")
        #expect(try await rig.state(1) == .held)
        let (new, now) = (JobID(UUID()), DeskRig.now)
        await #expect {
            try await rig.store.edit(1, data: Array("{}".utf8), body: nil, id: new, by: DeskRig.anna, now: now)
        } throws: { error in
            (error as? DeskError)?.code == .unfit && "\(error)".contains("only the first 500 are kept")
        }
        let letter = try await rig.store.letter(1).letter
        #expect(Mend.commands(for: letter) == ["sluice dead discard 1 --reason 'the sender sends it again'"])
        let whole = try DeskRig.message().body
        #expect(try await rig.store.edit(1, data: nil, body: whole, id: new, by: DeskRig.anna, now: now).count == 1)
    }

    @Test("An export says what is missing, and an import keeps it")
    func transfer() async throws {
        let (rig, other) = (try DeskRig(), try DeskRig())
        try await rig.file(self.message(job: JobID(UUID())))
        let letter = try await rig.store.letter(1).letter
        let line = try LetterLine(letter).text()
        #expect(line.contains("\"cutBytes\":\(letter.cutBytes)"))
        #expect(try await other.store.take(lines: [line], by: DeskRig.anna, now: DeskRig.now).imported == 1)
        let taken = try await other.store.letter(1).letter
        #expect(taken.cutBytes == letter.cutBytes && taken.identity == letter.identity)
        #expect(try !LetterLine(DeskRig.letter(DeskRig.message())).text().contains("cutBytes"))
    }

    @Test("The death of a run is told by its headers, though the body cannot be read")
    func run() async throws {
        let rig = try DeskRig()
        let job = JobID(UUID())
        try await rig.file(DeskRig.message(job: job))
        _ = try await rig.retry(LetterFilter())
        try await rig.file(self.message(job: job, replay: 1))
        #expect(try await rig.state(1) == .resolved)
    }
}
