import ArgumentParser
import Foundation
import JobModel
import Operations
import UnixSignals

/// Measures what a job costs, with jobs that change nothing.
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure the whole road with jobs that change nothing.",
        discussion: """
            Example: sluice bench --jobs 20000 --rate 200

            First all jobs wait in the queues, then a worker of the benchmark's own is started: jobs a second, CPU a job, \
            memory, time to the first job. Then at most ten seconds of jobs go out at --rate: latency from going out to the \
            result. The worker takes no-op jobs only and keeps its ledger in a temporary folder; should it die, it is started \
            again, three times at most. Workers that run elsewhere take their share of the jobs: stop them, or measure them \
            with --no-worker.

            What the benchmark made is taken out of result.console and event.console at the end, unless a console reads them; \
            messages of others are handed back.

            --json prints one object: account (sent, answered, lost, duplicates, failed), jobsPerSecond, latency (rate, jobs, \
            p50, p90, p99, max in ms), processor (worker without ledger, ledger, executors, broker, bench in µs a job), memory (worker, executors: \
            peak MiB), firstJobMilliseconds, batches (jobsPerCommit, framesPerRead, deliveriesPerWakeup), restarts and \
            wasCutShort. What could not be measured is left out. Exit status: 0 when every job was answered with success, 1 \
            when not, or when it was cut short.
            """
    )

    @OptionGroup var common: CommonOptions
    @Option(help: "How many jobs wait when the worker starts, 1 to 1000000.")
    var jobs = 10_000
    @Option(help: "How many jobs a second go out while latency is measured, 1 to 20000.")
    var rate = 200
    @Option(help: "How many jobs the worker runs at once, 1 to 1000.")
    var concurrency = 1_000
    @Option(help: "How many bytes of filler each result holds, 0 to 65536.")
    var size = 0
    @Option(help: "After how many seconds it gives up, 1 to 86400.")
    var timeLimit = 300
    @Flag(help: "Start no worker: measure those that run.")
    var noWorker = false
    @Flag(help: "Print the findings as JSON.")
    var json = false

    func validate() throws {
        let bounds = [
            ("--jobs", self.jobs, BenchPlan.jobsBounds), ("--rate", self.rate, BenchPlan.rateBounds),
            ("--concurrency", self.concurrency, 1...1_000), ("--size", self.size, 0...NoOp.sizeMax),
            ("--time-limit", self.timeLimit, 1...86_400),
        ]
        for (name, value, bounds) in bounds where !bounds.contains(value) {
            throw ValidationError("\(name) must be from \(bounds.lowerBound) to \(bounds.upperBound)")
        }
    }

    func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        let settings = try await self.common.settings()
        let folder = FileManager.default.temporaryDirectory.appending(path: "sluice-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder,
            withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700]
        )
        defer { try? FileManager.default.removeItem(at: folder) }
        let plan = BenchPlan(jobs: self.jobs, rate: self.rate, size: self.size, timeLimit: .seconds(self.timeLimit))
        let bench = Bench(
            plan,
            broker: try settings.broker(name: "sluice bench"),
            worker: self.noWorker ? nil : try self.worker(in: folder)
        )
        let failure = await self.measure(bench)
        await bench.cleanUp()
        let report = await bench.findings
        if self.json { try Terminal.say(json: report) } else { report.table.forEach { Terminal.say($0) } }
        if let failure { throw CommandFailure.failed(failure) }
        if report.wasCutShort { throw CommandFailure.failed("the benchmark was cut short; raise --time-limit") }
        guard report.isSound else { throw CommandFailure.failed("not every job was answered with success") }
    }

    /// Measures until the end or a signal; gives what went wrong.
    private func measure(_ bench: Bench) async -> String? {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        return await withTaskGroup(of: String?.self) { group in
            group.addTask {
                do throws(BenchError) {
                    try await bench.measure()
                    return nil
                } catch {
                    return "\(error)"
                }
            }
            group.addTask {
                for await signal in signals { return "the benchmark was ended by \(signal)" }
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
    }

    /// A worker with our own settings but for ledger, name, concurrency and log.
    private func worker(in folder: URL) throws -> BenchWorker {
        let executable = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let changes = [
            Setting.ledgerPath.variable: folder.appending(path: "ledger.sqlite").path,
            Setting.workerName.variable: "bench",
            Setting.workerConcurrency.variable: String(self.concurrency),
            Setting.logLevel.variable: "info",
        ]
        let config = self.common.config.map { ["--config", $0] } ?? []
        return BenchWorker(
            executable: URL(filePath: executable),
            arguments: ["worker", "--only", JobType.noOp.rawValue] + config,
            environment: ProcessInfo.processInfo.environment.merging(changes) { $1 },
            folder: folder
        )
    }
}
