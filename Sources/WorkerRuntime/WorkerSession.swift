import AMQP
import JobModel
import JobQueue
import Logging

/// One life of the worker's two connections, from login to loss.
struct WorkerSession: Sendable {
    let consuming: Connection
    let publishing: Connection

    /// Opens both connections and checks that the broker has what the worker relies on.
    static func open(_ configuration: WorkerConfiguration) async throws(WorkerSessionError) -> WorkerSession {
        let consuming = try await self.connect(configuration)
        let publishing: Connection
        do throws(WorkerSessionError) {
            publishing = try await self.connect(configuration)
            try await self.checkTopology(on: consuming)
        } catch {
            await consuming.close()
            throw error
        }
        return WorkerSession(consuming: consuming, publishing: publishing)
    }

    /// Takes deliveries from every queue of the worker's types until a connection is lost, a queue is gone, or `stop` fires.
    func consume(
        _ configuration: WorkerConfiguration,
        until stop: Signal,
        counting arrivals: BatchCount,
        deliver: @escaping @Sendable (Delivery) -> Void
    ) async throws(AMQPError) {
        var streams: [Deliveries] = []
        for key in configuration.types.flatMap(JobTopology.keys(of:)) {
            let queue = JobTopology.queue(forKey: key)
            streams.append(
                try await self.consuming.consume(queue, prefetch: UInt16(configuration.concurrency), exclusive: false)
            )
        }
        await withTaskGroup(of: Void.self) { group in
            for stream in streams { group.addTask { for await delivery in stream { deliver(delivery) } } }
            group.addTask { await stop.wait() }
            group.addTask { _ = await self.publishing.waitUntilClosed() }
            await group.next()  // whichever ends first ends this life, or the taking of jobs
            for stream in streams { await self.consuming.cancel(stream) }
            group.cancelAll()
        }
        for stream in streams { arrivals.add(stream.figures.deliveries, batches: stream.figures.batches) }
    }

    /// Closes both, acknowledgements first.
    func close() async {
        await self.consuming.close()
        await self.publishing.close()
    }

    private static func connect(_ configuration: WorkerConfiguration) async throws(WorkerSessionError) -> Connection {
        do {
            return try await Connection.open(configuration.broker)
        } catch {
            throw .broker(error)
        }
    }

    private static func checkTopology(on connection: Connection) async throws(WorkerSessionError) {
        let findings: [TopologyFinding]
        do {
            findings = try await JobTopology.missing(on: connection)
        } catch {
            throw .broker(error)
        }
        guard findings.isEmpty else { throw .topology(findings) }
    }
}

/// Why a session could not begin.
enum WorkerSessionError: Error, CustomStringConvertible {
    /// The broker could not be reached or refused.
    case broker(AMQPError)
    /// Queues or exchanges are missing.
    case topology([TopologyFinding])

    /// One line that says what to do.
    var description: String {
        switch self {
        case .broker(let error): "\(error)"
        case .topology(let findings):
            "the broker lacks \(findings.prefix(3).map(\.object).joined(separator: ", "))"
                + (findings.count > 3 ? " and \(findings.count - 3) more" : "") + "; run `sluice topology apply`"
        }
    }
}
