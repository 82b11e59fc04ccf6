@testable import AMQP
import TestSupport
import Testing

@Suite("Publishing", .timeLimit(.minutes(3)))
struct PublishingTests {
    @Test("Every property and every kind of field comes back as it was sent")
    func roundTrip() async throws {
        try await withConnection { connection in
            let queue = temporaryQueue()
            try await connection.declareQueue(queue)
            let message = Message(body: Array(0...255), properties: PublishingTests.everything)
            try await connection.publish(message, to: .queue(queue.name), mandatory: true)
            let delivery = try #require(try await connection.get(queue.name))
            #expect(delivery.message == message)
            #expect(delivery.source == .queue(queue.name))
            #expect(delivery.queue == queue.name)
            delivery.settle(.acknowledge)
            #expect(try await connection.get(queue.name)?.message == nil)
        }
    }

    private static let everything = Properties(
        contentType: "application/json",
        contentEncoding: "identity",
        correlationID: "c",
        replyTo: "r",
        expiration: "60000",
        messageID: "m",
        type: "t",
        userID: "guest",
        appID: "a",
        headers: [
            "bool": .bool(true), "int8": .int8(-1), "uint8": .uint8(255), "int16": .int16(-2), "uint16": .uint16(65535),
            "int32": .int32(-3), "uint32": .uint32(.max), "int64": .int64(.min), "uint64": .uint64(1 << 40),
            "float": .float(1.5), "double": .double(-2.25), "decimal": .decimal(scale: 2, value: 314),
            "string": .string("äöü€"), "empty": .string(""), "bytes": .bytes([0, 255]),
            "time": .timestamp(1_700_000_000),
            "array": .array([.int32(1), .string("two"), .array([]), .table(["x": .void])]),
            "table": .table(["inner": .table(["deep": .bool(false)]), "none": .table([:])]), "void": .void,
        ],
        isPersistent: false,
        priority: 3,
        timestamp: 1_700_000_001
    )

    @Test("Bodies of any size pass, empty ones too", arguments: [0, 1, 65_536, 131_064, 131_065, 2_000_000])
    func sizes(count: Int) async throws {
        try await withConnection { connection in
            let queue = temporaryQueue()
            try await connection.declareQueue(queue)
            let body = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            try await connection.publish(Message(body: body), to: .queue(queue.name), mandatory: true)
            try await connection.publish(Message(text: "next"), to: .queue(queue.name), mandatory: true)
            #expect(try await connection.get(queue.name)?.message.body == body)
            #expect(try await connection.get(queue.name)?.message.text == "next")
        }
    }

    @Test("The largest body passes, in the smallest frames too", arguments: [131_072, 8_192])
    func largest(frameSizeMax: Int) async throws {
        var options = try await Broker.shared().options()
        (options.frameSizeMax, options.messageBytesMax) = (frameSizeMax, 2 << 20)
        let connection = try await Connection.open(options)
        let queue = temporaryQueue()
        try await connection.declareQueue(queue)
        let body = [UInt8](repeating: 7, count: options.messageBytesMax)
        try await connection.publish(Message(body: body), to: .queue(queue.name), mandatory: true)
        #expect(try await connection.get(queue.name)?.message.body == body)
        await connection.close()
    }

