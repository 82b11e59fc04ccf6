@testable import AMQP
import TestSupport
import Testing

@Suite("Consuming", .timeLimit(.minutes(3)))
struct ConsumingTests {
    /// A connection, a queue and so many messages "0", "1", … in it.
    private func withMessages(
        _ count: Int,
        arguments: FieldTable = [:],
        _ body: (Connection, String) async throws -> Void
    ) async throws {
        try await withConnection { connection in
            let queue = temporaryQueue(arguments: arguments)
            try await connection.declareQueue(queue)
            for number in 0..<count {
                try await connection.publish(Message(text: "\(number)"), to: .queue(queue.name), mandatory: true)
            }
            try await body(connection, queue.name)
        }
    }

    @Test("What is acknowledged is gone")
    func acknowledge() async throws {
        try await withMessages(3) { connection, queue in
            let deliveries = try await connection.consume(queue, prefetch: 10, exclusive: false)
            var iterator = deliveries.makeAsyncIterator()
            for number in 0..<3 {
                let delivery = try #require(await iterator.next())
                #expect(delivery.message.text == "\(number)")
                #expect(!delivery.isRedelivered)
                delivery.settle(.acknowledge)
                delivery.settle(.requeue)
            }
            await connection.cancel(deliveries)
            #expect(await iterator.next() == nil)
            #expect(deliveries.endReason == nil)
            #expect(try await connection.get(queue)?.message == nil)
        }
    }

    @Test("What is requeued comes again, with the flag and a quorum queue's count")
    func requeue() async throws {
        let quorum: FieldTable = ["x-queue-type": .string("quorum"), "x-delivery-limit": .int32(10)]
        try await withMessages(1, arguments: quorum) { connection, queue in
            var iterator = try await connection.consume(queue, prefetch: 1, exclusive: false).makeAsyncIterator()
            for count in 0..<3 {
                let delivery = try #require(await iterator.next())
                #expect(delivery.isRedelivered == (count > 0))
                #expect(delivery.deliveryCount == count)
                delivery.settle(.requeue)
            }
            try #require(await iterator.next()).settle(.acknowledge)
            try await eventually { try await connection.checkQueue(queue).messages == 0 }
        }
    }

    @Test("What is rejected goes to the dead letters")
    func reject() async throws {
        try await withConnection { connection in
            let dead = temporaryQueue()
            try await connection.declareQueue(dead)
            let queue = temporaryQueue(arguments: [
                "x-dead-letter-exchange": .string(""), "x-dead-letter-routing-key": .string(dead.name),
            ])
            try await connection.declareQueue(queue)
            try await connection.publish(Message(text: "x"), to: .queue(queue.name), mandatory: true)
            var iterator = try await connection.consume(queue.name, prefetch: 1, exclusive: false).makeAsyncIterator()
            try #require(await iterator.next()).settle(.reject)
            try await eventually { try await connection.checkQueue(dead.name).messages == 1 }
            let letter = try #require(try await connection.get(dead.name))
            guard case .array(let deaths)? = letter.message.properties.headers["x-death"],
                case .table(let death)? = deaths.first
            else {
                Issue.record("a dead letter without x-death")
                return
            }
            #expect(death["reason"]?.text == "rejected")
            #expect(death["count"]?.integer == 1)
        }
    }

    @Test("No more is out than the prefetch allows")
    func prefetch() async throws {
        try await withMessages(10) { connection, queue in
            let deliveries = try await connection.consume(queue, prefetch: 2, exclusive: false)
            var iterator = deliveries.makeAsyncIterator()
            let first = try #require(await iterator.next())
            let second = try #require(await iterator.next())
            #expect(try await connection.checkQueue(queue).messages == 8)
            second.settle(.acknowledge)
            #expect(try #require(await iterator.next()).message.text == "2")
            #expect(try await connection.checkQueue(queue).messages == 7)
            first.settle(.acknowledge)
        }
    }

