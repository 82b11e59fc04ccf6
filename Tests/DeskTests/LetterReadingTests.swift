import AMQP
import Desk
import Foundation
import JobModel
import JobQueue
import Testing

@Suite("Reading dead letters")
struct LetterReadingTests {
    @Test("A worker's letter says job, tenant, code, worker and time")
    func worker() throws {
        let job = JobID(UUID())
        let letter = DeskRig.letter(try DeskRig.message(job: job, code: .throttled))
        #expect(letter.job == job.description && letter.type == "no-op" && letter.code == "throttled")
        #expect(letter.detail == "a lamp fell over" && letter.worker == "w1" && letter.attempt == 3)
        #expect(letter.died == Timestamp.date("2026-11-23T03:00:01Z"))
        #expect(letter.explanation?.effect == ProblemCode.throttled.effect)
    }

    @Test("A notification that nobody could be told is a letter of the job it tells of")
    func notification() throws {
        let (job, tenant) = (JobID(UUID()), TenantID(UUID()))
        let letter = DeskRig.letter(try DeskRig.notification(job: job, tenant: tenant))
        #expect(letter.isNotification && letter.type == "notification" && letter.job == job.description)
        #expect(letter.tenant == tenant.description && letter.code == "delivery-unavailable" && letter.attempt == 10)
        #expect(!DeskRig.letter(try DeskRig.message()).isNotification)
    }

    @Test("What the broker gave up is told by the newest death that is no delay")
    func broker() throws {
        var message = try DeskRig.message()
        func death(_ queue: String, _ reason: String) -> FieldValue {
            .table(["queue": .string(queue), "reason": .string(reason), "time": .timestamp(1_000)])
        }
        message.properties.headers = [
            "x-death": .array([death("job.no-op.1", "delivery_limit"), death("job.delay.03", "expired")])
        ]
        let letter = DeskRig.letter(message)
        #expect(letter.code == "delivery-limit" && letter.detail.contains("job.no-op.1"))
        #expect(letter.died == Date(timeIntervalSince1970: 1_000) && letter.worker == nil)
        message.properties.headers = ["x-death": .array([death("job.delay.03", "expired")])]
        #expect(DeskRig.letter(message).code == "internal-error")
        #expect(DeskRig.letter(message, from: JobTopology.unrouted).code == "unrouted")
    }

    @Test(
        "A time of death that no calendar has is the time of filing",
        arguments: [UInt64.max, 1 << 62, 253_402_300_800]
    )
    func hostileTime(time: UInt64) async throws {
        var message = try DeskRig.message()
        message.properties.headers["x-death"] = .array([
            .table([
                "queue": .string("job.no-op"), "reason": .string("rejected"), "time": .timestamp(time),
                "count": .int64(.max),
            ])
        ])
        message.properties.headers["x-job-attempt"] = .int64(.max)
        let rig = try DeskRig()
        let number = try #require(try await rig.file(message).first)
        let letter = try await rig.store.letter(number).letter
        #expect(letter.died == DeskRig.now && letter.code == "body-too-large" && letter.attempt == 1)
    }

    @Test(
        "Anything can be filed",
        arguments: [[], Array("no JSON".utf8), [0xFF, 0x00], Array("{\"id\":5}".utf8), Array("[]".utf8)]
    )
    func foreign(body: [UInt8]) {
        let letter = DeskRig.letter(Message(body: body))
        #expect(letter.type == Letter.unreadableType && letter.job == nil && letter.tenant.isEmpty)
        #expect(letter.body == body)
    }

    @Test("A redelivery is the same letter; another body, replay or time of death is another")
    func identity() throws {
        let (job, tenant) = (JobID(UUID()), TenantID(UUID()))
        var message = try DeskRig.message(job: job, tenant: tenant)
        let first = DeskRig.letter(message).identity
        message.properties.headers["x-delivery-count"] = .int64(4)
        message.properties.headers["x-acquired-count"] = .int64(4)
        #expect(DeskRig.letter(message).identity == first)
        #expect(try DeskRig.letter(DeskRig.message(job: job, tenant: tenant, replay: 1)).identity != first)
        #expect(try DeskRig.letter(DeskRig.message(job: job, tenant: tenant, data: "{\"size\":1}")).identity != first)
        message.properties.headers["x-job-error-at"] = .string("2026-11-23T03:00:02.000Z")
        #expect(DeskRig.letter(message).identity != first)
    }
}
