@testable import AMQP
import Testing

@Suite("The confirm window")
struct PublisherTests {
    @Test(
        "The window closes by messages or by bytes, and one large message goes alone",
        arguments: [
            ([], 10, true), ([], 1000, true), ([10], 90, true), ([10], 91, false), ([50, 50], 0, true),
            ([1, 1, 1], 1, false), ([1000], 0, false),
        ] as [([Int], Int, Bool)]
    )
    func window(underway: [Int], next: Int, isOpen: Bool) {
        var options = ConnectionOptions(host: "h", port: 1, credentials: .external)
        options.confirmWindowMessages = 3
        options.confirmWindowBytes = 100
        var publisher = Publisher()
        for byteCount in underway {
            publisher.confirms.append(
                .init(waiter: nil, messageID: nil, destination: .queue("q"), byteCount: byteCount, sentAt: .now)
            )
        }
        #expect(publisher.hasWindow(for: next, options) == isOpen)
        publisher.unsent = ([1, 2], 1)
        #expect(!publisher.hasWindow(for: next, options))
    }

    @Test("A closed channel is blamed on publishes to the exchange it names")
    func verdicts() {
        let closed = AMQPError(
            .channelClosed,
            operation: "",
            replyCode: 404,
            reason: "NOT_FOUND - no exchange 'a' in vhost '/'"
        )
        let guilty = Publisher.verdict(on: Destination(exchange: "a", routingKey: "k"), closed: closed)
        #expect(guilty.code == .channelClosed)
        #expect(guilty.replyCode == 404)
        let innocent = Publisher.verdict(on: Destination(exchange: "b", routingKey: "k"), closed: closed)
        #expect(innocent.code == .lost)
        let other = AMQPError(.channelClosed, operation: "", replyCode: 406, reason: "PRECONDITION_FAILED - size")
        #expect(Publisher.verdict(on: .queue("q"), closed: other).code == .channelClosed)
    }
}
