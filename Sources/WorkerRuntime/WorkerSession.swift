import AMQP
import JobModel
import JobQueue
import Logging

/// One life of the worker's two connections, from login to loss.
struct WorkerSession: Sendable {
    /// After how many heartbeats without a frame the locks count as lost: RabbitMQ frees them after two at the earliest.
    private static let silenceInHeartbeats = 1.5
    /// How often a lease is renewed while it lasts.
    private static let renewalsPerLease = 6
    /// How many orders are read ahead.
    private static let ordersMax: UInt16 = 100

    let consuming: Connection
    let publishing: Connection

    /// Opens both connections and checks that the broker has what the worker relies on.
    static func open(_ configuration: WorkerConfiguration) async throws(WorkerSessionError) -> WorkerSession {
        let consuming = try await self.connect(JobTopology.taking(configuration.broker))
        let publishing: Connection
        do throws(WorkerSessionError) {
            publishing = try await self.connect(configuration.broker)
            try await self.checkTopology(on: consuming)
        } catch {
            await consuming.close()
            throw error
        }
        return WorkerSession(consuming: consuming, publishing: publishing)
    }

    /// Takes deliveries from every queue of the worker's types until a connection is lost or `stop` fires.
    ///
    /// While the intake is closed for a type its consumers are cancelled; what was taken before can still be settled.
    func consume(
        for services: AttemptServices,
        until stop: Signal,
        counting arrivals: BatchCount,
        deliver: @escaping @Sendable (Delivery) -> Void
    ) async throws(AMQPError) {
        let end = await withTaskGroup(of: AMQPError?.self) { group in
            for (type, queue) in services.configuration.queues {
                let consumer = QueueConsumer(
                    connection: self.consuming,
                    queue: queue,
                    type: type,
                    services: services,
                    arrivals: arrivals,
                    deliver: deliver
                )
                group.addTask {
                    do throws(AMQPError) {
                        try await consumer.run()
                        return nil
                    } catch {
                        return error
                    }
                }
            }
            group.addTask {
                await stop.wait()
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil  // whichever ends first ends this life, or the taking of jobs
        }
        if let end { throw end }
    }

    /// Makes the exclusive queue of orders, in which those wait that come from now on.
    private func prepareOrders(_ configuration: WorkerConfiguration) async throws(AMQPError) -> Queue {
        let queue = JobTopology.controlQueue(forWorker: configuration.name)
        try await self.consuming.declareQueue(queue)
        for binding in JobTopology.controlBindings(forWorker: configuration.name, types: configuration.types) {
            try await self.consuming.bind(binding)
        }
        return queue
    }

    /// Which types are paused, as the broker keeps it; a broker whose topology knows no pauses says nothing of a type.
    func pauses(_ configuration: WorkerConfiguration) async throws(AMQPError) -> [JobType: Bool] {
        _ = try await self.prepareOrders(configuration)
        var pauses: [JobType: Bool] = [:]
        for type in configuration.types {
            do {
                pauses[type] = try await self.consuming.checkQueue(JobTopology.pauseKey(for: type)).messages > 0
            } catch {
                guard error.replyCode == 404 else { throw error }
            }
        }
        return pauses
    }

    /// Hears orders through an exclusive queue until the connection or the queue is gone.
    func hearOrders(
        _ configuration: WorkerConfiguration,
        heed: (ControlOrder) async -> Void
    ) async throws(AMQPError) {
        let queue = try await self.prepareOrders(configuration)
        let deliveries = try await self.consuming.consume(queue.name, prefetch: Self.ordersMax, exclusive: true)
        for await delivery in deliveries {
            if let order = ControlOrder(delivery.message.body) { await heed(order) }
            delivery.settle(.acknowledge)
        }
    }

    /// How long the locks are ours after the last frame of the broker, by the heartbeat that was agreed on.
    var lockTime: Duration { self.consuming.heartbeat * Self.silenceInHeartbeats }

    /// Waits until a connection is gone, or until the broker has been silent for so long that it may soon free the locks.
    ///
    /// The lease is renewed meanwhile, and `renewed` told each time.
    func waitUntilLost(_ lease: SessionLease, renewed: @escaping @Sendable () async -> Void) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { _ = await self.consuming.waitUntilClosed() }
            group.addTask { _ = await self.publishing.waitUntilClosed() }
            group.addTask { await self.keep(lease, self.lockTime, renewed) }
            await group.next()
            group.cancelAll()
        }
    }

    /// Returns when the lease is over: the broker was silent, or this process was kept from running.
    private func keep(_ lease: SessionLease, _ time: Duration, _ renewed: () async -> Void) async {
        while !Task.isCancelled {
            let left = time - self.consuming.lastFrameAge
            guard left > .zero, lease.renew(for: left) else { return }
            await renewed()
            try? await Task.sleep(for: min(left, time / Self.renewalsPerLease))  // cut short when the session has ended
        }
    }

    /// Closes both, acknowledgements first.
    func close() async {
        await self.consuming.close()
        await self.publishing.close()
    }

    private static func connect(_ options: ConnectionOptions) async throws(WorkerSessionError) -> Connection {
        do {
            return try await Connection.open(options)
        } catch {
            throw .broker(error)
        }
    }

    private static func checkTopology(on connection: Connection) async throws(WorkerSessionError) {
        let findings: [TopologyFinding]
        do {
            findings = try await JobTopology.missing(on: connection)
        } catch {
            throw .broker(error)
        }
        guard findings.isEmpty else { throw .topology(findings) }
    }
}

/// Why a session could not begin.
enum WorkerSessionError: Error, CustomStringConvertible {
    /// The broker could not be reached or refused.
    case broker(AMQPError)
    /// Queues or exchanges are missing.
    case topology([TopologyFinding])

    /// One line that says what to do.
    var description: String {
        switch self {
        case .broker(let error): "\(error)"
        case .topology(let findings):
            "the broker lacks \(findings.prefix(3).map(\.object).joined(separator: ", "))"
                + (findings.count > 3 ? " and \(findings.count - 3) more" : "") + "; run `sluice topology apply`"
        }
    }
}
