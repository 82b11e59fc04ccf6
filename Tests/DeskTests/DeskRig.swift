import AMQP
import Desk
import Foundation
import JobModel
import JobQueue

/// A desk's database in a folder of its own, and letters to put into it.
struct DeskRig {
    static let now = Date(timeIntervalSince1970: 1_795_402_801)
    static let anna = Operator(name: "anna")

    let folder: URL
    let store: DeskStore

    var path: String { self.folder.appending(path: "desk.sqlite").path }

    init() throws {
        self.folder = FileManager.default.temporaryDirectory.appending(path: "desk-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true)
        self.store = try DeskStore(path: self.folder.appending(path: "desk.sqlite").path, creates: true)
    }

    /// A dead letter's message as a worker sends it to `job.dead`.
    static func message(
        job: JobID = JobID(UUID()),
        tenant: TenantID = TenantID(UUID()),
        data: String = "{}",
        code: ProblemCode = .internalError,
        replay: Int = 0,
        memo: Memo? = nil
    ) throws -> Message {
        var body = """
            {"specversion":"1.0","id":"\(job)","type":"jobs.no-op.v1","source":"/console/test","subject":"\(tenant)",\
            "time":"2026-11-23T03:00:00Z","data":\(data)}
            """
        if let memo {
            body = String(decoding: try Envelope(Array(body.utf8), from: .console).body(memo: memo), as: UTF8.self)
        }
        var headers: FieldTable = [
            "x-job-attempt": .int64(3), "x-job-tenant": .string("\(tenant)"),
            "x-job-error-code": .string(code.rawValue), "x-job-error-text": .string("a lamp fell over"),
            "x-job-error-at": .string("2026-11-23T03:00:01.000Z"), "x-job-error-worker": .string("w1"),
        ]
        if replay > 0 { headers["x-job-replay"] = .int64(Int64(replay)) }
        return Message(
            body: Array(body.utf8),
            properties: Properties(
                correlationID: "\(job)",
                messageID: "\(job)",
                type: "jobs.no-op.v1",
                headers: headers
            )
        )
    }

    /// A dead notification's message as the notifier sends it to `job.dead`.
    static func notification(
        job: JobID = JobID(UUID()),
        tenant: TenantID = TenantID(UUID()),
        recipients: [String] = ["admin@contoso.com"],
        code: ProblemCode = .deliveryUnavailable
    ) throws -> Message {
        let run = JobRun(job: job, type: .connectTenant, tenant: tenant, replay: 0)
        let content = NotificationContent.tenantConnected(domains: ["contoso.com"], changes: 5)
        let members = NotificationRequested(content, recipients: recipients, customer: nil, language: nil)
        let body = JobMessages(worker: "w1").event(
            .notificationRequested,
            of: run,
            sequence: 9,
            attempt: 1,
            time: Self.now,
            members: Array(try JSONEncoder().encode(members))
        )
        var headers = JobHeaders(tenant: tenant.description, traceparent: "00-a-b-01")
        headers.attempt = 10
        return DeadLetter(worker: "notifier@h", now: Self.now).notification(
            id: run.id(of: .notificationRequested, sequence: 9, teller: nil),
            job: job,
            headers: headers,
            problem: Problem(code, "msmtp ended with status 75."),
            body: body
        ).message
    }

    static func letter(_ message: Message, from queue: String = JobTopology.dead) -> Letter {
        Letter(message, from: queue, routingKey: "no-op.1", now: Self.now)
    }

    /// Files letters; gives their numbers.
    @discardableResult
    func file(_ messages: Message...) async throws -> [Int64] {
        _ = try await self.store.file(messages.map { .letter(Self.letter($0)) }, now: Self.now)
        return try await self.store.letters(LetterFilter(), limit: 1_000).map(\.number).sorted()
    }

    func state(_ number: Int64) async throws -> LetterState { try await self.store.letter(number).letter.state }

    func retry(_ filter: LetterFilter, cap: Int = 1_000) async throws -> Receipt {
        let order = RetryOrder(filter: filter, cap: cap, rate: 1_000, delay: nil)
        return try await self.store.retry(order, by: Self.anna, now: Self.now)
    }

    /// Marks everything in the outbox as taken by the broker.
    func sendAll() async throws -> [OutboxLetter] {
        let rows = try await self.store.due(now: Self.now.addingTimeInterval(3_600), limit: 10_000)
        try await self.store.settle(sent: rows, returned: [], now: Self.now)
        return rows
    }
}
