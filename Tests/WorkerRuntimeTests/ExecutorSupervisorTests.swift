import Foundation
import JobModel
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import WorkerRuntime

@Suite("Executor processes, real ones: who is guilty, who is ended, who is run again")
final class ExecutorSupervisorTests: Sendable {
    private let ends = Mutex(0)

    /// As every program with executors does: a pipe whose reader died is an error, not the end.
    init() { signal(SIGPIPE, SIG_IGN) }

    /// A supervisor whose children are `executor.py`, while the body runs.
    private func supervise(
        _ arguments: [String] = [],
        log: @escaping @Sendable (String) -> Void = { _ in },
        _ body: (ExecutorSupervisor) async throws -> Void
    ) async throws {
        let script = Repository.url("Tests/WorkerRuntimeTests/executor.py").path
        let supervisor = ExecutorSupervisor(
            command: { _ in
                ExecutorCommand(
                    executable: FilePath("/usr/bin/env"),
                    arguments: ["python3", script] + arguments,
                    environment: ["PATH": "/usr/local/bin:/usr/bin:/bin"]
                )
            },
            log: log
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await supervisor.run() }
            do {
                try await body(supervisor)
            } catch {
                await supervisor.kill()
                await supervisor.finish()
                throw error
            }
            await supervisor.finish()
            try await group.waitForAll()
        }
    }

    private static func request(_ data: String, limit: Duration = .seconds(60)) -> ExecutorRequest {
        ExecutorRequest(
            job: JobID(UUID()),
            tenant: TenantID(UUID()),
            attempt: 1,
            limit: limit,
            since: Date(),
            steps: nil,
            data: Array(data.utf8)[...]
        )
    }

    private static func run(_ data: String, on supervisor: ExecutorSupervisor, limit: Duration = .seconds(60)) async
        -> Outcome
    {
        await self.verdict(data, on: supervisor, limit: limit).outcome
    }

    private static func verdict(
        _ data: String,
        on supervisor: ExecutorSupervisor,
        limit: Duration = .seconds(60),
        isSuspect: Bool = false,
        before latest: ContinuousClock.Instant = .now + .seconds(600),
        until fence: Signal? = nil
    ) async -> ExecutorSupervisor.Verdict {
        await supervisor.verdict(
            on: self.request(data, limit: limit),
            type: .connectTenant,
            isSuspect: isSuspect,
            before: latest,
            until: fence,
            hear: { _ in true }
        )
    }

    /// As `run`, and counted once it has ended.
    private func ended(_ data: String, on supervisor: ExecutorSupervisor) async -> Outcome {
        let outcome = await Self.run(data, on: supervisor)
        self.ends.withLock { $0 += 1 }
        return outcome
    }

    private static func process(of outcome: Outcome) -> Int32? {
        guard case .succeeded(let output) = outcome else { return nil }
        return (try? JSONDecoder().decode([String: Int32].self, from: Data(output)))?["process"]
    }

    @Test("Of two innocent jobs and a poison one in one process, only the poison one fails, with signal and report")
    func guilty() async throws {
        let flag = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try await self.supervise { supervisor in
            let first = try #require(Self.process(of: await Self.run(#"{"do":"succeed"}"#, on: supervisor)))
            let innocent = #"{"do":"wait","until":"\#(flag.path)"}"#
            async let one = Self.run(innocent, on: supervisor)
            async let two = Self.run(innocent, on: supervisor)
            async let poison = Self.run(#"{"do":"crash"}"#, on: supervisor)
            try await eventually("the end of the shared process") { kill(first, 0) != 0 }
            try Data().write(to: flag)
            let outcomes = await [one, two]
            #expect(outcomes.compactMap { Self.process(of: $0) }.count == 2)
            #expect(Set(outcomes.compactMap { Self.process(of: $0) } + [first]).count == 3)
            let end = await poison
            guard case .failed(let problem, nil) = end else {
                Issue.record("the poison job did not fail: \(end)")
                return
            }
            #expect(problem.code == .executorCrashed)
            #expect(problem.detail.contains("signal 6"))
            #expect(problem.detail.contains("probe.swift:12"))
        }
        try FileManager.default.removeItem(at: flag)
    }

    @Test("A job that is run again after its process died finds what it remembered just before")
    func findsSteps() async throws {
        try await self.supervise { supervisor in
            guard case .succeeded(let output) = await Self.run(#"{"do":"steps"}"#, on: supervisor) else {
                Issue.record("the job did not succeed")
                return
            }
            #expect(String(decoding: output, as: UTF8.self).contains("half"))
        }
    }

    @Test("A process learns that its event is on record")
    func learnsOfRecords() async throws {
        try await self.supervise { supervisor in
            #expect(Self.process(of: await Self.run(#"{"do":"taken"}"#, on: supervisor)) != nil)
        }
    }

    @Test("A process that leaves in the middle of a job fails it with its status")
    func leaves() async throws {
        try await self.supervise { supervisor in
            guard case .failed(let problem, nil) = await Self.run(#"{"do":"exit"}"#, on: supervisor) else {
                Issue.record("the job did not fail")
                return
            }
            #expect(problem.code == .executorCrashed)
            #expect(problem.detail.contains("exit 3"))
        }
    }

    @Test("A job past its limit ends its process though that ignores TERM; the other job in it is run again")
    func overdue() async throws {
        let flag = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try await self.supervise(["stubborn"]) { supervisor in
            let first = try #require(Self.process(of: await Self.run(#"{"do":"succeed"}"#, on: supervisor)))
            async let other = Self.run(#"{"do":"wait","until":"\#(flag.path)"}"#, on: supervisor)
            async let late = Self.run(#"{"do":"stubborn"}"#, on: supervisor, limit: .seconds(1))
            let end = await late
            #expect(kill(first, 0) != 0)
            guard case .failed(let problem, nil) = end else {
                Issue.record("the job did not fail")
                return
            }
            #expect(problem.code == .executorTimeout)
            try Data().write(to: flag)
            #expect(Self.process(of: await other) != nil)
        }
        try FileManager.default.removeItem(at: flag)
    }

    @Test("Behind the fence a process that ignores TERM is gone at once, its job is interrupted, none is started")
    func fence() async throws {
        let said = Mutex<[String]>([])
        try await self.supervise(["stubborn"], log: { line in said.withLock { $0.append(line) } }) { supervisor in
            let lost = Signal()
            let first = try #require(Self.process(of: await Self.run(#"{"do":"succeed"}"#, on: supervisor)))
            async let running = Self.verdict(#"{"do":"stubborn"}"#, on: supervisor, until: lost)
            try await eventually("a busy process") { await supervisor.load == 1 }
            lost.fire()
            await supervisor.fence()
            #expect(await running.outcome == .interrupted)
            #expect(said.withLock { !$0.contains("asked to leave") }, "it is killed, not asked")
            #expect(kill(first, 0) != 0)
            let next = await Self.verdict(#"{"do":"succeed"}"#, on: supervisor, until: lost)
            #expect(next.outcome == .interrupted)
        }
    }

    @Test("Once all were interrupted no suspect is run again, and no job that comes later is begun")
    func interrupted() async throws {
        let flag = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try await self.supervise { supervisor in
            let first = try #require(Self.process(of: await Self.run(#"{"do":"succeed"}"#, on: supervisor)))
            let data = #"{"do":"wait","until":"\#(flag.path)"}"#
            async let one = self.ended(data, on: supervisor)
            async let two = self.ended(data, on: supervisor)
            try await eventually("two jobs in the process") { await supervisor.load == 2 }
            kill(first, SIGKILL)
            try await eventually("one that is run alone, while the other waits") {
                let (starts, load) = await (supervisor.figures.starts[.connectTenant], supervisor.load)
                return starts == 2 && load == 1
            }
            await supervisor.interrupt()
            // Whoever waits for the file all the same finds it once both had their time.
            try? await eventually(within: .seconds(3), "both ends") { self.ends.withLock { $0 } == 2 }
            try Data().write(to: flag)
            #expect(await [one, two] == [.interrupted, .interrupted])
            #expect(await Self.run(#"{"do":"succeed"}"#, on: supervisor) == .interrupted)
        }
        try FileManager.default.removeItem(at: flag)
    }

    @Test("A suspect whose turn comes too late is handed back as one, and runs by itself when it comes again")
    func lateSuspect() async throws {
        let flag = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try await self.supervise { supervisor in
            let shared = try #require(Self.process(of: await Self.run(#"{"do":"succeed"}"#, on: supervisor)))
            let data = #"{"do":"wait","until":"\#(flag.path)"}"#
            async let first = Self.verdict(data, on: supervisor, isSuspect: true)
            try await eventually("a suspect that runs by itself") { await supervisor.load == 1 }
            let latest = ContinuousClock.now + .milliseconds(200)
            async let second = Self.verdict(#"{"do":"succeed"}"#, on: supervisor, isSuspect: true, before: latest)
            try await eventually("the end of its time") { ContinuousClock.now > latest }
            try Data().write(to: flag)
            let alone = await first
            #expect(Self.process(of: alone.outcome) != nil && Self.process(of: alone.outcome) != shared)
            #expect(!alone.isSuspect)
            #expect(await second == ExecutorSupervisor.Verdict(outcome: .interrupted, isSuspect: true))
            #expect(await supervisor.figures.starts[.connectTenant] == 2)
            let again = await Self.verdict(#"{"do":"succeed"}"#, on: supervisor, isSuspect: true)
            #expect(Self.process(of: again.outcome) != nil && Self.process(of: again.outcome) != shared)
            #expect(!again.isSuspect)
        }
        try FileManager.default.removeItem(at: flag)
    }

    @Test("Lines that are no frames are passed over")
    func garbage() async throws {
        try await self.supervise { supervisor in
            #expect(Self.process(of: await Self.run(#"{"do":"garbage"}"#, on: supervisor)) != nil)
        }
    }

    @Test("A program that is not there is no fault of the job's: executor-unavailable")
    func absent() async throws {
        let supervisor = ExecutorSupervisor(
            command: { _ in ExecutorCommand(executable: "/nowhere/sluice", arguments: [], environment: [:]) },
            log: { _ in }
        )
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await supervisor.run() }
            let outcome = await Self.run(#"{"do":"succeed"}"#, on: supervisor)
            await supervisor.finish()
            guard case .failed(let problem, nil) = outcome else {
                Issue.record("the job did not fail")
                return
            }
            #expect(problem.code == .executorUnavailable)
        }
    }
}
