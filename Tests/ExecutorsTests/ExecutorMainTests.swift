import ExecutorChannel
import Foundation
import JobModel
import Simulator
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import Executors

@Suite("Main loop of an executor")
struct ExecutorMainTests {
    private static func request(_ job: JobID, data: String) throws -> ExecutorRequest {
        ExecutorRequest(
            job: job,
            tenant: try required(TenantID(Scenario.contosoID)),
            attempt: 1,
            limit: .seconds(600),
            since: Date(),
            steps: nil,
            data: Array(data.utf8)[...]
        )
    }

    /// Feeds bytes to a main loop and gives the frames it wrote until it closed its end.
    private static func frames(
        of settings: Result<ExecutorSettings, Problem>,
        log: LogLines,
        input: [UInt8]
    ) async throws -> [ExecutorFrame] {
        let (requestsOut, requestsIn) = try FileDescriptor.pipe()
        let (framesOut, framesIn) = try FileDescriptor.pipe()
        let (batches, feed) = AsyncStream.makeStream(of: [[UInt8]].self)
        let reader = FrameReader(
            descriptor: framesOut,
            name: "test-frames",
            lineBytesMax: ExecutorFrame.bytesMax,
            deliver: { feed.yield($0) },
            ended: { feed.finish() }
        )
        let writer = FrameWriter(descriptor: requestsIn, name: "test-requests")
        writer.write(input)
        writer.finish()
        // The input has ended when the jobs begin: the grace is all the time they have.
        let main = ExecutorMain(type: .connectTenant, settings: settings, grace: .seconds(600), logger: log.logger)
        await main.run(input: requestsOut, output: framesIn)
        var frames: [ExecutorFrame] = []
        for await batch in batches { frames += batch.map { ExecutorFrame(line: $0) }.compactMap { $0 } }
        withExtendedLifetime(reader) {}
        return frames
    }

