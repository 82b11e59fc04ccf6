import DequeModule

extension Connection {
    /// Publishes a message and returns when the broker has confirmed it.
    ///
    /// Call it from as many tasks as you like: publishes are pipelined, and waiting for each confirm before the next
    /// publish costs more than nine tenths of the rate. Waits in line while the window is full or the broker holds back
    /// publishers. `mandatory` asks the broker to return what no queue takes, which throws `.unroutable`; a mandatory
    /// message without an id gets one, so that its return can be told from others.
    ///
    /// Throws `.invalid` before a byte is sent, `.nacked` when the broker did not take it, `.channelClosed` when the
    /// broker refused it (404: no such exchange), and `.lost` or `.timedOut`, also on cancellation, when it may or may
    /// not have arrived.
    package func publish(_ message: Message, to destination: Destination, mandatory: Bool) async throws(AMQPError) {
        try check(message, destination)
        let id = nextWait()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                enqueue(
                    Publication(
                        id: id,
                        message: message,
                        destination: destination,
                        isMandatory: mandatory,
                        waiter: .one(waiter)
                    )
                )
            }
        } onCancel: {
            loop.abandon(id)
        }
        try result.get()
    }

    /// Publishes several messages in their order and returns when each has its outcome: nil where it was confirmed.
    ///
    /// As `publish` of each by itself, at the price of one wake-up for all.
    package func publish(
        _ messages: [(message: Message, destination: Destination)],
        mandatory: Bool
    ) async -> [AMQPError?] {
        guard !messages.isEmpty else { return [] }
        let ids = messages.map { _ in nextWait() }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                let group = PublishGroup(count: messages.count, waiter: waiter)
                for (place, (message, destination)) in messages.enumerated() {
                    do throws(AMQPError) {
                        try check(message, destination)
                    } catch {
                        group.settle(place, .failure(error))
                        continue
                    }
                    enqueue(
                        Publication(
                            id: ids[place],
                            message: message,
                            destination: destination,
                            isMandatory: mandatory,
                            waiter: .several(group, place)
                        )
                    )
                }
            }
        } onCancel: {
            for id in ids { loop.abandon(id) }
        }
    }

    private func check(_ message: Message, _ destination: Destination) throws(AMQPError) {
        let operation = Publication.operation(destination)
        if let failure { throw failure.during(operation) }
        if isClosing { throw AMQPError(.closed, operation: operation, reason: "it is being closed here") }
        guard let defect = defect(of: message, destination) else { return }
        throw AMQPError(.invalid, operation: operation, reason: defect)
    }

    private func defect(of message: Message, _ destination: Destination) -> String? {
        let longest = max(destination.exchange.utf8.count, destination.routingKey.utf8.count)
        if longest > FieldValue.shortStringBytesMax { return "exchange or routing key has \(longest) bytes" }
        if message.body.count > options.messageBytesMax {
            return "the body has \(message.body.count) bytes, more than \(options.messageBytesMax)"
        }
        return message.properties.defect(frameSize: wire?.frameSizeMax ?? options.frameSizeMax)
    }

    private func enqueue(_ publication: Publication) {
        let number = Channel.Purpose.publishing.rawValue
        if channels[Int(number)] == nil { open(.publishing, number: number) }
        if let failure {
            publication.waiter.resume(returning: .failure(failure.during(publication.operation)))
        } else {
            publisher.waiting.append(publication)
        }
    }

    /// Sends what the window, the broker and the socket allow, in the order of asking.
    func publishWaiting(_ wire: Wire, _ now: ContinuousClock.Instant) throws(AMQPError) {
        let number = Channel.Purpose.publishing.rawValue
        while !isBlockedByBroker, channels[Int(number)]?.isReady == true {
            if let unsent = publisher.unsent {
                guard wire.hasRoom(for: min(wire.fragmentBytes, unsent.body.count - unsent.offset)) else { break }
                try sendFragment(unsent.body, unsent.offset, wire, number)
                continue
            }
            guard let next = publisher.waiting.first else { return }
            guard publisher.hasWindow(for: next.message.body.count, options) else { return }
            guard wire.hasRoom(for: min(next.message.body.count + Connection.headBytes, Wire.creditBytes)) else {
                break
            }
            _ = publisher.waiting.popFirst()
            try send(next, wire, number, now)
        }
        isWaitingForRoom = isWaitingForRoom || !isBlockedByBroker && channels[Int(number)]?.isReady == true
    }

    private func send(
        _ publication: Publication,
        _ wire: Wire,
        _ number: UInt16,
        _ now: ContinuousClock.Instant
    ) throws(AMQPError) {
        var message = publication.message
        if publication.isMandatory, message.properties.messageID == nil {
            message.properties.messageID = "\(publisher.idPrefix).\(publication.id)"
        }
        let waiter = ConfirmWaiter(id: publication.id, continuation: publication.waiter)
        publisher.confirms.append(
            .init(
                waiter: waiter,
                messageID: message.properties.messageID,
                destination: publication.destination,
                byteCount: message.body.count,
                sentAt: now
            )
        )
        try wire.sendHead(
            of: message,
            to: publication.destination,
            isMandatory: publication.isMandatory,
            on: number
        )
        if !message.body.isEmpty { try sendFragment(message.body, 0, wire, number) }
    }

    private func sendFragment(_ body: [UInt8], _ start: Int, _ wire: Wire, _ number: UInt16) throws(AMQPError) {
        let end = try wire.sendFragment(of: body, from: start, on: number)
        publisher.unsent = end < body.count ? (body, end) : nil
    }

    /// The broker took, or did not take, one publish or all up to it.
    func confirm(_ number: UInt64, isMultiple: Bool, isAccepted: Bool) {
        for entry in publisher.confirms.confirm(number, isMultiple: isMultiple) {
            guard let waiter = entry.waiter else { continue }
            if let returned = entry.returned {
                waiter.continuation.resume(returning: .failure(returned))
            } else if isAccepted {
                waiter.continuation.resume(returning: .success(()))
            } else {
                let operation = Publication.operation(entry.destination)
                let reason = "a queue is full, unavailable or failed to store it"
                let nacked = AMQPError(.nacked, operation: operation, reason: reason)
                waiter.continuation.resume(returning: .failure(nacked))
            }
        }
    }

    /// The broker found no queue for a mandatory message; the confirm that follows tells the publisher.
    func returned(_ message: Message, _ replyCode: UInt16, _ reason: String, _ destination: Destination) {
        let error = AMQPError(
            .unroutable,
            operation: Publication.operation(destination),
            replyCode: replyCode,
            reason: reason
        )
        _ = publisher.confirms.markReturned(
            messageID: message.properties.messageID,
            destination: destination,
            error: error
        )
    }

    /// The broker closed the publishing channel: the unconfirmed fail, those in line wait for the new one.
    func publishingClosed(_ error: AMQPError) {
        publisher.unsent = nil
        for entry in publisher.confirms.reset() {
            let verdict = Publisher.verdict(on: entry.destination, closed: error)
            entry.waiter?.continuation.resume(returning: .failure(verdict))
        }
    }

    /// The connection is gone.
    func failPublishes(_ error: AMQPError) {
        publisher.unsent = nil
        for entry in publisher.confirms.reset() {
            let lost = error.during(Publication.operation(entry.destination))
            entry.waiter?.continuation.resume(returning: .failure(lost))
        }
        while let publication = publisher.waiting.popFirst() {
            publication.waiter.resume(returning: .failure(error.during(publication.operation)))
        }
    }

    /// The publishing task was cancelled: it leaves the line, or no longer waits for the confirm.
    func abandonPublish(_ id: UInt64) {
        let reason = "the publishing task was cancelled"
        if let place = publisher.waiting.firstIndex(where: { $0.id == id }) {
            let publication = publisher.waiting.remove(at: place)
            let error = AMQPError(.timedOut, operation: publication.operation, reason: reason)
            publication.waiter.resume(returning: .failure(error))
        } else if let waiter = publisher.confirms.takeWaiter(where: { $0.waiter?.id == id }) {
            let error = AMQPError(.timedOut, operation: "publish", reason: reason)
            waiter.continuation.resume(returning: .failure(error))
        }
    }

    /// Gives up on confirms that are overdue; time in which the broker held back publishers does not count.
    func expirePublishes(_ now: ContinuousClock.Instant) {
        guard !isBlockedByBroker, publisher.patienceSince + options.confirmTimeout <= now else { return }
        while let waiter = publisher.confirms.takeWaiter(where: { $0.sentAt + options.confirmTimeout <= now }) {
            let error = AMQPError(.timedOut, operation: "publish", reason: "the broker did not confirm it in time")
            waiter.continuation.resume(returning: .failure(error))
        }
    }

    /// Room for method, header and usual properties.
    private static let headBytes = 2048
}
