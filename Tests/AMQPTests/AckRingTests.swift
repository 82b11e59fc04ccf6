@testable import AMQP
import Testing

@Suite("Acknowledgements")
struct AckRingTests {
    /// Tags delivered, then settlements in the order given, then what is told.
    struct Case: Sendable {
        let name: String
        let delivered: UInt64
        let settled: [(UInt64, Settlement)]
        let told: [Acknowledgement]
    }

    private static func ack(_ tag: UInt64, multiple: Bool = false) -> Acknowledgement {
        Acknowledgement(tag: tag, settlement: .acknowledge, isMultiple: multiple)
    }

    private static func single(_ tag: UInt64, _ settlement: Settlement) -> Acknowledgement {
        Acknowledgement(tag: tag, settlement: settlement, isMultiple: false)
    }

    private static let cases = [
        Case(name: "nothing", delivered: 3, settled: [], told: []),
        Case(name: "one", delivered: 3, settled: [(1, .acknowledge)], told: [ack(1)]),
        Case(
            name: "a run in any order is one frame",
            delivered: 4,
            settled: [(3, .acknowledge), (1, .acknowledge), (2, .acknowledge)],
            told: [ack(3, multiple: true)]
        ),
        Case(name: "behind a gap singly", delivered: 3, settled: [(3, .acknowledge)], told: [ack(3)]),
        Case(
            name: "a run, then behind a gap",
            delivered: 5,
            settled: [(1, .acknowledge), (2, .acknowledge), (4, .acknowledge)],
            told: [ack(2, multiple: true), ack(4)]
        ),
        Case(
            name: "others in the run go first and singly",
            delivered: 4,
            settled: [(1, .acknowledge), (2, .reject), (3, .requeue), (4, .acknowledge)],
            told: [single(2, .reject), single(3, .requeue), ack(4, multiple: true)]
        ),
        Case(
            name: "a multiple tag is one that was acknowledged",
            delivered: 2,
            settled: [(1, .acknowledge), (2, .reject)],
            told: [single(2, .reject), ack(1)]
        ),
        Case(
            name: "the first settlement counts",
            delivered: 1,
            settled: [(1, .reject), (1, .acknowledge)],
            told: [single(1, .reject)]
        ),
        Case(name: "unknown tags do nothing", delivered: 1, settled: [(0, .acknowledge), (2, .acknowledge)], told: []),
    ]

    @Test("Settlements are told in the fewest frames", arguments: cases)
    func flushing(expected: Case) {
        var ring = AckRing()
        for tag in 1...expected.delivered { _ = ring.add(tag) }
        for (tag, settlement) in expected.settled { ring.settle(tag, settlement) }
        #expect(ring.flush() == expected.told, "\(expected.name)")
        #expect(ring.flush().isEmpty)
    }

    @Test("What was told behind a gap is not told again")
    func gap() {
        var ring = AckRing()
        for tag in 1...UInt64(4) { _ = ring.add(tag) }
        ring.settle(2, .acknowledge)
        #expect(ring.flush() == [AckRingTests.ack(2)])
        ring.settle(1, .acknowledge)
        ring.settle(2, .acknowledge)
        ring.settle(3, .acknowledge)
        #expect(ring.flush() == [AckRingTests.ack(3, multiple: true)])
        #expect(ring.outstanding == 1)
    }

    @Test("A tag that does not follow the last one is noticed")
    func order() {
        var ring = AckRing()
        #expect([1, 3, 1, 2].map { ring.add($0) } == [true, false, false, true])
    }

    @Test("A long run keeps its place")
    func long() {
        var ring = AckRing()
        for tag in 1...UInt64(10_000) {
            _ = ring.add(tag)
            ring.settle(tag, .acknowledge)
            if tag % 100 == 0 { #expect(ring.flush() == [AckRingTests.ack(tag, multiple: true)]) }
        }
        #expect(ring.outstanding == 0)
    }
}
