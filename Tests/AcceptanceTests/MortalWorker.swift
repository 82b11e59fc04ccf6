import Foundation
import JobModel
import TestSupport

/// A worker of a road that is killed and replaced, and its executors.
struct MortalWorker {
    private let road: Road
    private let name: String
    private let settings: [String: String]
    private var program: Program
    private var host = 0
    private var workerDeaths = 0
    private var executorDeaths = 0

    /// Starts it; its host is called `name` and a number, which changes when its ledger is lost.
    init(_ road: Road, _ name: String, _ settings: [String: String] = [:]) async throws {
        self.road = road
        self.name = name
        self.settings = settings.merging(["SLUICE_WORKER_ATTEMPTS": "20"]) { own, _ in own }
        self.program = try await Self.start(road, "\(name)-0", self.settings)
    }

    /// Waits until `calls` has grown by so many, or the job has ended, and kills the executors, or the worker with or without
    /// its ledger.
    mutating func strike(
        during job: JobID,
        after more: Int,
        of calls: () async -> Int,
        _ chance: inout DirectoryChance
    ) async throws {
        let wanted = await calls() + more
        try await eventually(within: .seconds(60), "more calls, or the end", every: .milliseconds(2)) {
            let hasEnded = !self.road.results(of: job).isEmpty
            return await calls() >= wanted || hasEnded
        }
        if chance.isLucky(50) {
            for child in self.program.children() { kill(child, SIGKILL) }
            self.executorDeaths += 1
            return
        }
        self.program.signal(SIGKILL)
        _ = await self.program.status()
        self.workerDeaths += 1
        if chance.isLucky(40) { self.host += 1 }
        self.program = try await Self.start(self.road, "\(self.name)-\(self.host)", self.settings)
    }

    /// The last it said.
    var lastWords: Substring { self.program.output.suffix(2_000) }

    /// What was killed.
    var report: String { "\(self.workerDeaths) workers and \(self.executorDeaths) executors killed" }

    private static func start(_ road: Road, _ host: String, _ settings: [String: String]) async throws -> Program {
        try await road.sluice(["worker"], road.worker(host).merging(settings) { _, own in own })
    }
}
