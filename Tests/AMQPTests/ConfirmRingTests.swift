@testable import AMQP
import Testing

@Suite("Confirms")
struct ConfirmRingTests {
    private static let start = ContinuousClock.now

    private static func ring(_ count: Int) -> ConfirmRing<Int> {
        var ring = ConfirmRing<Int>()
        guard count > 0 else { return ring }
        for number in 1...count {
            ring.append(
                .init(
                    waiter: number,
                    messageID: "m\(number)",
                    destination: .queue("q"),
                    byteCount: 10,
                    sentAt: start + .seconds(number)
                )
            )
        }
        return ring
    }

    @Test(
        "A confirm covers one publish or all up to it",
        arguments: [
            ([(1, false)], [1]), ([(3, false)], [3]), ([(3, true)], [1, 2, 3]), ([(2, false), (3, true)], [2, 1, 3]),
            ([(2, false), (2, false)], [2]), ([(3, true), (1, false)], [1, 2, 3]), ([(6, true)], []),
            ([(5, true), (5, true)], [1, 2, 3, 4, 5]), ([(0, false)], []),
        ] as [([(UInt64, Bool)], [Int])]
    )
    func confirming(confirms: [(UInt64, Bool)], told: [Int]) {
        var ring = ConfirmRingTests.ring(5)
        let waiters = confirms.flatMap { ring.confirm($0.0, isMultiple: $0.1) }.compactMap(\.waiter)
        #expect(waiters == told)
        #expect(ring.count == 5 - told.count)
        #expect(ring.byteCount == 10 * (5 - told.count))
    }

    @Test("A return marks its own publish among many")
    func returning() {
        var ring = ConfirmRingTests.ring(5)
        let error = AMQPError(.unroutable, operation: "", reason: "")
        let marks = [("m3", "q"), ("m3", "q"), ("m4", "other")].map { id, queue in
            ring.markReturned(messageID: id, destination: .queue(queue), error: error)
        }
        #expect(marks == [true, false, false])
        let returned = ring.confirm(5, isMultiple: true).filter { $0.returned != nil }.compactMap(\.waiter)
        #expect(returned == [3])
    }

    @Test("Whoever gives up leaves the place to the confirm that follows")
    func abandoning() {
        var ring = ConfirmRingTests.ring(3)
        #expect(ring.takeWaiter { $0.messageID == "m1" } == 1)
        #expect(ring.takeWaiter { $0.messageID == "m1" } == nil)
        #expect(ring.oldestSentAt == ConfirmRingTests.start + .seconds(2))
        #expect(ring.confirm(2, isMultiple: true).compactMap(\.waiter) == [2])
        #expect(ring.count == 1)
    }

    @Test("Numbering starts anew after a reset")
    func resetting() {
        var ring = ConfirmRingTests.ring(3)
        _ = ring.confirm(1, isMultiple: false)
        #expect(ring.reset().compactMap(\.waiter) == [2, 3])
        #expect(ring.count == 0)
        ring.append(.init(waiter: 9, messageID: nil, destination: .queue("q"), byteCount: 1, sentAt: .now))
        #expect(ring.confirm(1, isMultiple: false).compactMap(\.waiter) == [9])
    }

    @Test("Thousands confirmed out of order are each told once")
    func many() {
        var ring = ConfirmRingTests.ring(5000)
        var told: [Int] = []
        for number in stride(from: UInt64(2), through: 5000, by: 2) {
            told += ring.confirm(number, isMultiple: false).compactMap(\.waiter)
        }
        told += ring.confirm(4999, isMultiple: true).compactMap(\.waiter)
        #expect(told.sorted() == Array(1...5000))
        #expect(ring.count == 0)
    }
}
