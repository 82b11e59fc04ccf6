package import AMQP
package import JobModel

extension ControlOrder {
    /// Where an order goes: a cancellation to all workers, as nobody knows who has the job; a pause to those of the type and
    /// to where later ones look; its end to those of the type.
    package var destination: Destination {
        let key =
            switch self {
            case .cancel: JobTopology.controlAll
            case .pause(let type): JobTopology.pauseKey(for: type)
            case .resume(let type): JobTopology.controlKey(for: type)
            }
        return Destination(exchange: JobTopology.control, routingKey: key)
    }

    /// The order as AMQP carries it: persistent where it has to outlast the broker.
    package var message: Message {
        let properties = Properties(
            contentType: "application/json",
            type: Self.messageType,
            isPersistent: self.isStanding
        )
        return Message(body: self.body, properties: properties)
    }

    private var isStanding: Bool {
        switch self {
        case .pause: true
        case .cancel, .resume: false
        }
    }
}

extension JobTopology {
    /// The key of orders for all workers.
    package static let controlAll = "all"

    /// The key of orders for the workers of a type.
    package static func controlKey(for type: JobType) -> String { "type.\(type.rawValue)" }

    /// The key of a pause of a type, and the name of the queue that holds it until the type is resumed.
    ///
    /// It is one message at most, and nobody consumes it: a worker that starts looks whether it is there.
    package static func pauseKey(for type: JobType) -> String { "pause.\(type.rawValue)" }

    /// The queues of the pauses.
    package static var pauseQueues: [Queue] {
        JobType.allCases.map { type in
            Queue(
                name: self.pauseKey(for: type),
                arguments: [
                    "x-queue-type": .string("quorum"), "x-max-length": .int32(1), "x-overflow": .string("drop-head"),
                ]
            )
        }
    }

    /// What leads to them.
    static var pauseBindings: [Binding] {
        JobType.allCases.map(self.pauseKey).map { Binding(source: self.control, destination: $0, routingKey: $0) }
    }

    /// The key of orders for one worker.
    package static func controlKey(forWorker name: String) -> String { "worker.\(name)" }

    /// The queue through which a worker hears orders: exclusive, gone with its connection.
    package static func controlQueue(forWorker name: String) -> Queue {
        Queue(name: "ctl.\(name)", isDurable: false, isExclusive: true)
    }

    /// What leads to that queue, for a worker that takes some types.
    package static func controlBindings(forWorker name: String, types: [JobType]) -> [Binding] {
        let typed = types.flatMap { [self.controlKey(for: $0), self.pauseKey(for: $0)] }
        let keys = [self.controlAll, self.controlKey(forWorker: name)] + typed
        return keys.map { Binding(source: self.control, destination: "ctl.\(name)", routingKey: $0) }
    }
}
