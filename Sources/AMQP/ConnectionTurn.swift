extension Connection {
    /// One turn of the loop: read, hand over, settle, publish, look at the clock.
    func turn(_ arrivals: Loop.Arrivals) -> Loop.Turn {
        guard let wire else { return Loop.Turn() }
        do throws(AMQPError) {
            let now = ContinuousClock.now
            wire.cork(true)
            if arrivals.isReadable { try read(wire, now) }
            handOver()
            apply(arrivals)
            isWaitingForRoom = false
            try tellSettlements(wire, now)
            try publishWaiting(wire, now)
            try beat(wire, now)
            try expireCalls(now)
            try closeRetired(now)
            wire.cork(false)
            expirePublishes(now)
            endPauses(now)
        } catch {
            fail(error)
            return Loop.Turn()
        }
        return Loop.Turn(descriptor: wire.descriptor, wantsToWrite: isWaitingForRoom, wake: nextWake())
    }

    private func read(_ wire: Wire, _ now: ContinuousClock.Instant) throws(AMQPError) {
        vitals.write { $0.lastFrame = now }
        while let frame = try wire.next() { try handle(frame, wire) }
    }

    /// Heartbeats are sent at twice the negotiated rate, whatever else was sent: eight bytes are cheaper than the
    /// bookkeeping.
    private func beat(_ wire: Wire, _ now: ContinuousClock.Instant) throws(AMQPError) {
        guard wire.heartbeat > .zero else {
            heartbeatDue = now + options.heartbeat
            return
        }
        if now >= heartbeatDue {
            if wire.hasRoom(for: 8) { try wire.sendHeartbeat() }
            heartbeatDue = now + wire.heartbeat / 2
        }
        let silence = vitals.read { $0.lastFrame.duration(to: now) }
        guard silence > wire.heartbeat * 2 else { return }
        let reason = "the broker gave no sign of life for \(silence.components.seconds) s"
        throw AMQPError(.lost, operation: "keep the connection", reason: reason)
    }

    private func nextWake() -> ContinuousClock.Instant {
        var wake = heartbeatDue
        for index in channels.indices {
            if let deadline = channels[index]?.calls.first?.deadline { wake = min(wake, deadline) }
            if let closing = channels[index]?.closingAt { wake = min(wake, closing) }
        }
        for pause in pauses { wake = min(wake, pause.until) }
        // A passed deadline that could not be acted on must not make the loop spin.
        return max(wake, .now + .milliseconds(1))
    }

    private func endPauses(_ now: ContinuousClock.Instant) {
        for pause in pauses where pause.until <= now { pause.waiter.resume() }
        pauses.removeAll { $0.until <= now }
    }

    private func apply(_ arrivals: Loop.Arrivals) {
        for (ticket, settlement) in arrivals.settlements { settle(ticket, settlement) }
        for id in arrivals.abandoned { abandon(id) }
    }

    /// The task of a wait was cancelled.
    private func abandon(_ id: UInt64) {
        if let index = endWaiters.firstIndex(where: { $0.id == id }) {
            let reason = "the waiting task was cancelled"
            let error = AMQPError(.timedOut, operation: "wait for the end of the connection", reason: reason)
            endWaiters.remove(at: index).waiter.resume(returning: error)
        } else {
            abandonPublish(id)
        }
    }

    /// Ends the connection: frees the C state and tells everybody who waits, each exactly once.
    func fail(_ error: AMQPError) {
        guard failure == nil else { return }
        failure = error
        wire = nil
        vitals.write {
            $0.isBlocked = false
            $0.hasEnded = true
        }
        let lost = AMQPError(.lost, operation: error.operation, replyCode: error.replyCode, reason: error.reason)
        for channel in channels {
            for call in channel?.calls ?? [] {
                call.waiter?.resume(returning: .failure(lost.during(call.method.summary)))
            }
            channel?.deliveries?.finish(error)
        }
        channels = [nil, nil, nil, nil, nil]
        arrivedOn = []
        claims = []
        failPublishes(lost)
        for pause in pauses { pause.waiter.resume() }
        pauses = []
        for end in endWaiters { end.waiter.resume(returning: error) }
        endWaiters = []
    }

    private func handle(_ frame: Frame, _ wire: Wire) throws(AMQPError) {
        switch frame {
        case .reply(let channel, let method, let status): try answer(channel, method, Reply(status: status))
        case .opening(let channel, _), .header(let channel, _, _), .body(let channel, _): try assemble(frame, channel)
        case .confirm(_, let number, let isMultiple, let isAccepted):
            confirm(number, isMultiple: isMultiple, isAccepted: isAccepted)
        case .cancelled(let channel, let tag, let wantsReply):
            if wantsReply { try wire.answerCancel(tag: tag, on: channel) }
            consumerCancelled(channel)
        case .channelClosed(let channel, let replyCode, let reason):
            try wire.answerChannelClose(on: channel)
            try channelClosed(channel, replyCode, reason)
        case .connectionClosed(let replyCode, let reason):
            // Only courtesy: the connection ends whether or not the broker reads it.
            try? wire.answerConnectionClose()
            throw AMQPError(.refused, operation: "keep the connection", replyCode: replyCode, reason: reason)
        case .blocked: setBlocked(true)
        case .unblocked: setBlocked(false)
        case .flow(let channel, let isActive): try wire.answerFlow(isActive, on: channel)
        }
    }

    private func setBlocked(_ isBlocked: Bool) {
        isBlockedByBroker = isBlocked
        publisher.patienceSince = .now
        vitals.write { $0.isBlocked = isBlocked }
    }
}
