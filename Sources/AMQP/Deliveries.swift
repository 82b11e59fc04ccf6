import Synchronization

/// The deliveries of one consumer, as an asynchronous sequence for one task.
///
/// It ends when the consumer, its channel or its connection ends, or the iterating task is cancelled; `endReason` then
/// tells why. What is unread at that time goes back to the queue. The buffer never exceeds the consumer's prefetch, as
/// the broker sends no more before something is settled. Batches are handed over whole under one lock, which costs a
/// tenth of an `AsyncStream` per element.
package final class Deliveries: AsyncSequence, Sendable {
    /// One message with the means to settle it.
    package typealias Element = Delivery
    /// Iterating never throws; `endReason` tells why it ended.
    package typealias Failure = Never

    private struct State {
        var batch: [Delivery] = []
        var next = 0
        var arrived: [Delivery] = []
        var waiter: CheckedContinuation<Void, Never>?
        var hasEnded = false
        var batches = 0
        var deliveries = 0
        var reason: AMQPError?

        mutating func pop() -> Delivery? {
            if next == batch.count {
                batch.removeAll(keepingCapacity: true)
                next = 0
                swap(&batch, &arrived)
            }
            guard next < batch.count else { return nil }
            defer { next += 1 }
            return batch[next]
        }

        mutating func takeWaiter() -> CheckedContinuation<Void, Never>? {
            defer { waiter = nil }
            return waiter
        }
    }

    /// The queue that is consumed.
    package let queue: String
    let channel: UInt16
    private let state = Mutex(State())

    init(queue: String, channel: UInt16) {
        self.queue = queue
        self.channel = channel
    }

    /// Why the sequence ended; nil while it goes on, and after an orderly `Connection.cancel`.
    package var endReason: AMQPError? { state.withLock { $0.reason } }

    /// How many batches have arrived so far, and how many deliveries they held.
    package var figures: (batches: Int, deliveries: Int) { state.withLock { ($0.batches, $0.deliveries) } }

    /// Makes the iterator; only one may be in use.
    package func makeAsyncIterator() -> Iterator { Iterator(deliveries: self) }

    /// Reads one delivery after the other.
    package struct Iterator: AsyncIteratorProtocol {
        fileprivate let deliveries: Deliveries

        /// The next delivery, or nil at the end.
        package mutating func next() async -> Delivery? { await next(isolation: nil) }

        /// The next delivery, or nil at the end; stays on the caller's actor.
        package mutating func next(isolation: isolated (any Actor)?) async throws(Never) -> Delivery? {
            await deliveries.next(isolation: isolation)
        }
    }

    private func next(isolation: isolated (any Actor)?) async -> Delivery? {
        while !Task.isCancelled {
            let (delivery, hasEnded) = state.withLock { state in (state.pop(), state.hasEnded) }
            if let delivery { return delivery }
            if hasEnded { return nil }
            await arrival(isolation: isolation)
        }
        return nil
    }

    /// Waits until there may be something: a batch, the end, or the cancellation of this task.
    private func arrival(isolation: isolated (any Actor)?) async {
        await withTaskCancellationHandler(
            operation: {
                await withCheckedContinuation(isolation: isolation) { continuation in
                    let mayGoOn = state.withLock { state in
                        if !state.arrived.isEmpty || state.hasEnded || Task.isCancelled { return true }
                        state.waiter = continuation
                        return false
                    }
                    if mayGoOn { continuation.resume() }
                }
            },
            onCancel: { state.withLock { $0.takeWaiter() }?.resume() },
            isolation: isolation
        )
    }

    /// Adds a batch and leaves the array empty, with storage for the next.
    func yield(_ batch: inout [Delivery]) {
        guard !batch.isEmpty else { return }
        let waiter = state.withLock { state in
            state.batches += 1
            state.deliveries += batch.count
            if state.arrived.isEmpty { swap(&state.arrived, &batch) } else { state.arrived += batch }
            return state.takeWaiter()
        }
        batch.removeAll(keepingCapacity: true)
        waiter?.resume()
    }

    /// Ends the sequence and hands back what nobody has read; the first reason stays.
    @discardableResult
    func finish(_ reason: AMQPError?) -> [Delivery] {
        let (unread, waiter) = state.withLock { state in
            if !state.hasEnded { state.reason = reason }
            state.hasEnded = true
            let unread = Array(state.batch[state.next...]) + state.arrived
            state.batch = []
            state.arrived = []
            state.next = 0
            return (unread, state.takeWaiter())
        }
        waiter?.resume()
        return unread
    }
}
