/// An exchange as it is declared.
package struct Exchange: Sendable, Hashable {
    /// How an exchange picks the queues of a message.
    package enum Kind: String, Sendable, CaseIterable {
        /// By equal key, to all, by pattern, by header fields (AMQP 0-9-1, "Exchange Types").
        case direct, fanout, topic, headers
    }

    /// The name, at most 255 bytes.
    package var name: String
    /// How it picks queues.
    package var kind: Kind
    /// Whether it survives a restart of the broker.
    package var isDurable: Bool
    /// Whether it goes when its last binding goes.
    package var isAutoDelete: Bool
    /// Whether only other exchanges may publish to it.
    package var isInternal: Bool
    /// What the broker knows by no other field, such as `alternate-exchange` or `x-queue-type`.
    package var arguments: FieldTable

    /// Makes the description of a durable exchange unless told otherwise.
    package init(
        name: String,
        kind: Kind,
        isDurable: Bool = true,
        isAutoDelete: Bool = false,
        isInternal: Bool = false,
        arguments: FieldTable = [:]
    ) {
        self.name = name
        self.kind = kind
        self.isDurable = isDurable
        self.isAutoDelete = isAutoDelete
        self.isInternal = isInternal
        self.arguments = arguments
    }
}

/// A queue as it is declared.
package struct Queue: Sendable, Hashable {
    /// The name; the empty name asks the broker for one, which `QueueStatus.name` then tells.
    package var name: String
    /// Whether it survives a restart of the broker.
    package var isDurable: Bool
    /// Whether only this connection may use it; it goes with the connection.
    package var isExclusive: Bool
    /// Whether it goes when its last consumer goes.
    package var isAutoDelete: Bool
    /// What the broker knows by no other field, such as `alternate-exchange` or `x-queue-type`.
    package var arguments: FieldTable

    /// Makes the description of a durable queue unless told otherwise.
    package init(
        name: String,
        isDurable: Bool = true,
        isExclusive: Bool = false,
        isAutoDelete: Bool = false,
        arguments: FieldTable = [:]
    ) {
        self.name = name
        self.isDurable = isDurable
        self.isExclusive = isExclusive
        self.isAutoDelete = isAutoDelete
        self.arguments = arguments
    }
}

/// A path from an exchange to a queue, or to another exchange.
package struct Binding: Sendable, Hashable {
    /// The exchange messages come from.
    package var source: String
    /// The queue they go to; an exchange with `bindExchange`.
    package var destination: String
    /// The key or pattern, at most 255 bytes.
    package var routingKey: String
    /// What the broker knows by no other field, such as `alternate-exchange` or `x-queue-type`.
    package var arguments: FieldTable

    /// Makes a binding.
    package init(source: String, destination: String, routingKey: String, arguments: FieldTable = [:]) {
        self.source = source
        self.destination = destination
        self.routingKey = routingKey
        self.arguments = arguments
    }
}

/// What the broker tells of a queue when it is declared or checked.
package struct QueueStatus: Sendable, Hashable {
    /// The queue's name, also when the broker chose it.
    package let name: String
    /// Messages that are ready; those delivered and not yet settled are not counted.
    package let messages: Int
    /// How many consumers it has.
    package let consumers: Int

    /// Makes a status.
    package init(name: String, messages: Int, consumers: Int) {
        self.name = name
        self.messages = messages
        self.consumers = consumers
    }
}
