import DequeModule

/// A message someone wants confirmed.
struct Publication {
    let id: UInt64
    let message: Message
    let destination: Destination
    let isMandatory: Bool
    let waiter: PublishWaiter

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
    let continuation: PublishWaiter
}

/// Whom the outcome of a publish is told.
enum PublishWaiter {
    /// A task that published one message.
    case one(CheckedContinuation<Result<Void, AMQPError>, Never>)
    /// A task that published several at once; the number is the message's place among them.
    case several(PublishGroup, Int)

    func resume(returning result: Result<Void, AMQPError>) {
        switch self {
        case .one(let continuation): continuation.resume(returning: result)
        case .several(let group, let place): group.settle(place, result)
        }
    }
}

/// Gathers the outcomes of several publishes, and wakes who waits for them once.
///
/// Used on the loop's thread only.
final class PublishGroup {
    private var failures: [AMQPError?]
    private var missing: Int
    private let waiter: CheckedContinuation<[AMQPError?], Never>

    init(count: Int, waiter: CheckedContinuation<[AMQPError?], Never>) {
        self.failures = Array(repeating: nil, count: count)
        self.missing = count
        self.waiter = waiter
    }

    func settle(_ place: Int, _ result: Result<Void, AMQPError>) {
        if case .failure(let error) = result { failures[place] = error }
        missing -= 1
        if missing == 0 { waiter.resume(returning: failures) }
    }
}

/// What a connection knows of its publishes: who waits for the window, what is half sent, what awaits its confirm.
struct Publisher {
    var waiting = Deque<Publication>()
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
