import Foundation
import JobModel
import Operations
import Simulator
import TestSupport
import Testing

/// A host whose clock is set while a worker and its executors work: by libfaketime the worker's time of day jumps, and the
/// clock that nobody sets goes on.
///
/// The executors keep the machine's time, as a worker hands them nothing of its environment. What the two tell each other
/// must not depend on the time of day anyhow.
@Suite("A host whose clock is set")
struct ClockTests {
    @Test(
        "Jobs end as if nothing had happened, and the worker keeps its session and its lock",
        arguments: ["+3h", "-3h"]
    )
    func jump(by offset: String) async throws {
        try await Road.walk(.demo) { road in
            let clock = road.folder.appending(path: "clock")
            func set(_ offset: String) throws { try Data(offset.utf8).write(to: clock, options: .atomic) }
            try set("+0")
            let launched = try await road.sluice(["worker"], road.worker("jumping"), launcher: try Self.launcher(clock))
            try await eventually(within: .seconds(20), "the worker") { launched.output.contains("taking jobs") }
            let worker = try #require(launched.children().first)
            await road.simulator.add(FaultRule(route: "exchange.New-InboundConnector", fault: Fault(.hang)))
            let job = try await road.connect(Scenario.contosoID)
            try await road.waitForHang()
            try set(offset)
            let quick = try await road.send(.noOp, Scenario.contosoID, data: "{}")
            #expect(try await road.result(of: quick).0 == .succeeded)
            #expect(abs(try Self.finish(of: quick, on: road).timeIntervalSinceNow) > 10_000, "no clock was set")
            for executor in HostProcesses.children(of: worker) { kill(executor, SIGKILL) }
            let (outcome, problem) = try await road.result(of: job)
            #expect(outcome == .succeeded, "\(problem.map(\.description) ?? "") \(launched.output.suffix(3_000))")
            #expect(road.retries(of: job).isEmpty)
            try await road.expectWholeStory(of: job)
            try set("+0")
            let last = try await road.connect(Scenario.contosoID)
            #expect(try await road.result(of: last).0 == .succeeded)
            try await road.expectConnected(Scenario.contosoID)
            kill(worker, SIGTERM)
            #expect(await launched.status() == 0)
            #expect(launched.output.components(separatedBy: "taking jobs").count == 2, "it lost its session")
        }
    }

    /// A command that has the one after it take its time of day from a file.
    ///
    /// The inner `env` trades the time that `faketime` insists on for the file.
    private static func launcher(_ clock: URL) throws -> [String] {
        let faketime = "/usr/bin/faketime"
        try #require(
            FileManager.default.isExecutableFile(atPath: faketime),
            "faketime is missing; run deploy/install --tests"
        )
        return [
            faketime, "--exclude-monotonic", "-f", "+0", "/usr/bin/env", "-u", "FAKETIME",
            "FAKETIME_TIMESTAMP_FILE=\(clock.path)", "FAKETIME_NO_CACHE=1",
        ]
    }

    /// When a job ended, by the clock of its worker.
    private static func finish(of job: JobID, on road: Road) throws -> Date {
        try #require((try road.resultData(of: job)["finishedAt"] as? String).flatMap(Timestamp.date))
    }
}