    @Test("Thousands are confirmed to as many tasks, each message once", arguments: ["classic", "quorum"])
    func pipelined(kind: String) async throws {
        try await withConnection { connection in
            let queue = temporaryQueue(arguments: ["x-queue-type": .string(kind)])
            try await connection.declareQueue(queue)
            try await withThrowingTaskGroup { group in
                for number in 0..<4000 {
                    group.addTask {
                        let message = Message(text: "\(number)")
                        try await connection.publish(message, to: .queue(queue.name), mandatory: true)
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await connection.checkQueue(queue.name).messages == 4000)
            let deliveries = try await connection.consume(queue.name, prefetch: 500, exclusive: false)
            var numbers: [Int] = []
            for await delivery in deliveries {
                numbers.append(Int(delivery.message.text) ?? -1)
                delivery.settle(.acknowledge)
                if numbers.count == 4000 { break }
            }
            #expect(numbers.sorted() == Array(0..<4000))
            await connection.cancel(deliveries)
            try await eventually { try await connection.checkQueue(queue.name).messages == 0 }
        }
    }

    @Test("Exactly the unroutable ones among many are told so, and the order of the others stays")
    func returnsAmongMany() async throws {
        try await withConnection { connection in
            let queue = temporaryQueue()
            try await connection.declareQueue(queue)
            let unroutable = try await withThrowingTaskGroup(of: Int?.self) { group in
                for number in 0..<1000 {
                    group.addTask {
                        let destination = number % 10 == 3 ? Destination.queue("no.\(queue.name)") : .queue(queue.name)
                        let error = await failure { () throws(AMQPError) in
                            try await connection.publish(Message(text: "x"), to: destination, mandatory: true)
                        }
                        if let error, error.code != .unroutable || error.replyCode != 312 { throw error }
                        return error == nil ? nil : number
                    }
                }
                return try await group.reduce(into: []) { $0 += $1.map { [$0] } ?? [] }
            }
            #expect(unroutable.sorted() == (0..<1000).filter { $0 % 10 == 3 })
            #expect(try await connection.checkQueue(queue.name).messages == 900)
        }
    }

    @Test("What is not mandatory may vanish without an error")
    func notMandatory() async throws {
        try await withConnection { connection in
            try await connection.publish(Message(text: "x"), to: .queue(Broker.unique("none")), mandatory: false)
        }
    }

    @Test("A missing exchange is a 404 to its publishers only, and publishing goes on")
    func missingExchange() async throws {
        try await withConnection { connection in
            let queue = temporaryQueue()
            try await connection.declareQueue(queue)
            let missing = Broker.unique("missing")
            for _ in 0..<3 {
                let error = await failure { () throws(AMQPError) in
                    try await connection.publish(
                        Message(text: "x"),
                        to: Destination(exchange: missing, routingKey: "k"),
                        mandatory: true
                    )
                }
                #expect(error?.code == .channelClosed)
                #expect(error?.replyCode == 404)
                #expect(!connection.hasEnded)
                try await connection.publish(Message(text: "x"), to: .queue(queue.name), mandatory: true)
            }
            #expect(try await connection.checkQueue(queue.name).messages == 3)
        }
    }

    @Test("A full queue that rejects is a nack")
    func nack() async throws {
        try await withConnection { connection in
            let queue = temporaryQueue(arguments: ["x-max-length": .int32(1), "x-overflow": .string("reject-publish")])
            try await connection.declareQueue(queue)
            try await connection.publish(Message(text: "x"), to: .queue(queue.name), mandatory: true)
            let error = await failure { () throws(AMQPError) in
                try await connection.publish(Message(text: "x"), to: .queue(queue.name), mandatory: true)
            }
            #expect(error?.code == .nacked)
            #expect(error?.isRetryable == true)
        }
    }

    @Test("What cannot be sent is refused, and the connection lives")
    func invalid() async throws {
        try await withConnection({ $0.messageBytesMax = 1000 }) { connection in
            let queue = temporaryQueue()
            try await connection.declareQueue(queue)
            let long = String(repeating: "k", count: 300)
            let huge = FieldValue.string(String(repeating: "v", count: 200_000))
            let messages = [
                Message(body: [UInt8](repeating: 0, count: 1001)),
                Message(body: [], properties: Properties(headers: [long: .void])),
                Message(body: [], properties: Properties(headers: ["k": huge])),
                Message(body: [], properties: Properties(correlationID: long)),
            ]
            for message in messages {
                let error = await failure { () throws(AMQPError) in
                    try await connection.publish(message, to: .queue(queue.name), mandatory: true)
                }
                #expect(error?.code == .invalid)
            }
            let key = await failure { () throws(AMQPError) in
                try await connection.publish(Message(text: "x"), to: .queue(long), mandatory: true)
            }
            #expect(key?.code == .invalid)
            try await connection.publish(Message(text: "x"), to: .queue(queue.name), mandatory: true)
            #expect(try await connection.checkQueue(queue.name).messages == 1)
        }
    }

    @Test("A window of one, in messages or bytes, still lets everything through", arguments: [true, false])
    func narrowWindow(isInMessages: Bool) async throws {
        try await withConnection({
            if isInMessages { $0.confirmWindowMessages = 1 } else { $0.confirmWindowBytes = 1 }
        }) { connection in
            let queue = temporaryQueue()
            try await connection.declareQueue(queue)
            try await withThrowingTaskGroup { group in
                for _ in 0..<50 {
                    group.addTask {
                        try await connection.publish(Message(text: "abc"), to: .queue(queue.name), mandatory: true)
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await connection.checkQueue(queue.name).messages == 50)
        }
    }

    @Test("A cancelled publish gives up, and the next ones are confirmed")
    func cancelled() async throws {
        try await withConnection { connection in
            let queue = temporaryQueue()
            try await connection.declareQueue(queue)
            // Cancelled below while its publish is under way.
            let publishing = Task {
                await failure { () throws(AMQPError) in
                    try await connection.publish(Message(text: "x"), to: .queue(queue.name), mandatory: true)
                }
            }
            publishing.cancel()
            #expect([nil, .timedOut].contains(await publishing.value?.code))
            for _ in 0..<10 {
                try await connection.publish(Message(text: "y"), to: .queue(queue.name), mandatory: true)
            }
        }
    }
}
