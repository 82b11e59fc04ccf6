/// The answer to a request.
struct Reply: Sendable {
    var status: QueueStatus?
    var delivery: Delivery?
}

/// A request and who waits for its answer.
struct Call {
    let id: UInt64
    let method: Method
    let deadline: ContinuousClock.Instant
    /// Nil when the connection itself asked, or nobody waits any longer.
    var waiter: CheckedContinuation<Result<Reply, AMQPError>, Never>?
    var isInternal = false
    var isSent = false
}

/// One channel: its requests in order, the message that is arriving and the deliveries that are not settled.
///
/// Requests go out one at a time. A request the broker refuses closes the channel, and the ones behind it must not be
/// refused along with it.
struct Channel {
    /// What a channel is for; each purpose but consuming has one channel with a fixed number.
    enum Purpose: UInt16 {
        case control = 0
        case publishing = 1
        case administration = 2
        case locking = 3
        case fetching = 4
        case consuming = 5

        /// Consumers take the numbers from here on.
        static let firstConsumer: UInt16 = 5
    }

    enum State {
        case opening, open, closing
    }

    let purpose: Purpose
    /// Changes with every opening of this number; a delivery of an older one cannot be settled any more.
    let epoch: UInt64
    var state = State.opening
    var calls: [Call] = []
    var assembler: Assembler
    var acks = AckRing()
    var deliveries: Deliveries?
    var arrived: [Delivery] = []
    /// Set when the consumer has ended and only settlements are awaited.
    var isRetiring = false
    var lastToldAt: ContinuousClock.Instant?

    init(_ purpose: Purpose, epoch: UInt64, bytesMax: Int, headBytesMax: Int = 0) {
        self.purpose = purpose
        self.epoch = epoch
        assembler = Assembler(bytesMax: bytesMax, headBytesMax: headBytesMax)
    }

    /// Whether publishes may go out: open, and confirms are switched on.
    var isReady: Bool { state == .open && calls.isEmpty }

    /// When the channel of an ended consumer may close: everything is settled, and the broker had time to hear of it.
    var closingAt: ContinuousClock.Instant? {
        guard isRetiring, state == .open, calls.isEmpty, acks.outstanding == 0, !acks.isDirty else { return nil }
        return lastToldAt.map { $0 + Connection.settlingTime }
    }

    /// The request that should go out now, if any.
    var due: Method? {
        guard let head = calls.first, !head.isSent, state == .open || head.method.isOpening else { return nil }
        return head.method
    }

    /// The queue its deliveries come from.
    var queue: String {
        if let deliveries { return deliveries.queue }
        guard case .get(let queue)? = calls.first?.method else { return "" }
        return queue
    }

    /// Takes the request that this method answers.
    mutating func answered(by method: UInt32) -> Call? {
        guard let head = calls.first, head.isSent, head.method.reply == method else { return nil }
        return calls.removeFirst()
    }

    /// Takes the request that a complete message answers.
    mutating func answeredByMessage() -> Call? {
        guard let head = calls.first, head.isSent, case .get = head.method else { return nil }
        return calls.removeFirst()
    }

    /// Hands on what arrived and keeps the storage for the next batch.
    mutating func handOver(to deliveries: Deliveries) {
        deliveries.yield(&arrived)
    }
}
