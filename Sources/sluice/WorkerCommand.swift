import ArgumentParser
import Executors
import Foundation
import JobModel
import Ledger
import Logging
import SystemPackage
import Telemetry
import UnixSignals
import WorkerRuntime

/// The service that takes jobs.
struct WorkerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker",
        abstract: "Take jobs from the broker and run them until SIGTERM.",
        discussion: """
            Example: sluice worker --config /etc/sluice/sluice.yaml

            On SIGTERM or SIGINT it takes no more jobs, lets running ones end for worker.drain seconds, hands the rest back \
            unspent and leaves. A second signal ends the executors and leaves at once, with exit status 1. SIGHUP reads the \
            settings again: log.level is heeded at once, and what else has changed is named, as it needs a restart.
            """
    )

    private static let crashReport =
        "enable=yes,color=no,interactive=no,images=none,registers=none,threads=crashed"
    private static let crashReporter = "libexec/sluice/swift-backtrace"

    @OptionGroup var common: CommonOptions

    @Option(help: "Take only this job type; may be given several times.")
    var only: [String] = []

    func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        let settings = try await self.common.settings()
        let threshold = LogThreshold(.info)
        let logger = try settings.serviceLogger("sluice.worker", threshold: threshold)
        let reload = Reload(file: self.common.config, settings: settings, threshold: threshold, logger: logger)
        let configuration = try self.configuration(settings)
        let ledger = try self.ledger(settings)
        let worker = Worker(
            configuration,
            ledger: ledger,
            logger: logger,
            executorLog: { Terminal.complain($0) },
            now: { Date() },
            jitter: { Double.random(in: 0...1) }
        )
        let exporter = try settings.startTracing(service: "sluice-worker", logger: logger)
        let monitor = WorkerMonitor(
            worker: worker,
            name: configuration.name,
            address: try settings.monitorAddress(),
            logger: logger
        )
        let manager = SystemdSocket(
            environment: ProcessInfo.processInfo.environment,
            pid: ProcessInfo.processInfo.processIdentifier
        )
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup)
        let life = ServiceParts(name: "the worker") { await Self.heed(signals, worker, reload) }
        try await life.run(
            Self.parts(worker, monitor) + [{ try await monitor.report(to: manager) }]
                + (exporter.map { exporter in [{ await exporter.run() }] } ?? [])
        )
        self.log(ledger, worker, logger)
    }

    /// The worker takes its first job once its monitor listens: one that cannot leaves before it has touched anything.
    private static func parts(_ worker: Worker, _ monitor: WorkerMonitor) -> [ServiceParts.Part] {
        let listening = AsyncStream.makeStream(of: Void.self)
        return [
            {
                for await _ in listening.stream {}
                if !Task.isCancelled { try await worker.run() }
            },
            { try await monitor.serve { listening.continuation.finish() } },
        ]
    }

    /// How well the parts gathered work: a figure near 1 under load is a fault.
    private func log(_ ledger: Ledger, _ worker: Worker, _ logger: Logger) {
        func average(_ items: Int, _ batches: Int) -> Logger.MetadataValue {
            "\((Double(items) / Double(max(1, batches)) * 10).rounded() / 10)"
        }
        let (commits, frames, deliveries) = (ledger.commitFigures, worker.frameFigures, worker.deliveryFigures)
        logger.info(
            "the worker has left",
            metadata: [
                "jobs_per_commit": average(commits.writes, commits.commits),
                "ledger_us_per_write": average(Int(commits.gatheredTime / .microseconds(1)), commits.gatheredWrites),
                "frames_per_read": average(frames.items, frames.batches),
                "deliveries_per_wakeup": average(deliveries.items, deliveries.batches),
            ]
        )
    }

    /// The first signal to leave drains the worker, the second ends the process.
    private static func heed(_ signals: UnixSignalsSequence, _ worker: Worker, _ reload: Reload) async {
        for await signal in signals {
            if signal == .sighup {
                await reload.carryOut()
                continue
            }
            if worker.isDraining {
                await worker.abandon()
                Terminal.complain("left at once; the broker hands the running jobs to the next worker")
                Foundation.exit(1)
            }
            worker.drain()
        }
    }

    private func ledger(_ settings: Settings) throws -> Ledger {
        do {
            return try Ledger(path: try settings.required(.ledgerPath), isOwner: true)
        } catch let error as LedgerError {
            throw CommandFailure.failed("\(error)")
        }
    }

    private func configuration(_ settings: Settings) throws -> WorkerConfiguration {
        let types = try self.only.map { name in
            guard let type = JobType(rawValue: name) else {
                throw CommandFailure.misuse("there is no job type \(name)")
            }
            return type
        }
        let name = settings.text(.workerName) ?? ProcessInfo.processInfo.hostName
        guard name.utf8.count <= 100,
            name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) })
        else {
            throw CommandFailure.failed("worker.name may hold up to 100 letters, digits, dots, underscores and hyphens")
        }
        let retry = RetryPolicy(
            attemptsMax: try settings.number(.workerAttempts),
            delay: .seconds(try settings.number(.workerRetryDelay)),
            delayMax: RetryPolicy.standard.delayMax,
            rerunDelay: RetryPolicy.standard.rerunDelay
        )
        _ = try settings.number(.workerExecutorMemory)
        let concurrency = try settings.number(.workerConcurrency)
        let hasShare = settings.text(.workerTenantConcurrency) != nil
        let share = hasShare ? try settings.number(.workerTenantConcurrency) : (concurrency + 1) / 2
        let executable = try FilePath(FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        let environments = self.environments(settings, of: executable)
        var configuration = WorkerConfiguration(
            name: name,
            types: types.isEmpty ? JobType.allCases : types,
            concurrency: concurrency,
            tenantConcurrency: min(share, concurrency),
            retry: retry,
            drainLimit: .seconds(try settings.number(.workerDrain)),
            ledgerRetention: .seconds(try settings.number(.workerLedgerRetention) * 86_400),
            allowances: [.pulls(perHour: try settings.number(.pullTargetsPerHour))],
            broker: try settings.broker(name: "sluice worker \(name)"),
            executor: { type in
                ExecutorCommand(
                    executable: executable,
                    arguments: ["execute", type.rawValue],
                    environment: environments[type] ?? [:]
                )
            }
        )
        configuration.account = { type, data, steps in
            MessageAccount.text(of: type, data: data, steps: steps).map { text in
                JobAccount(text: text, output: MessageAccount.output(of: type, data: data, steps: steps))
            }
        }
        return configuration
    }

    /// The whole environment of the executors of each type: their settings, and how a crash is reported.
    ///
    /// A program with Swift linked in does not find the toolchain's crash reporter: the package lays one beside ours.
    private func environments(_ settings: Settings, of executable: FilePath) -> [JobType: [String: String]] {
        let reporter = executable.removingLastComponent().removingLastComponent().appending(Self.crashReporter).string
        let isPackaged = FileManager.default.isExecutableFile(atPath: reporter)
        let common = [
            // Few threads can do with one arena of the C library, which gives little back of any.
            "MALLOC_ARENA_MAX": "1",
            "SWIFT_BACKTRACE": Self.crashReport + (isPackaged ? ",swift-backtrace=\(reporter)" : ""),
        ]
        return JobType.allCases.reduce(into: [:]) { environments, type in
            var environment = common
            for setting in Setting.executors(of: type, hasMailFamily: settings.hasMailFamily) {
                environment[setting.variable] = settings.line(setting)
            }
            environments[type] = environment
        }
    }
}

