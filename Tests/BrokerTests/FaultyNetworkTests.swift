@testable import AMQP
import Glibc
import TestSupport
import Testing

/// Publishing and consuming over a network that a proxy makes bad.
@Suite("Over a bad network", .timeLimit(.minutes(3)))
struct FaultyNetworkTests {
    /// A connection through a proxy with a short heartbeat, a queue on it, and the end of both.
    private func withProxy(
        _ body: (FaultProxy, Connection, Queue) async throws -> Void
    ) async throws {
        let broker = try await Broker.shared()
        var options = try broker.options()
        let proxy = try FaultProxy(to: Int(options.port), seed: 1)
        options.port = UInt16(proxy.port)
        options.heartbeat = .seconds(1)
        let connection = try await Connection.open(options)
        let queue = temporaryQueue()
        try await connection.declareQueue(queue)
        try await body(proxy, connection, queue)
        await connection.close()
        proxy.stop()
    }

    private func body(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 >> 5) } }

    @Test("Frames cut into the smallest slices, both ways, arrive whole", arguments: [1, 7, 4_093])
    func slices(bytes: Int) async throws {
        try await self.withProxy { proxy, connection, queue in
            proxy.set(.slicer(bytes: bytes, pause: .zero))
            let body = self.body(bytes * 300)
            try await connection.publish(Message(body: body), to: .queue(queue.name), mandatory: true)
            #expect(try await connection.get(queue.name)?.message.body == body)
        }
    }

    @Test("Late answers are waited for")
    func latency() async throws {
        try await self.withProxy { proxy, connection, queue in
            proxy.set(.latency(.milliseconds(150), jitter: .milliseconds(100)))
            for number in 0..<3 {
                try await connection.publish(Message(text: "\(number)"), to: .queue(queue.name), mandatory: true)
            }
            for number in 0..<3 { #expect(try await connection.get(queue.name)?.message.text == "\(number)") }
        }
    }

    @Test("Two megabytes over a narrow line take longer than two heartbeats and arrive")
    func narrow() async throws {
        try await self.withProxy { proxy, connection, queue in
            let body = self.body(2 << 20)
            proxy.set(.bandwidth(bytesPerSecond: 700_000))
            let start = ContinuousClock.now
            try await connection.publish(Message(body: body), to: .queue(queue.name), mandatory: true)
            #expect(start.duration(to: .now) > .seconds(2))
            #expect(try await connection.get(queue.name)?.message.body == body)
        }
    }

    @Test("A consumer asked for on a connection that is gone, before anybody has noticed, fails as lost")
    func consumeOnBrokenWire() async throws {
        try await self.withProxy { proxy, connection, queue in
            let error = await failure { () throws(AMQPError) in
                try await connection.consume(queue.name, afterLoss: { proxy.stop() })
            }
            #expect(error?.code == .lost)
            #expect(await connection.waitUntilClosed().code == .lost)
        }
    }

    @Test("A reset in the middle of a publish fails what was under way as lost, at once", arguments: [1, 60, 100_000])
    func reset(byte: Int) async throws {
        try await self.withProxy { proxy, connection, queue in
            proxy.set(.resetPeer, .up, .afterBytes(byte))
            let start = ContinuousClock.now
            let codes = await withTaskGroup(of: AMQPError.Code?.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        await failure { () throws(AMQPError) in
                            let message = Message(body: [UInt8](repeating: 1, count: 50_000))
                            try await connection.publish(message, to: .queue(queue.name), mandatory: true)
                        }?.code
                    }
                }
                return await group.reduce(into: [AMQPError.Code?]()) { $0.append($1) }
            }
            #expect(codes.contains(.lost))
            #expect(codes.allSatisfy { $0 == .lost || (byte > 50_000 && $0 == nil) }, "\(codes)")
            #expect(await connection.waitUntilClosed().code == .lost)
            #expect(start.duration(to: .now) < .seconds(30))
        }
    }

    @Test(
        "When nothing comes back any more the connection counts as lost after two heartbeats",
        arguments: [ProxyFault.drop, .timeout]
    )
    func silence(fault: ProxyFault) async throws {
        try await self.withProxy { proxy, connection, queue in
            // The publishing channel is open from here on.
            try await connection.publish(Message(text: "w"), to: .queue(queue.name), mandatory: true)
            let other = try await Broker.shared().connect()
            #expect(try await other.get(queue.name)?.message.text == "w")
            proxy.set(fault, .down)
            let start = ContinuousClock.now
            let error = await failure { () throws(AMQPError) in
                try await connection.publish(Message(text: "x"), to: .queue(queue.name), mandatory: true)
            }
            #expect(error?.code == .lost)
            let taken = start.duration(to: .now)
            #expect(taken > .milliseconds(900) && taken < .seconds(30), "\(taken)")
            #expect(try await other.get(queue.name)?.message.text == "x")
            await other.close()
        }
    }

    @Test("Deliveries that were cut off with their connection come again")
    func redelivery() async throws {
        try await self.withProxy { proxy, connection, queue in
            try await connection.publish(Message(text: "x"), to: .queue(queue.name), mandatory: true)
            let deliveries = try await connection.consume(queue.name, prefetch: 1, exclusive: false)
            var iterator = deliveries.makeAsyncIterator()
            let delivery = try #require(await iterator.next())
            proxy.set(.drop, .up)
            delivery.settle(.acknowledge)
            #expect(await connection.waitUntilClosed().code == .lost || proxy.connections == 0)
            proxy.heal()
            #expect(await iterator.next() == nil)
            let other = try await Broker.shared().connect()
            var again: Delivery?
            try await eventually(within: .seconds(20), "it again") {
                again = try await other.get(queue.name)
                return again != nil
            }
            #expect(again?.isRedelivered == true)
            again?.settle(.acknowledge)
            await other.close()
        }
    }

    @Test("A broker that takes nobody is unreachable")
    func refused() async throws {
        let broker = try await Broker.shared()
        var options = try broker.options()
        let proxy = try FaultProxy(to: Int(options.port), seed: 1)
        options.port = UInt16(proxy.port)
        proxy.set(.down)
        let attempt = options
        let error = await failure { () throws(AMQPError) in _ = try await Connection.open(attempt) }
        #expect(error?.code == .unreachable)
        proxy.heal()
        let connection = try await Connection.open(options)
        await connection.close()
    }
}

extension Connection {
    /// Asks for a consumer when the socket is broken already, with no turn of the loop in between.
    fileprivate func consume(_ queue: String, afterLoss lose: () -> Void) async throws(AMQPError) {
        lose()
        var socket = pollfd(fd: wire?.descriptor ?? -1, events: 0, revents: 0)
        unsafe poll(&socket, 1, 5_000)  // blocks the connection's own thread, and nobody else
        _ = try await consume(queue, prefetch: 1, exclusive: false)
    }
}
