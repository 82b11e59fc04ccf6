@testable import AMQP
import TestSupport
import Testing

@Suite("Declaring", .timeLimit(.minutes(2)))
struct TopologyTests {
    @Test("Exchanges, queues and bindings carry a message")
    func path() async throws {
        try await withConnection { connection in
            let (first, second) = (Broker.unique("first"), Broker.unique("second"))
            let queue = temporaryQueue()
            try await connection.declareExchange(Exchange(name: first, kind: .topic, isDurable: false))
            try await connection.declareExchange(
                Exchange(name: second, kind: .direct, isDurable: false, isAutoDelete: true, isInternal: true)
            )
            #expect(try await connection.declareQueue(queue).messages == 0)
            let hop = Binding(source: first, destination: second, routingKey: "a.#")
            let last = Binding(source: second, destination: queue.name, routingKey: "a.b")
            try await connection.bindExchange(hop)
            try await connection.bind(last)
            let destination = Destination(exchange: first, routingKey: "a.b")
            try await connection.publish(Message(text: "x"), to: destination, mandatory: true)
            #expect(
                try await connection.checkQueue(queue.name) == QueueStatus(name: queue.name, messages: 1, consumers: 0)
            )
            try await connection.unbind(last)
            try await connection.unbindExchange(hop)
            let error = await failure { () throws(AMQPError) in
                try await connection.publish(Message(text: "x"), to: destination, mandatory: true)
            }
            #expect(error?.code == .unroutable)
            try await connection.deleteExchange(first)
            try await connection.deleteQueue(queue.name)
        }
    }

    @Test("A queue can be emptied")
    func purging() async throws {
        try await withConnection { connection in
            let queue = temporaryQueue()
            try await connection.declareQueue(queue)
            for _ in 0..<3 { try await connection.publish(Message(text: "x"), to: .queue(queue.name), mandatory: true) }
            #expect(try await connection.purge(queue.name) == 3)
            #expect(try await connection.checkQueue(queue.name).messages == 0)
        }
    }

    @Test("The broker names a queue that has no name")
    func namedByBroker() async throws {
        try await withConnection { connection in
            let status = try await connection.declareQueue(Queue(name: "", isDurable: false, isExclusive: true))
            #expect(status.name.hasPrefix("amq.gen"))
        }
    }

    @Test("What is missing is a 404 to the asker only")
    func missing() async throws {
        try await withConnection { connection in
            let queue = temporaryQueue()
            try await connection.declareQueue(queue)
            async let missingQueue = failure { () throws(AMQPError) in
                _ = try await connection.checkQueue(Broker.unique("missing"))
            }
            async let missingExchange = failure { () throws(AMQPError) in
                try await connection.checkExchange(Broker.unique("missing"))
            }
            async let present = connection.checkQueue(queue.name)
            for error in await [missingQueue, missingExchange] {
                #expect(error?.code == .channelClosed)
                #expect(error?.replyCode == 404)
            }
            #expect(try await present.name == queue.name)
            #expect(try await connection.checkQueue(queue.name).name == queue.name)
            try await connection.publish(Message(text: "x"), to: .queue(queue.name), mandatory: true)
        }
    }

    @Test("A declaration that contradicts what is there is a 406")
    func inequivalent() async throws {
        try await withConnection { connection in
            var queue = temporaryQueue()
            try await connection.declareQueue(queue)
            try await connection.declareQueue(queue)
            queue.arguments["x-max-length"] = .int32(5)
            let error = await failure { [queue] () throws(AMQPError) in try await connection.declareQueue(queue) }
            #expect(error?.code == .channelClosed)
            #expect(error?.replyCode == 406)
            #expect(error?.operation == "declare queue \(queue.name)")
        }
    }

    @Test("A name that is too long is refused here, and the connection lives")
    func longName() async throws {
        try await withConnection { connection in
            let long = String(repeating: "x", count: 256)
            let check = await failure { () throws(AMQPError) in _ = try await connection.checkQueue(long) }
            let declare = await failure { () throws(AMQPError) in
                try await connection.declareQueue(Queue(name: "x", arguments: [long: .void]))
            }
            let consume = await failure { () throws(AMQPError) in
                _ = try await connection.consume(long, prefetch: 1, exclusive: false)
            }
            #expect([check, declare, consume].map { $0?.code } == [.invalid, .invalid, .invalid])
            try await connection.checkExchange("amq.topic")
        }
    }

    @Test("A lock is claimed, denied to others and to its holder, and released")
    func lock() async throws {
        let name = Broker.unique("lock")
        try await withConnection { holder in
            try await withConnection { other in
                #expect(try await holder.claimExclusiveQueue(name))
                #expect(try await !holder.claimExclusiveQueue(name))
                #expect(try await !other.claimExclusiveQueue(name))
                #expect(try await other.claimExclusiveQueue(Broker.unique("lock")))
                try await other.releaseExclusiveQueue(name)
                #expect(try await !other.claimExclusiveQueue(name))
                try await holder.releaseExclusiveQueue(name)
                #expect(try await other.claimExclusiveQueue(name))
                #expect(try await !holder.claimExclusiveQueue(name))
            }
            try await eventually("the lock's release by the end of its connection") {
                try await holder.claimExclusiveQueue(name)
            }
        }
    }
}
