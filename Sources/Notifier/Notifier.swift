import AMQP
package import Foundation
import JobModel
import JobQueue
package import Ledger
package import Logging
import Synchronization

/// Takes notifications from the broker and hands each to people's mail system or a webhook.
///
///     let notifier = Notifier(configuration, templates: templates, channel: channel, ledger: ledger, …)
///     async let end: Void = notifier.run()    // until it is drained
///     notifier.drain()                        // on SIGTERM: take no more, end what is under way
///
/// A notification goes out once to each recipient however often its event is delivered: who was served stands in the ledger
/// before the delivery is acknowledged. Between the mail system's answer and that row lies one moment in which a crash makes
/// the next delivery hand the mail over again; it then has the same Message-ID, so that people's mail programs and the
/// operator can tell. What fails waits in the delay ladder with the recipients it is still for, and ends in `job.dead`.
package final class Notifier: Sendable {
    /// The first pause before connecting again, doubled up to `reconnectDelayMax`, each time shortened by chance.
    private static let reconnectDelay = Duration.milliseconds(100)
    private static let reconnectDelayMax = Duration.seconds(10)
    /// How long the ledger remembers what was handed over: dead letters are decided on before that.
    private static let memory: TimeInterval = 90 * 24 * 60 * 60

    private struct State {
        var isDraining = false
        var taking: (connection: Connection, deliveries: Deliveries)?
    }

    private let configuration: NotifierConfiguration
    private let course: NotificationCourse
    private let ledger: NotificationLedger
    private let logger: Logger
    private let now: @Sendable () -> Date
    private let jitter: @Sendable () -> Double
    private let state = Mutex(State())
    private let drains = AsyncStream.makeStream(of: Void.self)

    /// Composes the notifier.
    package init(
        _ configuration: NotifierConfiguration,
        templates: TemplateSet,
        channel: DeliveryChannel,
        ledger: NotificationLedger,
        logger: Logger,
        now: @escaping @Sendable () -> Date,
        jitter: @escaping @Sendable () -> Double
    ) {
        self.configuration = configuration
        self.course = NotificationCourse(
            configuration: configuration,
            templates: templates,
            channel: channel,
            ledger: ledger,
            logger: logger,
            now: now,
            jitter: jitter
        )
        self.ledger = ledger
        self.logger = logger
        self.now = now
        self.jitter = jitter
    }

    /// Whether it has begun to leave.
    package var isDraining: Bool { self.state.withLock { $0.isDraining } }

    /// Begins to leave: no more is taken, what is under way ends within its own deadlines.
    package func drain() {
        self.state.withLock { $0.isDraining = true }
        self.drains.continuation.finish()
    }

    /// Runs until it is drained or the task is cancelled; fails only with a login that the broker refuses from the start.
    package func run() async throws {
        try await withTaskCancellationHandler {
            try await self.work()
        } onCancel: {
            self.drain()
        }
    }

    private func work() async throws {
        do {
            try await self.ledger.forget(before: self.now().addingTimeInterval(-Self.memory))
        } catch {
            self.logger.warning("old rows of the ledger could not be removed", metadata: ["reason": "\(error)"])
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await _ in self.drains.stream {}
                await self.stopTaking()
            }
            group.addTask {
                defer { self.drain() }
                try await self.keepSessions()
            }
            try await group.waitForAll()
        }
    }

    /// Connects, and connects again whenever a connection is lost, until it is drained.
    private func keepSessions() async throws {
        var delay = Self.reconnectDelay
        var hasConnected = false
        while !self.isDraining, !Task.isCancelled {
            do throws(AMQPError) {
                let consuming = try await Connection.open(JobTopology.taking(self.configuration.broker))
                hasConnected = true
                try await self.live(consuming)
                delay = Self.reconnectDelay
            } catch {
                if error.code == .refused, !hasConnected { throw error }
                self.logger.warning("no session with the broker", metadata: ["reason": "\(error)"])
            }
            guard !self.isDraining else { return }
            try? await Task.sleep(for: delay * (0.5 + self.jitter() / 2))  // at most ten seconds, also of a drain
            delay = min(delay * 2, Self.reconnectDelayMax)
        }
    }

    /// One session, from its first delivery to the loss of a connection or the end of the drain.
    ///
    /// One connection consumes, another publishes: a broker that blocks publishers still takes acknowledgements.
    private func live(_ consuming: Connection) async throws(AMQPError) {
        let publishing: Connection
        let deliveries: Deliveries
        do throws(AMQPError) {
            publishing = try await Connection.open(self.configuration.broker)
        } catch {
            await consuming.close()
            throw error
        }
        do throws(AMQPError) {
            let queue = JobTopology.notifierEvents
            deliveries = try await consuming.consume(queue, prefetch: self.configuration.concurrency, exclusive: false)
        } catch {
            await consuming.close()
            await publishing.close()
            throw error
        }
        self.logger.info("notifications are being taken")
        let isLate = self.state.withLock { state in
            state.taking = (consuming, deliveries)
            return state.isDraining
        }
        if isLate { await consuming.cancel(deliveries) }
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                _ = await publishing.waitUntilClosed()
                // Without it nothing can be sent back; what is under way ends by itself and is delivered again.
                if !Task.isCancelled { await consuming.cancel(deliveries) }
            }
            await self.take(deliveries, publishing)
            group.cancelAll()
        }
        self.state.withLock { $0.taking = nil }
        await consuming.close()
        await publishing.close()
        if let reason = deliveries.endReason { throw reason }
    }

    /// Carries deliveries out side by side, at most as many as are prefetched; returns when all have ended.
    private func take(_ deliveries: Deliveries, _ publishing: Connection) async {
        await withDiscardingTaskGroup { group in
            for await delivery in deliveries {
                group.addTask { await self.course.run(delivery, publishing) }
            }
        }
    }

    private func stopTaking() async {
        guard let (connection, deliveries) = self.state.withLock({ $0.taking }) else { return }
        await connection.cancel(deliveries)
    }
}
