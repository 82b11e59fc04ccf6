import AMQP
import Foundation
import JobModel
import Operations
import Testing

@Suite("News as people see it")
struct JobNewsTests {
    private static let run = JobRun(job: JobID(UUID()), type: .connectTenant, tenant: TenantID(UUID()), replay: 0)
    private static let messages = JobMessages(worker: "w1")

    private static func news(_ body: [UInt8]) -> JobNews? {
        JobNews(Message(body: body, properties: Properties(correlationID: self.run.job.description)))
    }

    private static func event(_ name: JobEventName, _ members: some Encodable) throws -> JobNews? {
        let bytes = [UInt8](try JSONEncoder().encode(members))
        return self.news(
            self.messages.event(name, of: self.run, sequence: 3, attempt: 1, time: Date(), members: bytes)
        )
    }

    @Test("Every event that a worker sends is understood")
    func events() throws {
        let problem = Problem(.throttled, "slow down")
        let change = PlannedChange(kind: .inboundConnector, name: "In", action: .create, fields: [])
        let finding = DriftFinding(
            id: "mx.contoso.com",
            subject: .mx,
            name: "contoso.com",
            drift: .pending,
            lastApplied: .absent,
            wanted: .absent,
            live: .absent,
            isRepairable: false,
            advice: "Wait."
        )
        let cases: [(JobNews?, String)] = [
            (try Self.event(.jobProgressed, JobProgressed(done: 6, total: 12, step: "plan")), "6/12 plan"),
            (try Self.event(.jobPostponed, JobDelayed(delaySeconds: 15, problem: problem)), "waits 15 s: slow down"),
            (
                try Self.event(.jobRetrying, JobDelayed(delaySeconds: 9, problem: problem)),
                "tries again in 9 s: throttled"
            ),
            (try Self.event(.jobDied, JobEnded(outcome: .failed, problem: problem)), "ended: failed"),
            (try Self.event(.tenantChanged, TenantChanged(change: change)), "created inbound-connector In"),
            (
                try Self.event(
                    .tenantConnected,
                    TenantConnected(customer: "c", importedDomains: ["contoso.com"], objects: [])
                ), "connected, with contoso.com"
            ),
            (
                try Self.event(.tenantConnectionLost, TenantConnectionLost(customer: "c", problem: problem)),
                "connection lost: "
            ),
            (
                try Self.event(
                    .tenantDisconnected,
                    TenantDisconnected(customer: "c", isComplete: false, remains: [], forcedBecause: nil)
                ), "with leftovers"
            ),
            (try Self.event(.driftFound, DriftFound(customer: "c", findings: [finding])), "drift: mx.contoso.com"),
            (
                try Self.event(
                    .notificationRequested,
                    NotificationRequested(
                        .connectionLost(problem),
                        recipients: ["a@b.c", "d@e.f"],
                        customer: nil,
                        language: nil
                    )
                ), "2 people are told"
            ),
        ]
        for (news, words) in cases {
            let line = try NewsLine.text(#require(news).kind)
            #expect(line.contains(words), "\(line)")
        }
    }

    @Test("A failed result shows its code, what was met and what to do")
    func result() throws {
        let body = try Self.messages.result(
            of: Self.run,
            outcome: .failed,
            attempt: 1,
            startedAt: Date(),
            finishedAt: Date(),
            output: nil,
            problem: Problem(.connectorConflict, "The connector \"Other\" is in the way.")
        )
        let line = try NewsLine.text(#require(Self.news(body)).kind)
        for words in ["failed", "connector-conflict", "\"Other\"", ProblemCode.connectorConflict.advice] {
            #expect(line.contains(words))
        }
    }

    @Test("What is none of ours is passed over, what a later version says is shown by its type")
    func foreign() throws {
        #expect(Self.news(Array("hello".utf8)) == nil)
        let later = #"{"type":"events.moon.landed.v1","subject":"s","time":"2026-11-23T03:00:00Z","data":{}}"#
        let news = try #require(Self.news(Array(later.utf8)))
        #expect(news.kind == .other("events.moon.landed.v1"))
    }

    @Test(
        "A bar is as wide whatever it counts",
        arguments: [(0, 12, 0), (6, 12, 12), (12, 12, 24), (20, 12, 24), (-1, 12, 0), (0, 0, 0)]
    )
    func bar(done: Int, total: Int, filled: Int) {
        let bar = NewsLine.bar(done, of: total)
        #expect(bar.filter { $0 == "#" }.count == filled)
        #expect(bar.filter { $0 == "#" || $0 == "-" }.count >= 24)
    }
}
