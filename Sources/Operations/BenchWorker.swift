package import Foundation
import Synchronization

/// A worker that belongs to a benchmark: a child process with a ledger and a log in a folder of its own.
package final class BenchWorker: Sendable {
    /// How often it is started again after a death that nobody asked for.
    static let restartsMax = 3
    /// How long it has to leave after SIGTERM before it is killed.
    static let leaveLimit = Duration.seconds(30)

    private struct State {
        var process: ChildProcess?
        var restarts = 0
        /// What earlier lives of the worker used.
        var spentOwn = 0.0
        var spentExecutors = 0.0
        var last = Used()
    }

    /// What worker and executors have used, over all lives of the worker.
    struct Used: Sendable {
        var own = 0.0
        var executors = 0.0
        var peakBytes = 0
        var executorsPeakBytes = 0
    }

    private let command: [String]
    private let environment: [String: String]
    private let log: URL
    private let state = Mutex(State())

    /// Nothing is started yet; `folder` must exist, and takes the log.
    package init(executable: URL, arguments: [String], environment: [String: String], folder: URL) {
        self.command = [executable.path] + arguments
        self.environment = environment
        self.log = folder.appending(path: "worker.log")
    }

    /// How often it had to be started again.
    var restarts: Int { self.state.withLock { $0.restarts } }

    /// Starts it.
    func start() async throws {
        let process = try await ChildProcess.start(self.command, environment: self.environment, log: self.log)
        self.state.withLock { $0.process = process }
    }

    /// Starts it again if it has died; false when it died too often.
    func keepAlive() async throws -> Bool {
        guard !self.isRunning else { return true }
        let mayRestart = self.state.withLock { state in
            state.spentOwn = state.last.own
            state.spentExecutors = state.last.executors
            guard state.restarts < Self.restartsMax else { return false }
            state.restarts += 1
            return true
        }
        if mayRestart { try await self.start() }
        return mayRestart
    }

    private var isRunning: Bool { self.state.withLock { $0.process?.isRunning ?? false } }

    /// What it and its executors have used so far.
    func used() -> Used {
        let process = self.state.withLock { $0.process?.isRunning == true ? $0.process?.id : nil }
        guard let process, let usage = HostProcesses.usage(of: process) else { return self.state.withLock { $0.last } }
        let executors = HostProcesses.children(of: process).compactMap { HostProcesses.usage(of: $0) }
        return self.state.withLock { state in
            state.last.own = state.spentOwn + usage.own
            state.last.executors = state.spentExecutors + usage.reaped + executors.reduce(0) { $0 + $1.own }
            state.last.peakBytes = max(state.last.peakBytes, usage.peakBytes)
            let peak = executors.reduce(0) { $0 + $1.peakBytes }
            state.last.executorsPeakBytes = max(state.last.executorsPeakBytes, peak)
            return state.last
        }
    }

    /// Lets it leave; kills it when it takes too long.
    package func stop() async {
        guard let process = self.state.withLock({ $0.process }) else { return }
        process.signal(SIGTERM)
        // A task of its own, as the worker must be gone before its folder is, whether we are cancelled or not.
        let killer = Task {
            try await Task.sleep(for: Self.leaveLimit)
            process.signal(SIGKILL)
        }
        _ = await process.status()
        killer.cancel()
    }

    /// The end of what it wrote, for people who want to know why it failed.
    package var lastLines: String {
        let text = (try? String(contentsOf: self.log, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").suffix(5).joined(separator: "\n")
    }

    /// The number of a name in the last line that has it, as the worker writes its figures when it leaves.
    func figure(_ name: String) -> Double? {
        let text = (try? String(contentsOf: self.log, encoding: .utf8)) ?? ""
        let parts = text.components(separatedBy: "\(name)=")
        return parts.count > 1 ? parts.last.flatMap { Double($0.prefix { $0.isNumber || $0 == "." }) } : nil
    }
}
