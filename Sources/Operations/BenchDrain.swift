import AMQP
import JobModel
import JobQueue

/// Takes what a benchmark made out of the queues where it would lie for ever.
///
/// A queue that somebody reads is left to its reader. In the others our messages are acknowledged by their job's id; what
/// is not ours is held meanwhile and handed back in its order, which costs it one delivery of a hundred thousand.
struct BenchDrain {
    /// How many messages of others are held at most; behind more of them ours stay.
    private static let strangersMax = 20_000
    /// How long nothing may come before the queue counts as empty of ours.
    private static let patience = Duration.seconds(1)

    let connection: Connection
    let tally: BenchTally

    /// Looks through the queues; what cannot be read is left as it is.
    func run() async {
        let jobs = self.tally.missing == 0 ? [] : JobTopology.keys(of: .noOp).map(JobTopology.queue(forKey:))
        for queue in jobs + [JobTopology.dead, JobTopology.consoleResults, JobTopology.consoleEvents] {
            guard let status = try? await self.connection.checkQueue(queue), status.consumers == 0,
                status.messages > 0,
                let deliveries = try? await self.connection.consume(
                    queue,
                    prefetch: UInt16(Self.strangersMax),
                    exclusive: false
                )
            else { continue }
            await self.drain(deliveries)
        }
    }

    private func drain(_ deliveries: Deliveries) async {
        let watch = BenchSilence()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                var strangers: [Delivery] = []
                for await delivery in deliveries {
                    watch.break()
                    if let job = delivery.message.properties.correlationID, self.tally.knows(job) {
                        delivery.settle(.acknowledge)
                    } else {
                        strangers.append(delivery)
                    }
                }
                for stranger in strangers { stranger.settle(.requeue) }
            }
            group.addTask {
                await watch.wait(for: Self.patience)
                await self.connection.cancel(deliveries)
            }
            await group.waitForAll()
        }
    }
}