    @Test("Cancelling gives unread messages back and lets read ones be settled")
    func cancelling() async throws {
        try await withMessages(5) { connection, queue in
            let deliveries = try await connection.consume(queue, prefetch: 5, exclusive: false)
            var iterator = deliveries.makeAsyncIterator()
            let read = try #require(await iterator.next())
            await connection.cancel(deliveries)
            #expect(await iterator.next() == nil)
            try await eventually { try await connection.checkQueue(queue).messages == 4 }
            read.settle(.acknowledge)
            await connection.cancel(deliveries)
            let next = try await connection.consume(queue, prefetch: 10, exclusive: false)
            var texts: [String] = []
            for await delivery in next {
                texts.append(delivery.message.text)
                delivery.settle(.acknowledge)
                if texts.count == 4 { break }
            }
            #expect(texts == ["1", "2", "3", "4"])
        }
    }

    @Test("Channels of cancelled consumers are used again")
    func channelsAreFreed() async throws {
        try await withMessages(0) { connection, queue in
            for _ in 0..<3 {
                let deliveries = try await connection.consume(queue, prefetch: 1, exclusive: false)
                #expect(deliveries.channel == Channel.Purpose.firstConsumer)
                await connection.cancel(deliveries)
                try await eventually { await connection.isFree(deliveries.channel) }
            }
        }
    }

    @Test("Deleting the queue ends the sequence and tells why")
    func queueDeleted() async throws {
        try await withMessages(1) { connection, queue in
            let deliveries = try await connection.consume(queue, prefetch: 5, exclusive: false)
            var iterator = deliveries.makeAsyncIterator()
            let read = try #require(await iterator.next())
            try await connection.deleteQueue(queue)
            #expect(await iterator.next() == nil)
            #expect(deliveries.endReason?.code == .consumerCancelled)
            read.settle(.acknowledge)
            try await connection.checkExchange("amq.topic")
        }
    }

    @Test("A missing queue is a 404, a second exclusive consumer a 403")
    func refused() async throws {
        try await withMessages(0) { connection, queue in
            let missing = await failure { () throws(AMQPError) in
                _ = try await connection.consume(Broker.unique("missing"), prefetch: 1, exclusive: false)
            }
            #expect(missing?.code == .channelClosed)
            #expect(missing?.replyCode == 404)
            let deliveries = try await connection.consume(queue, prefetch: 1, exclusive: true)
            let second = await failure { () throws(AMQPError) in
                _ = try await connection.consume(queue, prefetch: 1, exclusive: true)
            }
            #expect(second?.replyCode == 403)
            await connection.cancel(deliveries)
            let unlimited = await failure { () throws(AMQPError) in
                _ = try await connection.consume(queue, prefetch: 0, exclusive: false)
            }
            #expect(unlimited?.code == .invalid)
        }
    }

    @Test("Settling after the channel is gone does nothing to the next one")
    func staleSettlement() async throws {
        try await withMessages(2) { connection, queue in
            let deliveries = try await connection.consume(queue, prefetch: 1, exclusive: false)
            var iterator = deliveries.makeAsyncIterator()
            let old = try #require(await iterator.next())
            // An unknown tag makes the broker close the channel, as it closes one whose delivery is overdue.
            try await connection.acknowledgeUnknownTag(on: deliveries.channel)
            #expect(await iterator.next() == nil)
            #expect(deliveries.endReason?.replyCode == 406)
            let again = try await connection.consume(queue, prefetch: 1, exclusive: false)
            #expect(again.channel == deliveries.channel)
            var next = again.makeAsyncIterator()
            let redelivered = try #require(await next.next())
            #expect(redelivered.isRedelivered)
            // Both have tag 1. The old one must not settle the new one, which therefore comes a third time.
            old.settle(.reject)
            redelivered.settle(.requeue)
            #expect(try #require(await next.next()).message.text == "0")
        }
    }