    @Test("A line that is no request is passed over, a payload that breaks its schema is a failed job")
    func badInput() async throws {
        try await Bench.with { bench in
            let bad = JobID(UUID())
            let good = JobID(UUID())
            let data = #"{"customer":"Contoso","requestedBy":"admin@contoso.com","claimedDomains":["contoso.com"]}"#
            let input =
                Array("not a request\n{}\n".utf8) + (try Self.request(bad, data: #"{"customer":"Contoso"}"#).line())
                + (try Self.request(good, data: data).line())
            let frames = try await Self.frames(of: .success(bench.settings), log: bench.log, input: input)
            let outcomes = frames.compactMap { frame -> (JobID, Outcome)? in
                if case .outcome(let job, let outcome) = frame { (job, outcome) } else { nil }
            }
            #expect(outcomes.count == 2)
            guard case .failed(let problem, nil) = outcomes.first(where: { $0.0 == bad })?.1 else {
                Issue.record("the bad payload did not fail")
                return
            }
            #expect(problem.code == .invalidPayload)
            #expect(problem.detail.contains("`data."))
            guard case .succeeded = outcomes.first(where: { $0.0 == good })?.1 else {
                Issue.record("the good one did not succeed: \(outcomes)")
                return
            }
            #expect(bench.log.text.contains("A line is no request"))
        }
    }

    @Test("Several jobs run side by side, each with its own frames")
    func several() async throws {
        try await Bench.with(.grantedDemo) { bench in
            let data = #"""
                {"customer":"C","requestedBy":"a@contoso.com","claimedDomains":["contoso.com"],"dryRun":true}
                """#
            let jobs = (1...8).map { _ in JobID(UUID()) }
            let input = try jobs.flatMap { try Self.request($0, data: data).line() }
            let frames = try await Self.frames(of: .success(bench.settings), log: bench.log, input: input)
            for job in jobs {
                let own = frames.filter { $0.job == job }
                guard case .outcome(_, .succeeded) = own.last else {
                    Issue.record("a job did not succeed: \(String(describing: own.last))")
                    return
                }
            }
        }
    }

    @Test("Settings that are wrong fail every job and say which one")
    func wrongSettings() async throws {
        let problem = Problem(.configurationRejected, "`gateway.name` is missing.")
        let input = try Self.request(JobID(UUID()), data: "{}").line()
        let frames = try await Self.frames(of: .failure(problem), log: LogLines(), input: input)
        #expect(frames.count == 1)
        guard case .outcome(_, .failed(problem, nil)) = frames.first else {
            Issue.record("not the settings' problem: \(frames)")
            return
        }
    }

    @Test("A job that outlasts the end of input is interrupted")
    func interrupted() async throws {
        try await Bench.with { bench in
            await bench.simulator.add(FaultRule(route: "graph.domains.list", fault: Fault(.hang), count: 0))
            let (requestsOut, requestsIn) = try FileDescriptor.pipe()
            let (framesOut, framesIn) = try FileDescriptor.pipe()
            let data = #"{"customer":"C","requestedBy":"a@contoso.com","claimedDomains":["contoso.com"]}"#
            let writer = FrameWriter(descriptor: requestsIn, name: "test-requests")
            writer.write(try Self.request(JobID(UUID()), data: data).line())
            writer.finish()
            let main = ExecutorMain(
                type: .connectTenant,
                settings: .success(bench.settings),
                grace: .milliseconds(100),
                logger: bench.log.logger
            )
            let (batches, feed) = AsyncStream.makeStream(of: [[UInt8]].self)
            let reader = FrameReader(
                descriptor: framesOut,
                name: "test-frames",
                lineBytesMax: ExecutorFrame.bytesMax,
                deliver: { feed.yield($0) },
                ended: { feed.finish() }
            )
            await main.run(input: requestsOut, output: framesIn)
            var last: ExecutorFrame?
            for await batch in batches { last = batch.last.flatMap { ExecutorFrame(line: $0) } ?? last }
            withExtendedLifetime(reader) {}
            guard case .outcome(_, .interrupted) = last else {
                Issue.record("not interrupted: \(String(describing: last))")
                return
            }
        }
    }

    @Test(
        "When its lease runs out the process stops what it runs and leaves",
        .timeLimit(.minutes(5))
    )
    func leaseRunsOut() async throws {
        try await Bench.with { bench in
            await bench.simulator.add(FaultRule(route: "exchange.New-InboundConnector", fault: Fault(.hang)))
            let (requestsOut, requestsIn) = try FileDescriptor.pipe()
            let (framesOut, framesIn) = try FileDescriptor.pipe()
            let frames = Mutex<[ExecutorFrame]>([])
            let reader = FrameReader(
                descriptor: framesOut,
                name: "test-frames",
                lineBytesMax: ExecutorFrame.bytesMax,
                deliver: { lines in frames.withLock { $0 += lines.compactMap { ExecutorFrame(line: $0) } } },
                ended: {}
            )
            let writer = FrameWriter(descriptor: requestsIn, name: "test-requests")
            let main = ExecutorMain(
                type: .connectTenant,
                settings: .success(bench.settings),
                grace: .zero,
                logger: bench.log.logger
            )
            let job = JobID(UUID())
            let data = #"{"customer":"Contoso","requestedBy":"admin@contoso.com","claimedDomains":["contoso.com"]}"#
            async let end: Void = main.run(input: requestsOut, output: framesIn)
            writer.write(try Self.request(job, data: data).line())
            try await eventually(within: .seconds(30), "a call that hangs") {
                await bench.simulator.journal().contains { $0.fault == "hang" }
            }
            writer.write(WorkerFrame.lease(until: HostClock.now + .milliseconds(300)).line())
            await end
            writer.finish()
            try await eventually(within: .seconds(10), "the last frame") {
                frames.withLock { $0.last }.map { if case .outcome = $0 { true } else { false } } ?? false
            }
            withExtendedLifetime(reader) {}
            let outcomes = frames.withLock { $0 }.compactMap { frame -> (JobID, Outcome)? in
                if case .outcome(let job, let outcome) = frame { (job, outcome) } else { nil }
            }
            #expect(outcomes.map(\.0) == [job])
            #expect(outcomes.map(\.1) == [.interrupted])
        }
    }
}
