package import AMQP
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
}