    @Test("Settling after the connection is closed does nothing")
    func settleAfterClose() async throws {
        let connection = try await Broker.shared().connect()
        let queue = temporaryQueue()
        try await connection.declareQueue(queue)
        try await connection.publish(Message(text: "x"), to: .queue(queue.name), mandatory: true)
        let deliveries = try await connection.consume(queue.name, prefetch: 1, exclusive: false)
        var iterator = deliveries.makeAsyncIterator()
        let delivery = try #require(await iterator.next())
        await connection.close()
        delivery.settle(.acknowledge)
        #expect(await iterator.next() == nil)
        #expect(deliveries.endReason?.code == .closed)
        try await withConnection { other in
            let redelivered = try await other.get(queue.name)
            #expect(redelivered?.isRedelivered == true)
        }
    }

    @Test("Acknowledgements made just before the close reach a quorum queue")
    func acknowledgedBeforeClose() async throws {
        let queue = temporaryQueue(arguments: ["x-queue-type": .string("quorum")])
        try await withConnection { connection in
            try await connection.declareQueue(queue)
            try await withThrowingTaskGroup { group in
                for _ in 0..<1000 {
                    group.addTask {
                        try await connection.publish(Message(text: "x"), to: .queue(queue.name), mandatory: true)
                    }
                }
                try await group.waitForAll()
            }
            var left = 1000
            for await delivery in try await connection.consume(queue.name, prefetch: 1000, exclusive: false) {
                delivery.settle(.acknowledge)
                left -= 1
                if left == 0 { break }
            }
        }
        try await withConnection { connection in
            let status = try await connection.checkQueue(queue.name)
            #expect(status.messages == 0)
        }
    }

    @Test("Of a message over the limit the beginning arrives with its true size, and stays the consumer's to settle")
    func oversized() async throws {
        try await withConnection { publishing in
            let queue = temporaryQueue()
            try await publishing.declareQueue(queue)
            let large = Message(body: [UInt8](repeating: 1, count: 300_000), properties: Properties(messageID: "large"))
            try await publishing.publish(large, to: .queue(queue.name), mandatory: true)
            try await publishing.publish(Message(text: "small"), to: .queue(queue.name), mandatory: true)
            let change = { (options: inout ConnectionOptions) in
                (options.messageBytesMax, options.headBytesMax) = (1000, 10)
            }
            try await withConnection(change) { consuming in
                let got = try #require(try await consuming.get(queue.name))
                #expect(got.message.isTruncated)
                got.settle(.requeue)
                var iterator = try await consuming.consume(queue.name, prefetch: 5, exclusive: false)
                    .makeAsyncIterator()
                let first = try #require(await iterator.next())
                #expect(first.message.body == [UInt8](repeating: 1, count: 10) && first.message.size == 300_000)
                #expect(first.message.properties.messageID == "large")
                let second = try #require(await iterator.next())
                #expect(second.message.text == "small" && !second.message.isTruncated)
                first.settle(.requeue)
                second.settle(.acknowledge)
            }
            try await eventually("what was handed back") { try await publishing.checkQueue(queue.name).messages == 1 }
        }
    }

    @Test("Cancelling the reading task ends its wait")
    func cancelledTask() async throws {
        try await withMessages(0) { connection, queue in
            let deliveries = try await connection.consume(queue, prefetch: 1, exclusive: false)
            // Cancelled in the next line, which is what is tested.
            let reading = Task { for await _ in deliveries {} }
            reading.cancel()
            await reading.value
            await connection.cancel(deliveries)
        }
    }
}

extension Connection {
    fileprivate func isFree(_ channel: UInt16) -> Bool {
        channels[Int(channel)] == nil
    }

    fileprivate func acknowledgeUnknownTag(on channel: UInt16) throws(AMQPError) {
        try wire?.send(Acknowledgement(tag: 4711, settlement: .acknowledge, isMultiple: false), on: channel)
    }
}
