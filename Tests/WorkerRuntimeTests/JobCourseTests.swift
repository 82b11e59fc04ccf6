import AMQP
import Foundation
import JobModel
import JobQueue
import Ledger
import Logging
import SystemPackage
import TestSupport
import Testing

@testable import WorkerRuntime

@Suite("The course of a job over a real ledger and a real executor")
struct JobCourseTests {
    private static let script = Repository.url("Tests/WorkerRuntimeTests/executor.py").path
    private let ledgerPath = FileManager.default.temporaryDirectory.appending(path: "course-\(UUID().uuidString)").path
    private let run = JobRun(job: JobID(UUID()), type: .connectTenant, tenant: TenantID(UUID()), replay: 0)

    private func services(_ ledger: Ledger) -> AttemptServices {
        AttemptServices(
            configuration: WorkerConfiguration(
                name: "test",
                types: [.connectTenant],
                concurrency: 4,
                tenantConcurrency: 2,
                retry: .standard,
                drainLimit: .seconds(1),
                ledgerRetention: .seconds(86_400),
                broker: ConnectionOptions(host: "127.0.0.1", port: 1, credentials: .external),
                executor: { _ in
                    ExecutorCommand(
                        executable: "/usr/bin/env",
                        arguments: ["python3", Self.script],
                        environment: ["PATH": "/usr/local/bin:/usr/bin:/bin"]
                    )
                }
            ),
            ledger: ledger,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            executorLog: { _ in },
            now: { Date() },
            jitter: { 0.5 }
        )
    }

    /// The course from where the ledger says that the job stands.
    private func course(_ services: AttemptServices, isSuspect: Bool = false) async throws -> JobCourse {
        let text = """
            {"specversion":"1.0","id":"\(self.run.job)","type":"jobs.connect-tenant.v1","source":"/test",
            "subject":"\(self.run.tenant)","time":"2026-11-23T03:00:00Z","data":{"do":"tell"}}
            """
        let envelope = try Envelope(Array(text.utf8), from: .console)
        let entry = try await services.ledger.entry(of: self.run)
        guard case .run(let sequence, let steps) = Standing(memo: envelope.memo, entry: entry) else {
            throw Broker.Failure(description: "the job is settled")
        }
        return JobCourse(
            services: services,
            envelope: envelope,
            headers: JobHeaders(),
            run: self.run,
            key: "connect-tenant",
            sequence: sequence,
            steps: steps,
            since: Date(),
            isSuspect: entry?.isSuspect ?? isSuspect
        )
    }

    /// Changes the ledger as another program would.
    private func change(_ sql: String) async throws {
        let program = "import sqlite3, sys; sqlite3.connect(sys.argv[1], isolation_level=None).execute(sys.argv[2])"
        let run = try await Repository.run("python3", ["-c", program, self.ledgerPath, sql])
        #expect(run.status == 0, "\(run.errors)")
    }

    /// The events on record, each with its number.
    private func events(_ ledger: Ledger) async throws -> [String] {
        struct Event: Decodable {
            struct Head: Decodable { let sequence: Int }
            let data: Head
        }
        return try await ledger.record(of: self.run.job).map { entry in
            "\(try JSONDecoder().decode(Event.self, from: Data(entry.body)).data.sequence) \(entry.type)"
        }
    }

    @Test("An event that could not be put on record is told by the next run: nothing after it stands there without it")
    func unrecordedEvent() async throws {
        let ledger = try Ledger(path: self.ledgerPath)
        let services = self.services(ledger)
        await services.publisher.close()  // what is recorded need not be sent here
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await services.supervisor.run() }
            try await self.change(
                """
                CREATE TRIGGER broken BEFORE INSERT ON record WHEN NEW.type = 'events.tenant.changed.v1'
                BEGIN SELECT RAISE(ABORT, 'a full disk'); END
                """
            )
            var course = try await self.course(services)
            await #expect(throws: LedgerError.self) { try await course.execute(before: .now + .seconds(600)) }
            #expect(try await ledger.entry(of: self.run)?.steps == nil)
            try await self.change("DROP TRIGGER broken")
            var next = try await self.course(services)
            guard case .succeeded = try await next.execute(before: .now + .seconds(600)) else {
                Issue.record("the job did not succeed")
                return await services.supervisor.finish()
            }
            #expect(try await self.events(ledger) == ["1 events.job.started.v1", "2 events.tenant.changed.v1"])
            #expect(try await ledger.entry(of: self.run)?.steps == "told")
            await services.supervisor.finish()
        }
        self.removeLedger()
    }

    private func removeLedger() {
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: self.ledgerPath + suffix) }
    }

    @Test("A suspect that is sent back unrun is one still when it comes again")
    func suspect() async throws {
        let ledger = try Ledger(path: self.ledgerPath)
        let services = self.services(ledger)
        await services.publisher.close()
        var course = try await self.course(services, isSuspect: true)
        let outcome = try await course.execute(before: .now)
        #expect(outcome == .interrupted)
        #expect(try await !course.finish(with: outcome), "nothing is sent in this test")
        let entry = try await ledger.entry(of: self.run)
        #expect(entry?.isSuspect == true)
        #expect(entry?.state == .waiting)
        self.removeLedger()
    }
}
