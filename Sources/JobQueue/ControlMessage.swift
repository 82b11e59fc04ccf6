package import AMQP
package import JobModel

extension ControlOrder {
    /// Where an order goes: a cancellation to all workers, as nobody knows who has the job; the rest to those of the type.
    package var destination: Destination {
        let key =
            switch self {
            case .cancel: JobTopology.controlAll
            case .pause(let type), .resume(let type): JobTopology.controlKey(for: type)
            }
        return Destination(exchange: JobTopology.control, routingKey: key)
    }

    /// The order as AMQP carries it: not persistent, as it is for workers that run now.
    package var message: Message {
        Message(
            body: self.body,
            properties: Properties(contentType: "application/json", type: Self.messageType, isPersistent: false)
        )
    }
}

extension JobTopology {
    /// The key of orders for all workers.
    package static let controlAll = "all"

    /// The key of orders for the workers of a type.
    package static func controlKey(for type: JobType) -> String { "type.\(type.rawValue)" }

    /// The key of orders for one worker.
    package static func controlKey(forWorker name: String) -> String { "worker.\(name)" }

    /// The queue through which a worker hears orders: exclusive, gone with its connection.
    package static func controlQueue(forWorker name: String) -> Queue {
        Queue(name: "ctl.\(name)", isDurable: false, isExclusive: true)
    }

    /// What leads to that queue, for a worker that takes some types.
    package static func controlBindings(forWorker name: String, types: [JobType]) -> [Binding] {
        let keys = [self.controlAll, self.controlKey(forWorker: name)] + types.map { self.controlKey(for: $0) }
        return keys.map { Binding(source: self.control, destination: "ctl.\(name)", routingKey: $0) }
    }
}
