/// A message someone wants confirmed.
struct Publication {
    let id: UInt64
    let message: Message
    let destination: Destination
    let isMandatory: Bool
    let waiter: CheckedContinuation<Result<Void, AMQPError>, Never>

    var operation: String { Publication.operation(destination) }

    static func operation(_ destination: Destination) -> String {
        destination.exchange.isEmpty
            ? "publish to queue \(destination.routingKey)"
            : "publish to exchange \(destination.exchange) with key \(destination.routingKey)"
    }
}

/// Who waits for a confirm.
struct ConfirmWaiter {
    let id: UInt64
    let continuation: CheckedContinuation<Result<Void, AMQPError>, Never>
}

/// What a connection knows of its publishes: who waits for the window, what is half sent, what awaits its confirm.
struct Publisher {
    var waiting = WaitingLine<Publication>()
    var confirms = ConfirmRing<ConfirmWaiter>()
    /// The body that is not wholly sent yet; nothing else may be published before it is.
    var unsent: (body: [UInt8], offset: Int)?
    /// Confirms are not overdue on account of time before this.
    var patienceSince = ContinuousClock.now
    /// Makes the ids of messages that have none unique, so that a return finds its publish.
    let idPrefix = String(UInt64.random(in: .min ... .max), radix: 36)

    /// Whether the window takes another body; one that is larger than the window goes alone.
    func hasWindow(for byteCount: Int, _ options: ConnectionOptions) -> Bool {
        guard unsent == nil, confirms.count < options.confirmWindowMessages else { return false }
        return confirms.count == 0 || confirms.byteCount + byteCount <= options.confirmWindowBytes
    }

    /// What an unconfirmed publish is told when the broker has closed the publishing channel.
    ///
    /// RabbitMQ names the exchange it refused but not the message. Publishes to other exchanges are not to blame: they
    /// may be tried again, and whether they arrived is unknown.
    static func verdict(on destination: Destination, closed: AMQPError) -> AMQPError {
        let operation = Publication.operation(destination)
        let namesAnExchange = closed.reason.contains("exchange '")
        if !namesAnExchange || closed.reason.contains("exchange '\(destination.exchange)'") {
            return closed.during(operation)
        }
        return AMQPError(.lost, operation: operation, reason: "another publish made the broker close the channel")
    }
}
