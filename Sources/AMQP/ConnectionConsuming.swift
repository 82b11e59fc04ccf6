extension Connection {
    /// Starts a consumer on a channel of its own.
    ///
    /// `prefetch` bounds the deliveries that are out and not settled; it must be at least 1. `exclusive` asks to be the
    /// queue's only consumer. Throws `.channelClosed` with 404 when there is no such queue, 403 when it has an exclusive
    /// consumer or the right is missing.
    package func consume(
        _ queue: String,
        prefetch: UInt16,
        exclusive: Bool
    ) async throws(AMQPError) -> Deliveries {
        let method = Method.consume(queue: queue, tag: Connection.consumerTag, isExclusive: exclusive)
        if let failure { throw failure.during(method.summary) }
        guard prefetch > 0 else {
            throw AMQPError(.invalid, operation: method.summary, reason: "the prefetch must be at least 1")
        }
        if let defect = method.defect(frameSize: options.frameSizeMax) {
            throw AMQPError(.invalid, operation: method.summary, reason: defect)
        }
        let number = try freeChannel()
        let deliveries = Deliveries(queue: queue, channel: number)
        open(.consuming, number: number, for: deliveries)
        do throws(AMQPError) {
            _ = try await call(.limitUnsettled(prefetch), onChannel: number, within: options.callTimeout)
            _ = try await call(method, onChannel: number, within: options.callTimeout)
            return deliveries
        } catch {
            // The channel may still be there when only the answer was late: nobody will read from it.
            if isConsuming(deliveries) {
                retire(number, error)
                cancelLater(number)
            }
            throw error
        }
    }

    /// Ends a consumer: the broker sends no more, the sequence ends, and what is unread goes back to the queue.
    ///
    /// What was read can still be settled; the channel closes after the last of it. No effect on a consumer that has
    /// ended.
    package func cancel(_ deliveries: Deliveries) async {
        let number = deliveries.channel
        guard isConsuming(deliveries) else { return }
        // A failure means that channel or connection is gone, and the consumer with it.
        _ = try? await call(
            .cancel(tag: Connection.consumerTag),
            onChannel: number,
            within: options.callTimeout
        )
        guard isConsuming(deliveries) else { return }
        retire(number, nil)
    }

    /// Takes one message, or nil when the queue is empty; for tests and tools, as each costs a round trip.
    package func get(_ queue: String) async throws(AMQPError) -> Delivery? {
        try await call(.get(queue: queue), on: .fetching).delivery
    }

    private func isConsuming(_ deliveries: Deliveries) -> Bool {
        guard Int(deliveries.channel) < channels.count, let channel = channels[Int(deliveries.channel)] else {
            return false
        }
        return channel.deliveries === deliveries && !channel.isRetiring
    }

    /// The broker ended a consumer.
    func consumerCancelled(_ number: UInt16) {
        guard Int(number) < channels.count, let deliveries = channels[Int(number)]?.deliveries,
            isConsuming(deliveries)
        else { return }
        let reason = "the queue was deleted or is not available"
        retire(number, AMQPError(.consumerCancelled, operation: "consume queue \(deliveries.queue)", reason: reason))
    }

    /// Ends the sequence and hands back what nobody has read; the channel stays for what was read.
    private func retire(_ number: UInt16, _ reason: AMQPError?) {
        guard var channel = channels[Int(number)] else { return }
        channel.isRetiring = true
        let unread = (channel.deliveries?.finish(reason) ?? []) + channel.arrived
        channel.arrived = []
        for delivery in unread { channel.acks.settle(delivery.ticket.tag, .requeue) }
        channel.lastToldAt = channel.lastToldAt ?? .now
        channels[Int(number)] = channel
    }

    /// Cancels a consumer that the broker may yet start: what it delivered would come again and again.
    ///
    /// A broker that leaves this unanswered too, for as long as a late answer is waited for, loses the connection.
    private func cancelLater(_ number: UInt16) {
        let deadline = ContinuousClock.now + Connection.lateAnswerTime
        let cancel = Call(id: 0, method: .cancel(tag: Connection.consumerTag), deadline: deadline, isInternal: true)
        channels[Int(number)]?.calls.append(cancel)
        advance(number)
    }

    /// Closes the channels of ended consumers that have nothing left to settle.
    func closeRetired(_ now: ContinuousClock.Instant) throws(AMQPError) {
        for index in channels.indices {
            guard let closing = channels[index]?.closingAt, closing <= now else { continue }
            channels[index]?.state = .closing
            channels[index]?.calls = [
                Call(
                    id: 0,
                    method: .closeChannel,
                    deadline: now + options.callTimeout,
                    isInternal: true,
                    isSent: true
                )
            ]
            try wire?.send(.closeChannel, on: UInt16(index))
        }
    }

    /// One consumer a channel, so that all can have the same tag.
    private static let consumerTag = "consumer"
}
