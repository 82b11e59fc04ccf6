import Foundation
import JobModel
import Testing

@testable import WorkerRuntime

@Suite("How much waits for the broker")
struct OutboxLoadTests {
    private static func messages(_ count: Int, bytes: Int) -> [OutboundMessage] {
        let message = OutboundMessage(
            exchange: "event",
            routingKey: "job.started",
            id: "1",
            type: nil,
            correlationID: nil,
            time: Date(),
            headers: [:],
            body: [UInt8](repeating: 0x20, count: bytes)
        )
        return [OutboundMessage](repeating: message, count: count)
    }

    @Test(
        "Too much is beyond the bound, and then until half has gone",
        arguments: [
            (5_000, 10, false, false), (5_001, 10, false, true), (5_000, 10, true, true), (2_500, 10, true, false),
            (64, 1 << 20, false, false), (65, 1 << 20, false, true), (33, 1 << 20, true, true),
            (32, 1 << 20, true, false),
        ]
    )
    func bounds(count: Int, bytes: Int, before: Bool, expected: Bool) {
        var load = OutboxLoad()
        let messages = Self.messages(count, bytes: bytes)
        load.add(messages)
        #expect(load.isTooMuch(before: before) == expected)
        load.remove(messages)
        #expect(load == OutboxLoad())
    }
}
