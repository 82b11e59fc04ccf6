extension Connection {
    /// Part of a message arrived on a channel.
    func assemble(_ frame: Frame, _ number: UInt16) throws(AMQPError) {
        let index = Int(number)
        guard index < channels.count, let state = channels[index]?.state, state != .closing else { return }
        do throws(Assembler.Disorder) {
            var content: Assembler.Content?
            switch frame {
            case .opening(_, let opening): try channels[index]?.assembler.begin(opening)
            case .header(_, let size, let properties):
                content = try channels[index]?.assembler.header(size: size, properties: properties)
            case .body(_, let bytes): content = try channels[index]?.assembler.body(bytes)
            case .reply, .confirm, .cancelled, .channelClosed, .connectionClosed, .blocked, .unblocked, .flow: break
            }
            if let content { try complete(content, number) }
        } catch {
            throw AMQPError(.lost, operation: "read from the broker", reason: "frames came out of order")
        }
    }

    private func complete(_ content: Assembler.Content, _ number: UInt16) throws(Assembler.Disorder) {
        switch content.opening {
        case .delivery(let tag, let isRedelivered, let source):
            let delivery = try delivery(content.message, tag, isRedelivered, source, number)
            guard channels[Int(number)]?.isRetiring == false else {
                return settle(delivery.ticket, .requeue)
            }
            if channels[Int(number)]?.arrived.isEmpty == true { arrivedOn.append(number) }
            channels[Int(number)]?.arrived.append(delivery)
        case .got(let tag, let isRedelivered, let source):
            try got(try delivery(content.message, tag, isRedelivered, source, number), number)
        case .returned(let replyCode, let reason, let destination):
            returned(content.message, replyCode, reason, destination)
        }
    }

    /// Notes a delivery.
    private func delivery(
        _ message: Message,
        _ tag: UInt64,
        _ isRedelivered: Bool,
        _ source: Destination,
        _ number: UInt16
    ) throws(Assembler.Disorder) -> Delivery {
        // In place: with a copy of the channel at hand, its ring of deliveries would be copied for every one of them.
        guard let epoch = channels[Int(number)]?.epoch, channels[Int(number)]?.acks.add(tag) == true else {
            throw Assembler.Disorder()
        }
        let ticket = Ticket(channel: number, epoch: epoch, tag: tag)
        return Delivery(
            message: message,
            source: source,
            queue: channels[Int(number)]?.queue ?? "",
            isRedelivered: isRedelivered,
            ticket: ticket,
            loop: loop
        )
    }

    private func got(_ delivery: Delivery, _ number: UInt16) throws(Assembler.Disorder) {
        guard let call = channels[Int(number)]?.answeredByMessage() else { throw Assembler.Disorder() }
        call.waiter?.resume(returning: .success(Reply(delivery: delivery)))
        // Nobody is there to settle it when the call has timed out.
        if call.waiter == nil { settle(delivery.ticket, .requeue) }
        advance(number)
    }

    /// Hands every consumer what arrived in this turn, as one batch.
    func handOver() {
        for number in arrivedOn {
            guard let deliveries = channels[Int(number)]?.deliveries else { continue }
            channels[Int(number)]?.handOver(to: deliveries)
        }
        arrivedOn.removeAll(keepingCapacity: true)
    }

    /// Notes a settlement; one of an older opening of the channel, or a second one, does nothing.
    func settle(_ ticket: Ticket, _ settlement: Settlement) {
        let index = Int(ticket.channel)
        guard index < channels.count, channels[index]?.epoch == ticket.epoch, channels[index]?.state == .open else {
            return
        }
        channels[index]?.acks.settle(ticket.tag, settlement)
    }

    /// Tells the broker what was settled, in as few frames as possible.
    func tellSettlements(_ wire: Wire, _ now: ContinuousClock.Instant) throws(AMQPError) {
        for index in channels.indices where channels[index]?.acks.isDirty == true {
            guard wire.hasRoom(for: Connection.settlementBytes) else {
                isWaitingForRoom = true
                return
            }
            for acknowledgement in channels[index]?.acks.flush() ?? [] {
                try wire.send(acknowledgement, on: UInt16(index))
            }
            channels[index]?.lastToldAt = now
        }
    }

    /// What one turn's settlements of a channel take at most, but for a prefetch of thousands.
    private static let settlementBytes = 32 << 10
}
