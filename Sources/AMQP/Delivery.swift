/// What becomes of a delivered message.
package enum Settlement: Sendable, Hashable {
    /// Done: the broker forgets it.
    case acknowledge
    /// Not done here: the broker delivers it again, which counts as another delivery.
    case requeue
    /// Never to be done: the broker hands it to the queue's dead-letter exchange, or drops it if there is none.
    case reject
}

/// A message from a queue, to be settled exactly once.
package struct Delivery: Sendable {
    /// The message.
    package let message: Message
    /// The exchange and routing key it came by.
    package let source: Destination
    /// The queue it was taken from.
    package let queue: String
    /// Whether the broker has delivered it before.
    package let isRedelivered: Bool
    let ticket: Ticket
    let loop: Loop

    /// How often a quorum queue has delivered it before; 0 for other queues.
    ///
    /// It is the broker's `x-delivery-count` (rabbitmq.com, "Quorum Queues", poison message handling).
    package var deliveryCount: Int {
        message.properties.headers["x-delivery-count"]?.integer.flatMap(Int.init(exactly:)) ?? 0
    }

    /// Tells the broker what became of the message.
    ///
    /// May be called from any task and returns at once; the broker hears of it with the next turn of the connection.
    /// A second call does nothing, nor does one whose channel or connection is gone: the broker has then taken the
    /// message back and delivers it again.
    package func settle(_ settlement: Settlement) {
        loop.settle(ticket, settlement)
    }
}

/// The claim check of a delivery: valid on one channel while it has not been reopened.
struct Ticket: Sendable, Hashable {
    let channel: UInt16
    let epoch: UInt64
    let tag: UInt64
}
