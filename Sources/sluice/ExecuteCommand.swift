import ArgumentParser
import Executors
import Foundation
import JobModel
import Microsoft365
import SystemPackage
import Telemetry

/// The other side of the pipe: started by the worker, never by hand.
struct ExecuteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "execute",
        abstract: "Run jobs of one type from standard input; the worker starts this.",
        shouldDisplay: false
    )

    @Argument(help: "The job type.")
    var type: String

    func run() async throws {
        guard let type = JobType(rawValue: self.type) else {
            throw CommandFailure.misuse("there is no job type \(self.type)")
        }
        signal(SIGPIPE, SIG_IGN)
        let settings = try await Settings.load(nil)
        try self.limitItself(mebibytes: settings.number(.workerExecutorMemory))
        // Frames go to a descriptor of their own: whatever else prints to standard output ends in the log.
        let frames = try FileDescriptor.standardOutput.duplicate()
        _ = try FileDescriptor.standardError.duplicate(as: .standardOutput)
        let requests = try FileDescriptor.standardInput.duplicate()
        let logger = try settings.logger("sluice.execute")
        let exporter = try settings.startTracing(service: "sluice-execute", logger: logger)
        let transport = Transport()
        // The worker closes the pipe only when nothing runs: an end of input in the middle of a job means it is dead, and
        // whoever gets the job next must find the tenant to himself.
        let executor = ExecutorMain(
            type: type,
            settings: settings.executorSettings(of: type, transport: transport),
            grace: .zero,
            logger: logger
        )
        await withDiscardingTaskGroup { group in
            if let exporter { group.addTask { await exporter.run() } }
            await executor.run(input: requests, output: frames)
            group.cancelAll()
        }
        try await transport.shutdown()
    }

    /// Keeps what one job can do to the host small: its memory is bounded, the kernel takes this process before the worker
    /// when the host runs out, and no core file with tokens in it is ever written.
    private func limitItself(mebibytes: Int) throws {
        var data = rlimit(rlim_cur: rlim_t(mebibytes) << 20, rlim_max: rlim_t(mebibytes) << 20)
        var core = rlimit(rlim_cur: 0, rlim_max: 0)
        guard setrlimit(__rlimit_resource_t(RLIMIT_DATA.rawValue), &data) == 0,
            setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &core) == 0
        else {
            throw CommandFailure.failed("the limits of an executor cannot be set: \(Errno(rawValue: errno))")
        }
        // A container may forbid it; the limits hold all the same.
        try? Data("500".utf8).write(to: URL(filePath: "/proc/self/oom_score_adj"))
    }
}