/// What SIGHUP does to a running worker.
private struct Reload {
    let file: String?
    /// Those that the worker began with.
    let settings: Settings
    let threshold: LogThreshold
    let logger: Logger

    /// Takes the log level over; settings that cannot be read change nothing.
    func carryOut() async {
        do {
            let fresh = try await Settings.load(self.file)
            let level = try fresh.logLevel()
            let rest = fresh.differences(from: self.settings).filter { $0 != Setting.logLevel.rawValue }
            let names = rest.isEmpty ? "nothing" : rest.joined(separator: ", ")
            // Whichever of the two levels lets it through.
            self.threshold.level = min(level, self.threshold.level)
            self.logger.notice(
                "the settings were read again",
                metadata: ["level": "\(level)", "restart_for": "\(names)"]
            )
            self.threshold.level = level
        } catch {
            self.logger.error("the settings cannot be read again; nothing changes", metadata: ["reason": "\(error)"])
        }
    }
}

extension HourlyAllowance {
    /// Mailboxes of one tenant that pulls may touch; a dry run touches none, and data that are none are refused elsewhere.
    static func pulls(perHour limit: Int) -> HourlyAllowance {
        HourlyAllowance(type: .pullMessage, limit: limit) { data in
            guard let job = try? PullMessage(data: data), !job.dryRun else { return nil }
            return job.targets.count
        } refusal: { targets, used, limit in
            Problem(
                .capExceeded,
                "The job names \(targets) mailboxes, and \(used) were named within the hour; \(limit) are allowed "
                    + "(pull.targets-per-hour); send it again later, a job of a campaign by --retry."
            )
        }
    }
}
