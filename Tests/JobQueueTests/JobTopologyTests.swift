import AMQP
import Foundation
import JobModel
import JobQueue
import Testing

@Suite("The topology by name")
struct JobTopologyTests {
    /// The queues that may lose nothing: all but those of the pauses.
    private static let whole = JobTopology.queues.filter { !JobTopology.pauseQueues.contains($0) }

    @Test("A pause of each type has a queue that keeps the last word alone")
    func pauses() {
        #expect(JobTopology.pauseQueues.map(\.name) == JobType.allCases.map { "pause.\($0.rawValue)" })
        #expect(Self.whole.count == JobTopology.queues.count - JobType.allCases.count)
        for queue in JobTopology.pauseQueues {
            #expect(queue.arguments["x-max-length"] == .int32(1))
            #expect(queue.arguments["x-overflow"] == .string("drop-head"))
        }
    }

    @Test("Every quorum queue has a positive delivery limit and refuses rather than drops")
    func limits() {
        for queue in Self.whole {
            #expect(queue.arguments["x-queue-type"] == .string("quorum"))
            #expect(queue.arguments["x-overflow"] == .string("reject-publish"))
            #expect((queue.arguments["x-delivery-limit"]?.integer ?? 0) > 0)
        }
    }

    @Test("Work queues and delays pass their dead on at least once; ends of the road keep everything")
    func deadLetters() {
        let ends = [
            JobTopology.dead, JobTopology.unrouted, JobTopology.consoleResults, JobTopology.consoleEvents,
            JobTopology.notifierEvents, JobTopology.deskResults,
        ]
        for queue in Self.whole {
            let strategy = queue.arguments["x-dead-letter-strategy"]
            #expect(strategy == (ends.contains(queue.name) ? nil : .string("at-least-once")))
            #expect(queue.arguments["x-message-ttl"] == nil || queue.name.hasPrefix("job.delay."))
        }
    }

    @Test("The exchange for new jobs has no alternate, so that a wrong key comes back to the publisher")
    func noAlternate() throws {
        let exchange = try #require(JobTopology.exchanges.first { $0.name == JobTopology.jobs })
        #expect(exchange.arguments.isEmpty)
    }

    @Test("Every binding joins things that are declared, and every queue is bound")
    func bindings() {
        let exchanges = Set(JobTopology.exchanges.map(\.name))
        let queues = Set(JobTopology.queues.map(\.name))
        #expect(
            JobTopology.queueBindings.allSatisfy { exchanges.contains($0.source) && queues.contains($0.destination) }
        )
        #expect(
            JobTopology.exchangeBindings.allSatisfy {
                exchanges.contains($0.source) && exchanges.contains($0.destination)
            }
        )
        #expect(Set(JobTopology.queueBindings.map(\.destination)) == queues)
    }

    @Test("The lane is FNV-1a over the lower-case GUID, whatever the case of the text")
    func lanes() throws {
        let upper = try #require(TenantID("AAAAAAAA-BBBB-4CCC-8DDD-EEEEEEEEEEEE"))
        let lower = try #require(TenantID("aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"))
        #expect(JobTopology.lane(of: upper, lanes: 4) == JobTopology.lane(of: lower, lanes: 4))
        let used = Set((0..<200).map { _ in JobTopology.lane(of: TenantID(UUID()), lanes: 4) })
        #expect(used == [0, 1, 2, 3])
    }
}
