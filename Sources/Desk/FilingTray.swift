import AMQP
import Foundation
import JobModel
import JobQueue
import Synchronization

/// Deliveries that wait to be filed, handed over whole: what arrives during one commit goes into the next.
///
/// Its size is bounded by the consumers' prefetch, as nothing is acknowledged before it is filed.
final class FilingTray: Sendable {
    private let waiting = Mutex<[Delivery]>([])
    private let (arrivals, arrival) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    /// Puts a delivery in.
    func put(_ delivery: Delivery) {
        self.waiting.withLock { $0.append(delivery) }
        self.arrival.yield()
    }

    /// Takes everything, and waits while there is nothing; nil once the task is cancelled.
    func next() async -> [Delivery]? {
        for await _ in self.arrivals {
            let batch = self.waiting.withLock { waiting in
                defer { waiting = [] }
                return waiting
            }
            if !batch.isEmpty { return batch }
        }
        return nil
    }
}

extension Filing {
    /// What a delivery of the desk's queues is.
    init(_ delivery: Delivery, now: Date) {
        guard delivery.queue == JobTopology.deskResults else {
            let letter = Letter(
                delivery.message,
                from: delivery.queue,
                routingKey: delivery.source.routingKey,
                now: now
            )
            self = .letter(letter)
            return
        }
        self = Self.answer(in: delivery.message) ?? .nothing
    }

    /// Reads a result of a job that was sent again: its id is `<job>.r<replay>.result`.
    static func answer(in message: Message) -> Filing? {
        let parts = (message.properties.messageID ?? "").split(separator: ".")
        guard parts.count == 3, parts[2] == "result", parts[1].first == "r", let replay = Int(parts[1].dropFirst()),
            let scan = try? JSONScan(message.body), let raw = scan.raw("data"), let data = try? JSONScan(Array(raw)),
            let outcome = data.plainText("outcome")
        else { return nil }
        return .answer(job: String(parts[0]), replay: replay, outcome: outcome)
    }
}
