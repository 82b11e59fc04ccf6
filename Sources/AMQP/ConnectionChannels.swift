extension Connection {
    /// Sends a request on the channel of that purpose, which is opened if it is not, and waits for the answer.
    func call(_ method: Method, on purpose: Channel.Purpose, within time: Duration? = nil)
        async throws(AMQPError) -> Reply
    {
        try checkAlive(method)
        if channels[Int(purpose.rawValue)] == nil { open(purpose, number: purpose.rawValue) }
        return try await call(method, onChannel: purpose.rawValue, within: time ?? options.callTimeout)
    }

    /// Sends a request on a channel that is there, and waits for the answer.
    func call(_ method: Method, onChannel number: UInt16, within time: Duration) async throws(AMQPError) -> Reply {
        try checkAlive(method)
        guard channels[Int(number)] != nil else {
            throw AMQPError(.channelClosed, operation: method.summary, reason: "the channel is gone")
        }
        let id = nextWait()
        let deadline = ContinuousClock.now + time
        let result = await withCheckedContinuation { waiter in
            channels[Int(number)]?.calls.append(Call(id: id, method: method, deadline: deadline, waiter: waiter))
            advance(number)
        }
        return try result.get()
    }

    private func checkAlive(_ method: Method) throws(AMQPError) {
        if let failure { throw failure.during(method.summary) }
        if isClosing, !method.isFarewell {
            throw AMQPError(.closed, operation: method.summary, reason: "it is being closed here")
        }
        guard let defect = method.defect(frameSize: wire?.frameSizeMax ?? options.frameSizeMax) else { return }
        throw AMQPError(.invalid, operation: method.summary, reason: defect)
    }

    /// Puts a channel into place; its opening goes out ahead of what is asked of it.
    ///
    /// When that cannot be sent the connection has failed, and the place is gone, once this returns.
    func open(_ purpose: Channel.Purpose, number: UInt16, waiting: [Call] = [], for deliveries: Deliveries? = nil) {
        lastEpoch += 1
        var channel = Channel(
            purpose,
            epoch: lastEpoch,
            bytesMax: options.messageBytesMax,
            headBytesMax: options.headBytesMax
        )
        channel.deliveries = deliveries
        let preparation: [Method] = purpose == .publishing ? [.openChannel, .selectConfirms] : [.openChannel]
        let deadline = ContinuousClock.now + options.callTimeout
        channel.calls = preparation.map { Call(id: 0, method: $0, deadline: deadline, isInternal: true) } + waiting
        while channels.count <= Int(number) { channels.append(nil) }
        channels[Int(number)] = channel
        advance(number)
    }

    /// Sends the first request of the line if nothing stands before it.
    func advance(_ number: UInt16) {
        guard let wire, let method = channels[Int(number)]?.due else { return }
        channels[Int(number)]?.calls[0].isSent = true
        do throws(AMQPError) { try wire.send(method, on: number) } catch { fail(error) }
    }

    /// The broker answered a request.
    func answer(_ number: UInt16, _ method: UInt32, _ reply: Reply) throws(AMQPError) {
        guard Int(number) < channels.count, let call = channels[Int(number)]?.answered(by: method) else { return }
        switch call.method {
        case .openChannel: channels[Int(number)]?.state = .open
        case .closeChannel: channels[Int(number)] = nil
        default: break
        }
        call.waiter?.resume(returning: .success(reply))
        advance(number)
        if let failure { throw failure }
    }

    /// The broker closed a channel: whoever caused it hears why, the others wait for the new one.
    func channelClosed(_ number: UInt16, _ replyCode: UInt16, _ reason: String) throws(AMQPError) {
        guard Int(number) < channels.count, var channel = channels[Int(number)], channel.state != .closing else {
            return
        }
        var error = AMQPError(.channelClosed, operation: "use a channel", replyCode: replyCode, reason: reason)
        if let culprit = channel.calls.first, culprit.isSent {
            guard !culprit.isInternal else { throw error.during(culprit.method.summary) }
            channel.calls.removeFirst()
            error = error.during(culprit.method.summary)
            culprit.waiter?.resume(returning: .failure(error))
        }
        arrivedOn.removeAll { $0 == number }
        switch channel.purpose {
        case .consuming:
            channels[Int(number)] = nil
            channel.deliveries?.finish(error)
            for call in channel.calls { call.waiter?.resume(returning: .failure(error.during(call.method.summary))) }
        case .publishing:
            publishingClosed(error)
            open(.publishing, number: number)
        case .administration, .locking, .fetching:
            open(channel.purpose, number: number, waiting: channel.calls)
        case .control:
            throw error
        }
        if let failure { throw failure }
    }

    /// Fails the requests whose time is over; one that is on the wire keeps its place, as its answer may yet come.
    func expireCalls(_ now: ContinuousClock.Instant) throws(AMQPError) {
        for index in channels.indices {
            guard let calls = channels[index]?.calls, calls.contains(where: { $0.deadline <= now }) else { continue }
            for call in calls where call.deadline <= now {
                let (operation, reason) = (call.method.summary, "the broker did not answer in time")
                guard !call.isInternal || isBlockedByBroker else {
                    throw AMQPError(.lost, operation: operation, reason: reason)
                }
                let error = AMQPError(.timedOut, operation: operation, reason: reason)
                call.waiter?.resume(returning: .failure(error))
            }
            channels[index]?.calls = calls.compactMap { Connection.expired($0, now) }
        }
    }

    private static func expired(_ call: Call, _ now: ContinuousClock.Instant) -> Call? {
        guard call.deadline <= now else { return call }
        guard call.isSent || call.isInternal else { return nil }
        let deadline = now + lateAnswerTime
        return Call(
            id: call.id,
            method: call.method,
            deadline: deadline,
            isInternal: call.isInternal,
            isSent: call.isSent
        )
    }

    /// How long the place of a request is kept for an answer nobody waits for; it costs nothing but the place.
    static let lateAnswerTime = Duration.seconds(60)

    /// A free number for a consumer's channel.
    func freeChannel() throws(AMQPError) -> UInt16 {
        let first = Int(Channel.Purpose.firstConsumer)
        let free = channels.indices.first { $0 >= first && channels[$0] == nil } ?? channels.count
        let limit = wire.map { $0.channelMax == 0 ? Int(UInt16.max) : Int($0.channelMax) } ?? 0
        guard free <= limit else {
            throw AMQPError(.invalid, operation: "open a channel", reason: "all \(limit) channels are in use")
        }
        return UInt16(free)
    }
}
