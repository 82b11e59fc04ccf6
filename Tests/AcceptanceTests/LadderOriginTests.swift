import AMQP
import Foundation
import JobModel
import JobQueue
import Simulator
import TestSupport
import Testing

@Suite("A job that comes down the delay ladder is told from one that a console sent")
struct LadderOriginTests {
    @Test("Whatever level it waited at last: the exchange that the broker names is the ladder's")
    func everyPause() async throws {
        try await Road.walk(.demo, listening: false) { road in
            let key = JobTopology.keys(of: .noOp)[0]
            let deliveries = try await road.console.consume(
                JobTopology.queue(forKey: key),
                prefetch: 10,
                exclusive: false
            )
            // 1 leaves by the lowest level, 2 and 4 pass by it, 3 waits twice.
            for seconds in [0, 1, 2, 3, 4] {
                let destination =
                    seconds == 0
                    ? Destination(exchange: JobTopology.jobs, routingKey: key)
                    : DelayLadder.destination(after: .seconds(seconds), key: key)
                let properties = Properties(messageID: "\(seconds)")
                try await road.console.publish(
                    Message(body: [], properties: properties),
                    to: destination,
                    mandatory: true
                )
            }
            var origins: [String: Envelope.Origin] = [:]
            for await delivery in deliveries {
                origins[delivery.message.properties.messageID ?? ""] = JobTopology.origin(of: delivery)
                delivery.settle(.acknowledge)
                if origins.count == 5 { break }
            }
            #expect(origins == ["0": .console, "1": .runtime, "2": .runtime, "3": .runtime, "4": .runtime])
            await road.console.cancel(deliveries)
        }
    }
}
