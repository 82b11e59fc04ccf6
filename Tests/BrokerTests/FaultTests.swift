@testable import AMQP
import TestSupport
import Testing

/// One private broker for all of them, in turn, as each does something to it.
@Suite("When the broker fails", .serialized, .timeLimit(.minutes(5)))
struct FaultTests {
    // Started once for all tests of the suite; it ends with the process.
    private static let starting = Task { try await Broker.private() }

    private func connect(_ broker: Broker, heartbeat: Duration = .seconds(10)) async throws -> Connection {
        var options = try broker.options()
        options.heartbeat = heartbeat
        return try await Connection.open(options)
    }

    @Test("While the broker is short of memory publishes wait, and another connection goes on consuming")
    func blocked() async throws {
        let broker = try await FaultTests.starting.value
        let publishing = try await connect(broker)
        let consuming = try await connect(broker)
        let queue = temporaryQueue()
        try await publishing.declareQueue(queue)
        for _ in 0..<10 { try await publishing.publish(Message(text: "x"), to: .queue(queue.name), mandatory: true) }
        try await broker.control("set_vm_memory_high_watermark", "absolute", "1MB")
        // Has to wait beside the test until the alarm is over; its value is awaited below.
        let waiting = Task {
            for _ in 0..<10 {
                try await publishing.publish(Message(text: "y"), to: .queue(queue.name), mandatory: true)
            }
        }
        try await eventually("the alarm") { publishing.isBlocked }
        var iterator = try await consuming.consume(queue.name, prefetch: 2, exclusive: false).makeAsyncIterator()
        for _ in 0..<10 {
            let delivery = try #require(await iterator.next())
            #expect(delivery.message.text == "x")
            delivery.settle(.acknowledge)
        }
        #expect(publishing.isBlocked)
        try await broker.control("set_vm_memory_high_watermark", "0.6")
        try await waiting.value
        #expect(!publishing.isBlocked)
        #expect(await iterator.next()?.message.text == "y")
        await consuming.close()
        await publishing.close()
    }

    @Test("A frozen broker counts as lost after two heartbeats, whatever is being sent")
    func frozen() async throws {
        let broker = try await FaultTests.starting.value
        let idle = try await connect(broker, heartbeat: .seconds(1))
        let busy = try await connect(broker, heartbeat: .seconds(1))
        let queue = temporaryQueue()
        try await busy.declareQueue(queue)
        try broker.pause()
        defer { try? broker.resume() }
        let start = ContinuousClock.now
        async let publish = failure { () throws(AMQPError) in
            // More than the sockets on both sides hold, so that a blocking send would hang.
            try await withSomeTasks(8) { () async throws(AMQPError) in
                let message = Message(body: [UInt8](repeating: 0, count: 3_000_000))
                try await busy.publish(message, to: .queue(queue.name), mandatory: true)
            }
        }
        let ends = await [idle.waitUntilClosed(), busy.waitUntilClosed()]
        #expect(ends.map(\.code) == [.lost, .lost])
        #expect(await publish?.code == .lost)
        let taken = start.duration(to: .now)
        #expect(taken > .seconds(1) && taken < .seconds(30))
        #expect(idle.lastFrameAge >= .seconds(2))
    }

    @Test("A consumer that was started too late takes nothing: what it got goes back once, and the queue is free")
    func lateConsumer() async throws {
        let broker = try await FaultTests.starting.value
        var options = try broker.options()
        options.heartbeat = .seconds(30)
        options.callTimeout = .seconds(1)
        let connection = try await Connection.open(options)
        let queue = temporaryQueue()
        try await connection.declareQueue(queue)
        for _ in 0..<5 { try await connection.publish(Message(text: "x"), to: .queue(queue.name), mandatory: true) }
        try await broker.tell("suspend", queue.name)
        let error = await failure { () throws(AMQPError) in
            _ = try await connection.consume(queue.name, prefetch: 5, exclusive: false)
        }
        try await broker.tell("resume", queue.name)
        #expect(error?.code == .timedOut)
        try await eventually("a queue that is free and whole") {
            let status = try await connection.checkQueue(queue.name)
            return status.consumers == 0 && status.messages == 5
        }
        #expect(!connection.hasEnded)
        await connection.close()
    }

    @Test("A killed broker fails what waits, ends every sequence and tells the supervisor")
    func killed() async throws {
        let broker = try await FaultTests.starting.value
        let connection = try await connect(broker)
        let queue = temporaryQueue()
        try await connection.declareQueue(queue)
        try await connection.publish(Message(text: "held"), to: .queue(queue.name), mandatory: true)
        let deliveries = try await connection.consume(queue.name, prefetch: 1, exclusive: false)
        var iterator = deliveries.makeAsyncIterator()
        let held = try #require(await iterator.next())
        try broker.pause()
        async let pending = failure { () throws(AMQPError) in
            try await connection.publish(Message(text: "y"), to: .queue(queue.name), mandatory: true)
        }
        async let asking = failure { () throws(AMQPError) in _ = try await connection.checkQueue(queue.name) }
        async let end = connection.waitUntilClosed()
        try await broker.kill9()
        #expect(await [pending?.code, asking?.code, end.code] == [.lost, .lost, .lost])
        #expect(await iterator.next() == nil)
        #expect(deliveries.endReason?.code == .lost)
        held.settle(.acknowledge)
        await connection.close()
        try await broker.start()
        let next = try await connect(broker)
        try await next.declareQueue(queue)
        try await next.publish(Message(text: "z"), to: .queue(queue.name), mandatory: true)
        #expect(try await next.get(queue.name)?.message.text == "z")
        await next.close()
    }

    @Test("A broker that stops in good order says so")
    func stopped() async throws {
        let broker = try await FaultTests.starting.value
        let connection = try await connect(broker)
        async let end = connection.waitUntilClosed()
        try await broker.stop()
        let error = await end
        #expect(error.code == .refused)
        #expect(error.replyCode == 320)
        #expect(error.isRetryable)
        try await broker.start()
    }
}

extension Broker {
    /// Has a queue's own process stop or go on, as one that has no leader for a while.
    fileprivate func tell(_ word: String, _ queue: String) async throws {
        let name = "rabbit_misc:r(<<\"/\">>, queue, <<\"\(queue)\">>)"
        try await self.control("eval", "{ok, Q} = rabbit_amqqueue:lookup(\(name)), sys:\(word)(amqqueue:get_pid(Q)).")
    }
}

/// Runs the operation in so many tasks and throws the first error.
private func withSomeTasks(
    _ count: Int,
    _ operation: @escaping @Sendable () async throws(AMQPError) -> Void
) async throws(AMQPError) {
    let results = await withTaskGroup(of: AMQPError?.self) { group in
        for _ in 0..<count { group.addTask { await failure(of: operation) } }
        return await group.reduce(into: [AMQPError?]()) { $0.append($1) }
    }
    if let error = results.compactMap({ $0 }).first { throw error }
}
