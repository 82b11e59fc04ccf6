import AMQP
import JobModel
import Logging
import Synchronization

/// Takes deliveries from one queue for as long as its session lives, whatever becomes of the queue meanwhile.
///
/// A queue that is gone, or that refuses its consumer, is tried again by itself: the connection with its locks, the other
/// queues and the running jobs go on. A connection that was closed for it would cost each job in hand a delivery, of which the
/// broker allows twenty.
struct QueueConsumer: Sendable {
    /// The first pause before a queue is tried again, doubled up to `delayMax`.
    private static let delay = Duration.seconds(1)
    private static let delayMax = Duration.seconds(30)
    /// How long a queue must have been consumed for its next pause to be the first again.
    private static let healthyTime = Duration.seconds(30)

    let connection: Connection
    let queue: String
    let type: JobType
    let services: AttemptServices
    let arrivals: BatchCount
    let deliver: @Sendable (Delivery) -> Void

    /// Consumes whenever the intake is open and the queue is there; returns when it is cancelled.
    ///
    /// Fails when the connection is gone, or when the broker took deliveries back.
    func run() async throws(AMQPError) {
        var backoff = Backoff(first: Self.delay, longest: Self.delayMax, healthyTime: Self.healthyTime)
        var isMissing = false
        while !Task.isCancelled {
            await self.services.intake.wait(until: true, self.type)
            if Task.isCancelled { return }
            let start = ContinuousClock.now
            do throws(Hitch) {
                let deliveries = try await self.begin()
                if isMissing { self.services.logger.notice("a queue is consumed again", metadata: self.metadata) }
                isMissing = false
                try await self.take(deliveries)
                self.arrivals.add(deliveries.figures.deliveries, batches: deliveries.figures.batches)
            } catch {
                guard case .queue(let reason) = error else { throw error.reason }
                if !isMissing { self.tell(reason) }
                isMissing = true
                let pause = backoff.pause(after: ContinuousClock.now - start, jitter: self.services.jitter())
                try? await Task.sleep(for: pause)  // cut short when the session has ended
            }
        }
    }

    /// What comes in the way, and how far it reaches.
    private enum Hitch: Error {
        /// The queue alone.
        case queue(AMQPError)
        /// The connection, or deliveries that other hosts may have by now.
        case connection(AMQPError)

        var reason: AMQPError {
            switch self {
            case .queue(let reason), .connection(let reason): reason
            }
        }
    }

    /// Starts the consumer; a request the broker refuses or leaves unanswered costs no more than its channel.
    private func begin() async throws(Hitch) -> Deliveries {
        do throws(AMQPError) {
            return try await self.connection.consume(
                self.queue,
                prefetch: UInt16(clamping: self.services.configuration.limits(of: self.type).window),
                exclusive: false
            )
        } catch {
            throw error.code == .channelClosed || error.code == .timedOut ? .queue(error) : .connection(error)
        }
    }

    /// Hands deliveries on until the intake closes; fails with the reason when they end by themselves.
    ///
    /// A consumer that the broker ends leaves its channel, and with it what was delivered; a channel that it closes, as after
    /// a delivery that was held for too long, takes them along, and nobody here may go on with them.
    private func take(_ deliveries: Deliveries) async throws(Hitch) {
        self.services.consumed.withLock { _ = $0.insert(self.queue) }
        let hasEnded = await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                for await delivery in deliveries {
                    if delivery.message.isTruncated { self.turnAway(delivery) } else { self.deliver(delivery) }
                }
                return true
            }
            group.addTask {
                await self.services.intake.wait(until: false, self.type)
                return false
            }
            let hasEnded = await group.next() ?? true
            self.services.consumed.withLock { _ = $0.remove(self.queue) }
            await self.connection.cancel(deliveries)
            group.cancelAll()
            return hasEnded
        }
        guard hasEnded, !Task.isCancelled, let reason = deliveries.endReason else { return }
        throw reason.code == .consumerCancelled ? .queue(reason) : .connection(reason)
    }

    /// Has the broker move what is too large to be read to the dead letters, whole and under its own name.
    private func turnAway(_ delivery: Delivery) {
        var metadata = self.metadata
        metadata["bytes"] = "\(delivery.message.size)"
        self.services.logger.warning("a message is too large and goes to the dead letters unread", metadata: metadata)
        self.services.tally.turnedAway()
        delivery.settle(.reject)
    }

    private func tell(_ error: AMQPError) {
        if error.code == .consumerCancelled || error.replyCode == 404 {
            self.services.logger.error("a queue is gone; run `sluice topology apply`", metadata: self.metadata)
        } else {
            var metadata = self.metadata
            metadata["reason"] = "\(error)"
            self.services.logger.error("a queue cannot be consumed; the others are", metadata: metadata)
        }
    }

    private var metadata: Logger.Metadata { ["queue": "\(self.queue)"] }
}
