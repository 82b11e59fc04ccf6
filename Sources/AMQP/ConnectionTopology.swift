extension Connection {
    /// Declares an exchange; no effect when it is there with the same properties.
    ///
    /// Throws `.channelClosed` with 406 when it is there with others, 403 without the right to.
    package func declareExchange(_ exchange: Exchange) async throws(AMQPError) {
        _ = try await call(.declareExchange(exchange), on: .administration)
    }

    /// Declares a queue and tells its state; no effect when it is there with the same properties.
    ///
    /// Throws `.channelClosed` with 406 when it is there with others, 405 when another connection holds it exclusively,
    /// 403 without the right to.
    @discardableResult
    package func declareQueue(_ queue: Queue) async throws(AMQPError) -> QueueStatus {
        try await status(.declareQueue(queue))
    }

    /// Lets messages flow from an exchange to a queue; no effect when they do.
    package func bind(_ binding: Binding) async throws(AMQPError) {
        _ = try await call(.bindQueue(binding), on: .administration)
    }

    /// Takes a binding of a queue away; no effect when there is none.
    package func unbind(_ binding: Binding) async throws(AMQPError) {
        _ = try await call(.unbindQueue(binding), on: .administration)
    }

    /// Lets messages flow from one exchange to another, RabbitMQ's extension "Exchange to Exchange Bindings".
    package func bindExchange(_ binding: Binding) async throws(AMQPError) {
        _ = try await call(.bindExchange(binding), on: .administration)
    }

    /// Takes a binding between exchanges away; no effect when there is none.
    package func unbindExchange(_ binding: Binding) async throws(AMQPError) {
        _ = try await call(.unbindExchange(binding), on: .administration)
    }

    /// Deletes a queue with all its messages; no effect when there is none.
    package func deleteQueue(_ name: String) async throws(AMQPError) {
        _ = try await call(.deleteQueue(name), on: .administration)
    }

    /// Deletes an exchange with its bindings; no effect when there is none.
    package func deleteExchange(_ name: String) async throws(AMQPError) {
        _ = try await call(.deleteExchange(name), on: .administration)
    }

    /// Drops the ready messages of a queue and returns how many there were.
    @discardableResult
    package func purge(_ queue: String) async throws(AMQPError) -> Int {
        try await status(.purgeQueue(queue)).messages
    }

    /// Tells the state of a queue without changing anything.
    ///
    /// Throws `.channelClosed` with 404 when there is none, 405 when another connection holds it exclusively.
    package func checkQueue(_ name: String) async throws(AMQPError) -> QueueStatus {
        try await status(.checkQueue(name))
    }

    /// Makes sure an exchange is there; throws `.channelClosed` with 404 when it is not.
    package func checkExchange(_ name: String) async throws(AMQPError) {
        _ = try await call(.checkExchange(name), on: .administration)
    }

    /// Takes a lock that the broker keeps: an exclusive queue of that name, on this connection.
    ///
    /// Returns false when another connection, or this one, holds it. The lock is a hint and not a proof: it ends with
    /// the connection, and a broker frees it while a frozen holder still believes in it.
    package func claimExclusiveQueue(_ name: String) async throws(AMQPError) -> Bool {
        guard claims.insert(name).inserted else { return false }
        let queue = Queue(name: name, isDurable: false, isExclusive: true)
        do throws(AMQPError) {
            _ = try await call(.declareQueue(queue), on: .locking)
            return true
        } catch {
            claims.remove(name)
            guard error.replyCode == 405 else { throw error }
            return false
        }
    }

    /// Gives a lock back; no effect when this connection does not hold it.
    package func releaseExclusiveQueue(_ name: String) async throws(AMQPError) {
        guard claims.contains(name) else { return }
        _ = try await call(.deleteQueue(name), on: .locking)
        claims.remove(name)
    }

    private func status(_ method: Method) async throws(AMQPError) -> QueueStatus {
        try await call(method, on: .administration).status ?? QueueStatus(name: "", messages: 0, consumers: 0)
    }
}
