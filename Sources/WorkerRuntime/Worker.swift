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
/// acknowledgements. When either is lost both are made again, after a pause that grows. Jobs that change a tenant are ended
/// with the session that held its lock, and resumed when they are delivered again; the others go on meanwhile.
package final class Worker: Sendable {
    /// The first pause before connecting again, doubled up to `reconnectDelayMax`, each time shortened by chance.
    private static let reconnectDelay = Duration.milliseconds(100)
    private static let reconnectDelayMax = Duration.seconds(10)
    /// How long a session must have lasted for the next pause to be the first again: what ends each soon after its start is
    /// not mended by haste, and every lost session costs the jobs in hand a delivery.
    private static let healthyTime = Duration.seconds(30)
    /// How long what was decided may take to be sent once the running jobs have ended.
    private static let flushLimit = Duration.seconds(10)
    /// How often it is looked whether broker and outbox take more.
    private static let pushBackInterval = Duration.milliseconds(200)
    /// How often the ledger forgets old jobs, how many at once, and the pause between two such writes.
    private static let forgetInterval = Duration.seconds(3_600)
    private static let forgetCount = 500
    private static let forgetPause = Duration.milliseconds(100)
    /// How long until it listens for orders again, as when the broker still knows a lost connection of this worker.
    private static let orderDelay = Duration.seconds(2)

    let services: AttemptServices
    private let tenants = KeyedGate<TenantID>()
    private let idle = Signal()
    private let ready = Mutex(false)
    private let sessionCount = Atomic(0)
    private let hasSentLeftovers = Mutex(false)
    private let arrivals = BatchCount()
    private let attempts: AsyncStream<Attempt>
    private let newAttempts: AsyncStream<Attempt>.Continuation
    private let turns: TurnKeeper

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
            logger: logger,
            executorLog: executorLog,
            now: now,
            jitter: jitter
        )
        let (attempts, newAttempts) = AsyncStream.makeStream(of: Attempt.self)
        (self.attempts, self.newAttempts) = (attempts, newAttempts)
        self.turns = TurnKeeper(limits: { configuration.limits(of: $0) }, start: { newAttempts.yield($0) })
    }

    /// Whether jobs are being taken: both connections are up and every queue is consumed.
    ///
    /// False too while broker, outbox or ledger push back; the queues of a paused type are not missed.
    package var isReady: Bool {
        self.ready.withLock { $0 } && self.services.intake.isFree && self.missingQueues.isEmpty
    }

    /// The queues that should be consumed and are not; none without a session.
    var missingQueues: [String] {
        guard self.ready.withLock({ $0 }) else { return [] }
        let (consumed, paused) = (self.services.consumed.withLock { $0 }, self.services.intake.paused)
        return self.services.configuration.queues.filter { !paused.contains($0.type) && !consumed.contains($0.queue) }
            .map(\.queue)
    }

    /// Whether it has begun to leave.
    package var isDraining: Bool { self.services.draining.hasFired }

    /// How often it has had a session with the broker.
    var sessions: Int { self.sessionCount.load(ordering: .relaxed) }

    /// How often the executors' pipes were read, and how many frames that brought.
    package var frameFigures: (batches: Int, items: Int) { self.services.supervisor.frames.figures }

    /// How often a connection brought deliveries of a queue, and how many; of the sessions that have ended.
    package var deliveryFigures: (batches: Int, items: Int) { self.arrivals.figures }

    /// Begins to leave: no more jobs are taken.
    ///
    /// Calling it again changes nothing.
    package func drain() { self.services.draining.fire() }

    /// Kills every executor, for a program that ends right after it.
    package func abandon() async { await self.services.supervisor.kill() }

    /// Runs until it is drained; returns once everything decided has been sent, or the time for it has passed.
    ///
    /// A cancelled task leaves too, and waits for no running job: the broker hands it to the next worker. Fails only with
    /// what no waiting can mend: a login that the broker refuses from the start.
    package func run() async throws {
        try await withTaskCancellationHandler {
            try await self.work()
        } onCancel: {
            self.drain()
        }
    }

    private func work() async throws {
        for order in try await self.services.ledger.standingOrders() { await self.obey(order) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await self.services.supervisor.run() }
            group.addTask { await self.runAttempts() }
            group.addTask { await self.limitDrain() }
            group.addTask { await self.forgetOldJobs() }
            group.addTask {
                defer {
                    self.newAttempts.finish()
                    self.services.draining.fire()
                }
                try await self.keepSessions()
            }
            try await group.waitForAll()
        }
        try? await self.services.ledger.flush()  // what is not forgotten in time is sent once more, under the same ids
    }

    /// Runs attempts side by side; their number is bounded by the places of each type and the prefetch.
    private func runAttempts() async {
        await withDiscardingTaskGroup { group in
            for await attempt in self.attempts {
                group.addTask {
                    await attempt.run()
                    self.turns.end(of: attempt)
                }
            }
        }
        await self.services.supervisor.finish()
        self.idle.fire()
    }

    /// Forgets what the ledger has remembered for long enough, at the start and every hour.
    private func forgetOldJobs() async {
        let seconds = TimeInterval(self.services.configuration.ledgerRetention.components.seconds)
        var pause = Duration.zero
        while await self.services.draining.remainsUnfired(for: pause) {
            var count = 0
            do {
                let time = self.services.now() - seconds
                count = try await self.services.ledger.forgetJobs(unchangedSince: time, limit: Self.forgetCount)
            } catch {
                self.services.logger.warning("old jobs are not forgotten", metadata: ["reason": "\(error)"])
            }
            pause = count == Self.forgetCount ? Self.forgetPause : Self.forgetInterval
        }
    }

    /// Hands running jobs back when they outlast the drain, and gives up sending a little later.
    private func limitDrain() async {
        await self.services.draining.wait()
        self.ready.withLock { $0 = false }
        let logger = self.services.logger
        logger.notice("leaving: no more jobs are taken, running ones may end")
        await self.idle.wait(atMost: self.services.configuration.drainLimit)
        if !self.idle.hasFired { logger.notice("leaving: running jobs are handed back") }
        await self.services.supervisor.interrupt()
        await self.idle.wait(atMost: ExecutorProcess.killDelay + Self.flushLimit)
        await self.services.publisher.close()
        logger.notice("leaving: no job is left here")
    }

    /// Connects, and connects again whenever a connection is lost, until the worker has left.
    private func keepSessions() async throws {
        var backoff = Backoff(
            first: Self.reconnectDelay,
            longest: Self.reconnectDelayMax,
            healthyTime: Self.healthyTime
        )
        var hasConnected = false
        var pause = Duration.zero
        while await self.services.draining.remainsUnfired(for: pause) {
            var start: ContinuousClock.Instant?
            do {
                let session = try await WorkerSession.open(self.services.configuration)
                start = .now
                hasConnected = true
                self.sessionCount.add(1, ordering: .relaxed)
                try await self.live(session)
            } catch WorkerSessionError.broker(let error) where !hasConnected && error.code == .refused {
                throw error
            } catch {
                self.services.logger.warning("no session with the broker", metadata: ["reason": "\(error)"])
            }
            let lived = start.map { $0.duration(to: .now) } ?? .zero
            pause = backoff.pause(after: lived, jitter: self.services.jitter())
        }
    }

    /// One session from its first delivery to its loss, or to the end of the drain.
    private func live(_ session: WorkerSession) async throws {
        let lost = Signal()
        let lease = SessionLease(for: session.lockTime)
        let lock = TenantLock(
            connection: session.consuming,
            gate: self.tenants,
            lost: lost,
            lease: lease,
            logger: self.services.logger
        )
        await self.services.supervisor.renew(lease)
        await self.services.publisher.use(session.publishing)
        let end = await withTaskGroup(of: Result<Void, any Error>.self) { group in
            group.addTask {
                await session.waitUntilLost(lease) { await self.services.supervisor.renew(lease) }
                return .success(())
            }
            group.addTask {
                await self.watchPushBack(of: session)
                return .success(())
            }
            group.addTask {
                await self.heedOrders(of: session)
                return .success(())
            }
            group.addTask {
                do {
                    try await self.takeJobs(of: session, lock: lock)
                    return .success(())
                } catch {
                    return .failure(error)
                }
            }
            let end = await group.next()
            group.cancelAll()
            // With the connection the broker frees the locks: before that, nothing may change a tenant any more.
            if !self.idle.hasFired {
                lost.fire()
                await self.services.supervisor.fence()
            }
            await self.services.publisher.use(nil)
            return end
        }
        self.ready.withLock { $0 = false }
        await session.close()
        try end?.get()
    }

    /// Takes jobs until the session ends or the drain begins; returns once the drain is done.
    private func takeJobs(of session: WorkerSession, lock: TenantLock) async throws {
        if !self.hasSentLeftovers.withLock({ $0 }) {
            guard try await self.services.publisher.sendLeftovers() else { return }
            self.hasSentLeftovers.withLock { $0 = true }
        }
        await self.learnPauses(of: session)
        self.ready.withLock { $0 = !self.services.draining.hasFired }
        self.services.logger.notice("taking jobs", metadata: ["worker": "\(self.services.configuration.name)"])
        try await session.consume(
            for: self.services,
            until: self.services.draining,
            counting: self.arrivals
        ) { delivery in
            self.turns.arrive(Attempt(services: self.services, delivery: delivery, lock: lock))
        }
        self.ready.withLock { $0 = false }
        guard self.services.draining.hasFired else { return }
        self.turns.close()
        self.newAttempts.finish()
        await self.idle.wait()
    }

    /// Closes the intake while the broker or the outbox pushes back, and keeps nothing held for too long; returns when the
    /// task is cancelled.
    private func watchPushBack(of session: WorkerSession) async {
        var isTooMuch = false
        repeat {
            isTooMuch = await self.services.publisher.load.isTooMuch(before: isTooMuch)
            self.services.note(.outboxFull, isTooMuch)
            self.services.note(.brokerBlocks, session.publishing.isBlocked)
            self.turns.tidy()
        } while (try? await Task.sleep(for: Self.pushBackInterval)) != nil
        self.services.note(.brokerBlocks, false)
        self.services.note(.ledgerFails, false)
    }

    /// Heeds the pauses that were given, or ended, while nobody here could hear it; before any job is taken.
    private func learnPauses(of session: WorkerSession) async {
        do {
            for (type, isPaused) in try await session.pauses(self.services.configuration)
            where isPaused != self.services.intake.paused.contains(type) {
                await self.heed(isPaused ? .pause(type) : .resume(type))
            }
        } catch {
            self.services.logger.warning("pauses cannot be looked up", metadata: ["reason": "\(error)"])
        }
    }

    /// Listens for orders as long as the session lives; returns when the task is cancelled.
    private func heedOrders(of session: WorkerSession) async {
        repeat {
            do {
                try await session.hearOrders(self.services.configuration) { await self.heed($0) }
            } catch {
                self.services.logger.warning("no orders can be heard", metadata: ["reason": "\(error)"])
            }
        } while (try? await Task.sleep(for: Self.orderDelay)) != nil
    }

    /// Keeps an order and carries it out, even where it cannot be kept.
    private func heed(_ order: ControlOrder) async {
        do {
            try await self.services.ledger.remember(order)
        } catch {
            self.services.logger.error("an order lasts until the worker leaves", metadata: ["reason": "\(error)"])
        }
        await self.obey(order)
        self.services.logger.notice("an order is heeded", metadata: ["order": "\(order)"])
    }

    private func obey(_ order: ControlOrder) async {
        switch order {
        case .cancel(let job): await self.services.supervisor.cancel(job)
        case .pause(let type):
            self.services.intake.set(type, isPaused: true)
            self.turns.sendBack(type)
        case .resume(let type): self.services.intake.set(type, isPaused: false)
        }
    }
}
