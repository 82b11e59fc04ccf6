import Foundation
import JobModel
import Logging
import Operations
import Telemetry
import WorkerRuntime

/// What a worker shows of itself: health and metrics over HTTP, and its state to the service manager.
struct WorkerMonitor: Sendable {
    /// How often the service manager is told, without a watchdog.
    private static let interval = Duration.seconds(2)

    let worker: Worker
    let name: String
    let address: (host: String, port: Int)?
    let logger: Logger

    /// Serves `/livez`, `/readyz` and `/metrics` until the task is cancelled; `listening` is told once it does.
    ///
    /// Without an address it only says so and waits.
    func serve(listening: @escaping @Sendable () -> Void) async throws {
        guard let address else {
            listening()
            return try await Self.wait()
        }
        let server = MonitorServer(
            host: address.host,
            port: address.port,
            logger: self.logger,
            readiness: { await Self.readiness(self.worker.figures) },
            metrics: { await self.page() }
        )
        do throws(MonitorError) {
            try await server.run { port in
                self.logger.notice("health and metrics are served", metadata: ["port": "\(port)"])
                listening()
            }
        } catch {
            let host = address.host.contains(":") ? "[\(address.host)]" : address.host
            throw CommandFailure.failed("monitor.listen: \(error.words(about: "\(host):\(address.port)"))")
        }
    }

    /// Tells systemd when the worker takes jobs, when it leaves, and that it lives; until the task is cancelled.
    ///
    /// It counts as started when it takes jobs, of one queue at least, and lives as long as its own threads answer: a broker
    /// that is away, or a queue that is, is no reason to be restarted.
    func report(to manager: SystemdSocket?) async throws {
        guard let manager else { return try await Self.wait() }
        let pause = manager.watchdog.map { min($0 / 3, Self.interval) } ?? Self.interval
        var isStarted = false
        var last = ""
        while true {
            let figures = await self.worker.figures
            let readiness = Self.readiness(figures)
            if figures.takesJobs || figures.consumedQueues > 0, !isStarted {
                manager.tell(.ready)
                isStarted = true
            }
            if figures.isDraining { manager.tell(.stopping) }
            if readiness.reason != last { manager.tell(.status(readiness.reason)) }
            last = readiness.reason
            if manager.watchdog != nil { manager.tell(.alive) }
            try await Task.sleep(for: pause)
        }
    }

    /// Ends with the task; for a part that is not wanted, so that its end does not end the others.
    private static func wait() async throws {
        let (stream, end) = AsyncStream.makeStream(of: Void.self)
        for await _ in stream {}
        end.finish()
    }

    /// Whether the worker takes jobs, and in words why not.
    static func readiness(_ figures: WorkerFigures) -> MonitorServer.Readiness {
        let reason =
            if figures.isDraining {
                "leaving: no more jobs are taken"
            } else if !figures.hindrances.isEmpty {
                "no jobs are taken: \(figures.hindrances.joined(separator: ", "))"
            } else if !figures.missingQueues.isEmpty {
                "these queues are not consumed: \(figures.missingQueues.joined(separator: ", "))"
            } else {
                figures.takesJobs ? "taking jobs" : "no session with the broker"
            }
        return MonitorServer.Readiness(isReady: figures.takesJobs && !figures.isDraining, reason: reason)
    }

    private func page() async -> MetricsPage {
        let me = ProcessInfo.processInfo.processIdentifier
        let processes = [me] + HostProcesses.children(of: me)
        let usage = processes.map { HostProcesses.usage(of: $0) }
        return WorkerMetrics(
            figures: await self.worker.figures,
            name: self.name,
            version: Version.number,
            ownSeconds: usage.first.flatMap { $0 }.map(\.own) ?? 0,
            ownBytes: HostProcesses.residentBytes(of: me) ?? 0,
            executorBytes: processes.dropFirst().compactMap { HostProcesses.residentBytes(of: $0) }.reduce(0, +)
        ).page
    }
}
