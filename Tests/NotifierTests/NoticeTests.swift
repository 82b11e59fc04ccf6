import Foundation
import JobModel
import TestSupport
import Testing

@testable import Notifier

@Suite("Events as the notifier reads them")
struct NoticeTests {
    @Test("A request says who is told what about which job")
    func request() throws {
        let job = JobID(UUID())
        let notice = try Notice(try event(language: "de", job: job), operators: [])
        #expect(notice.job == job)
        #expect(notice.jobType == "connect-tenant")
        #expect(notice.request.template == "tenant-connected")
        #expect(notice.request.language == "de")
        #expect(notice.request.recipients == ["admin@contoso.com"])
        #expect(notice.key == "\(job) tenant-connected")
    }

    @Test("A death is a request for the operators; without operators nobody is told")
    func deaths() throws {
        let notice = try Notice(try death(), operators: ["ops@gateway.example"])
        #expect(notice.request.template == "job-died")
        #expect(notice.request.recipients == ["ops@gateway.example"])
        #expect(notice.request.values["code"] == .text("executor-crashed"))
        #expect(try Notice(try death(), operators: []).request.recipients.isEmpty)
    }

    @Test("Asked for twice by one run it is one notification; another run or template is another")
    func keys() throws {
        let job = JobID(UUID())
        func key(_ body: [UInt8]) throws -> String { try Notice(body, operators: ["a@b.example"]).key }
        let first = try event(job: job, sequence: 3)
        #expect(try key(first) == key(try event(job: job, sequence: 7)))
        #expect(try key(first) != key(try death(job: job)))
        let replayed = String(decoding: first, as: UTF8.self).replacing("\"id\":\"\(job).", with: "\"id\":\"\(job).r1.")
        #expect(try key(Array(replayed.utf8)) == "\(job).r1 tenant-connected")
    }

    @Test("For fewer recipients it is the same event, valid by the schema, and a death has become a request")
    func fewer() async throws {
        try await withFolder { folder in
            for (name, body) in [
                ("request", try event(recipients: ["a@b.example", "c@d.example"])), ("death", try death()),
            ] {
                let notice = try Notice(body, operators: ["a@b.example", "c@d.example"])
                let rest = try notice.body(recipients: ["c@d.example"])
                let again = try Notice(rest, operators: [])
                #expect(again.id == notice.id && again.key == notice.key && again.time == notice.time)
                #expect(again.request.recipients == ["c@d.example"])
                #expect(again.request.values == notice.request.values)
                let file = folder.appending(path: "\(name).json")
                try Data(rest).write(to: file)
                let run = try await Repository.python(
                    [Repository.url("schemas/validate.py").path, file.path],
                    needing: ["jsonschema", "referencing"]
                )
                #expect(run.status == 0, "\(run.output)")
            }
        }
    }

    @Test("What is no event of ours is refused with a code and the member's name")
    func refused() throws {
        let good = String(decoding: try event(), as: UTF8.self)
        let cases: [(String, ProblemCode, String)] = [
            ("not json", .notJSON, "byte 0"),
            (good.replacing("notification.requested", with: "job.started"), .invalidEnvelope, "type"),
            (good.replacing("\"id\":\"", with: "\"id\":\"<a@b>"), .invalidEnvelope, "id"),
            (good.replacing("\"subject\":\"", with: "\"subject\":\"x"), .invalidTenant, "subject"),
            (good.replacing("2026-", with: "20X6-"), .invalidEnvelope, "time"),
            (good.replacing("\"data\":{\"job\":\"", with: "\"data\":{\"job\":\"x"), .invalidPayload, "data.job"),
            (good.replacing("[\"admin@contoso.com\"]", with: "7"), .invalidPayload, "data.recipients"),
            (good.replacing("\"type\":\"connect-tenant\"", with: "\"type\":\"<b>\""), .invalidPayload, "data.type"),
            (String(repeating: " ", count: Envelope.bytesMax + 1), .bodyTooLarge, "bytes"),
        ]
        for (text, code, name) in cases {
            do throws(Problem) {
                _ = try Notice(Array(text.utf8), operators: [])
                #expect(Bool(false), "taken: \(name)")
            } catch {
                #expect(error.code == code, "\(error)")
                #expect(error.detail.contains(name), "\(error)")
            }
        }
    }
}
