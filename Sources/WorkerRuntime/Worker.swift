import AMQP
package import Foundation
import JobModel
import JobQueue
package import Ledger
package import Logging
import Synchronization

/// A worker: takes jobs from the broker, has executors run them, and publishes what came of it.
///
///     let worker = Worker(configuration, ledger: ledger, logger: logger, …)
///     async let end: Void = worker.run()      // until it is drained
///     worker.drain()                          // on SIGTERM: stop taking jobs, let the running ones end
///
/// It holds two connections, one to consume and one to publish, so that a broker that refuses publishing still gets its
/// acknowledgements. When either is lost both are made again, after a pause that grows. Jobs under way go on meanwhile.
package final class Worker: Sendable {
    /// The first pause before connecting again, doubled up to `reconnectDelayMax`, each time shortened by chance.
    private static let reconnectDelay = Duration.milliseconds(100)
    private static let reconnectDelayMax = Duration.seconds(10)
    /// How long what was decided may take to be sent once the running jobs have ended.
    private static let flushLimit = Duration.seconds(10)

    private let services: AttemptServices
    private let tenants = KeyedGate<TenantID>()
    private let draining = Signal()
    private let idle = Signal()
    private let ready = Mutex(false)
    private let arrivals = BatchCount()

    /// Composes the worker; `executorLog` gets every line an executor writes to standard error.
    package init(
        _ configuration: WorkerConfiguration,
        ledger: Ledger,
        logger: Logger,
        executorLog: @escaping @Sendable (String) -> Void,
        now: @escaping @Sendable () -> Date,
        jitter: @escaping @Sendable () -> Double
    ) {
        self.services = AttemptServices(
            configuration: configuration,
            ledger: ledger,
            publisher: Publisher(ledger: ledger, logger: logger),
            supervisor: ExecutorSupervisor(command: configuration.executor, log: executorLog),
            claims: KeyedGate<JobID>(),
            logger: logger,
            now: now,
            jitter: jitter
        )
    }

    /// Whether jobs are being taken: both connections are up and every queue is consumed.
    package var isReady: Bool { self.ready.withLock { $0 } }

    /// How often the executors' pipes were read, and how many frames that brought.
    package var frameFigures: (batches: Int, items: Int) { self.services.supervisor.frames.figures }

    /// How often a connection brought deliveries of a queue, and how many; of the sessions that have ended.
    package var deliveryFigures: (batches: Int, items: Int) { self.arrivals.figures }

    /// Begins to leave: no more jobs are taken.
    ///
    /// Calling it again changes nothing.
    package func drain() { self.draining.fire() }

    /// Runs until it is drained; returns once everything decided has been sent, or the time for it has passed.
    ///
    /// Fails only with what no waiting can mend: a login that the broker refuses from the start.
    package func run() async throws {
        let (attempts, newAttempts) = AsyncStream.makeStream(of: Attempt.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await self.services.supervisor.run() }
            group.addTask { await self.run(attempts) }
            group.addTask { await self.limitDrain() }
            group.addTask {
                defer {
                    newAttempts.finish()
                    self.draining.fire()
                }
                try await self.keepSessions(newAttempts)
            }
            try await group.waitForAll()
        }
    }

    /// Runs attempts side by side; their number is bounded by the prefetch.
    private func run(_ attempts: AsyncStream<Attempt>) async {
        await withDiscardingTaskGroup { group in
            for await attempt in attempts { group.addTask { await attempt.run() } }
        }
        await self.services.supervisor.finish()
        self.idle.fire()
    }

    /// Hands running jobs back when they outlast the drain, and gives up sending a little later.
    private func limitDrain() async {
        await self.draining.wait()
        self.ready.withLock { $0 = false }
        await self.waitForIdle(atMost: self.services.configuration.drainLimit)
        await self.services.supervisor.interrupt()
        await self.waitForIdle(atMost: ExecutorProcess.killDelay + Self.flushLimit)
        await self.services.publisher.close()
    }

    private func waitForIdle(atMost limit: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.idle.wait() }
            group.addTask { try? await Task.sleep(for: limit) }  // cut short when the other ends first
            await group.next()
            group.cancelAll()
        }
    }

    /// Connects, and connects again whenever a connection is lost, until the worker has left.
    private func keepSessions(_ newAttempts: AsyncStream<Attempt>.Continuation) async throws {
        var delay = Self.reconnectDelay
        var hasConnected = false
        while !self.draining.hasFired {
            do {
                let session = try await WorkerSession.open(self.services.configuration)
                await self.services.publisher.use(session.publishing)
                if !hasConnected { try await self.services.publisher.sendLeftovers() }
                hasConnected = true
                delay = Self.reconnectDelay
                try await self.live(session, newAttempts)
            } catch WorkerSessionError.broker(let error) where !hasConnected && error.code == .refused {
                throw error
            } catch {
                self.services.logger.warning("no session with the broker", metadata: ["reason": "\(error)"])
            }
            let pause = delay * (0.5 + self.services.jitter() / 2)
            delay = min(delay * 2, Self.reconnectDelayMax)
            await self.pause(pause)
        }
    }

    private func pause(_ pause: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.draining.wait() }
            group.addTask { try? await Task.sleep(for: pause) }  // cut short when the worker leaves
            await group.next()
            group.cancelAll()
        }
    }

    /// One session from its first delivery to its loss, or to the end of the drain.
    private func live(
        _ session: WorkerSession,
        _ newAttempts: AsyncStream<Attempt>.Continuation
    ) async throws {
        let lock = TenantLock(connection: session.consuming, gate: self.tenants)
        self.ready.withLock { $0 = !self.draining.hasFired }
        self.services.logger.notice("taking jobs", metadata: ["worker": "\(self.services.configuration.name)"])
        let result: Result<Void, any Error>
        do {
            try await session.consume(self.services.configuration, until: self.draining, counting: self.arrivals) {
                delivery in
                newAttempts.yield(Attempt(services: self.services, delivery: delivery, lock: lock))
            }
            result = .success(())
        } catch {
            result = .failure(error)
        }
        self.ready.withLock { $0 = false }
        if self.draining.hasFired {
            newAttempts.finish()
            await self.idle.wait()
        }
        await self.services.publisher.use(nil)
        await session.close()
        try result.get()
    }
}
