package import AMQP
package import JobModel
import JobQueue

/// A queue of one's own that hears every result and event, beside the console's: it takes nothing from anyone.
package enum NewsQueue {
    /// How much may be on its way to a reader at once.
    private static let prefetch: UInt16 = 100

    /// Makes the queue, binds it and reads it; it is gone with the connection.
    ///
    /// `name` must be unique; the login needs the right to configure `watch.*`.
    package static func open(_ name: String, on connection: Connection) async throws(AMQPError) -> Deliveries {
        let queue = Queue(name: "watch.\(name)", isDurable: false, isExclusive: true, isAutoDelete: true)
        _ = try await connection.declareQueue(queue)
        for exchange in [JobTopology.results, JobTopology.events] {
            try await connection.bind(Binding(source: exchange, destination: queue.name, routingKey: "#"))
        }
        return try await connection.consume(queue.name, prefetch: self.prefetch, exclusive: true)
    }

    /// How long a kept queue outlives its last reader.
    private static let keptFor = Duration.seconds(7 * 24 * 60 * 60)

    /// Makes or finds a queue that keeps the results of a job type, and its progress, for a reader who may be away for a while.
    ///
    /// A worker publishes a result once; whoever was interrupted must find it on return. Only one may read it at a time:
    /// another is refused. Delete it with ``forget(_:on:)``; the broker does after seven days without a reader.
    package static func keep(
        _ name: String,
        for type: JobType,
        on connection: Connection
    ) async throws(AMQPError) -> Deliveries {
        let expiry = FieldValue.int64(self.keptFor.components.seconds * 1_000)
        let queue = Queue(name: "watch.\(name)", arguments: ["x-expires": expiry])
        _ = try await connection.declareQueue(queue)
        for (exchange, key) in [
            (JobTopology.results, "\(type.rawValue).#"), (JobTopology.events, JobEventName.jobProgressed.rawValue),
        ] {
            try await connection.bind(Binding(source: exchange, destination: queue.name, routingKey: key))
        }
        return try await connection.consume(queue.name, prefetch: self.prefetch, exclusive: true)
    }

    /// Deletes a kept queue with what it holds.
    package static func forget(_ name: String, on connection: Connection) async throws(AMQPError) {
        try await connection.deleteQueue("watch.\(name)")
    }
}
