package import AMQP
package import JobModel
import JobQueue
import Synchronization

/// A console that sends jobs and writes down all it hears, over whatever happens to its broker.
///
/// It connects again for as long as it runs, acknowledges what it has noted, and sends until the broker has confirmed;
/// copies that come of it are for the history to judge.
package final class HistoryConsole: Sendable {
    private struct State {
        var history: History
        var connection: Connection?
        var isStopped = false
    }

    private static let patience = Duration.seconds(180)
    private static let interval = Duration.milliseconds(100)
    private static let queues = [
        JobTopology.consoleResults, JobTopology.consoleEvents, JobTopology.dead, JobTopology.unrouted,
    ]

    private let options: ConnectionOptions
    private let state: Mutex<State>

    /// Will connect with these options; `effects` as in ``History``.
    package init(options: ConnectionOptions, effects: [String]) {
        self.options = options
        self.state = Mutex(State(history: History(effects: effects)))
    }

    /// What has happened so far.
    package var history: History { self.state.withLock { $0.history } }

    /// Writes something into the history.
    package func note(_ change: (inout History) -> Void) { self.state.withLock { change(&$0.history) } }

    /// Listens until it is stopped or cancelled; throws when the broker stays away.
    package func run() async throws {
        // A connection opens for a task that was cancelled too.
        while !self.isStopped, !Task.isCancelled {
            var opened: (connection: Connection, streams: [Deliveries])?
            try await eventually(within: Self.patience, "a broker with queues for the console", every: Self.interval) {
                opened = await self.open()
                return opened != nil || self.isStopped
            }
            guard let opened else { return }
            self.state.withLock { $0.connection = opened.connection }
            await self.listen(opened.streams)
            self.state.withLock { $0.connection = nil }
            await opened.connection.close()
        }
    }

    /// Ends `run`.
    package func stop() async {
        let connection = self.state.withLock { state in
            state.isStopped = true
            return state.connection
        }
        await connection?.close()
    }

    /// Sends a job until the broker has taken it.
    package func send(_ job: JobID, for tenant: TenantID, _ message: OutboundMessage) async throws {
        self.note { $0.sent(job: job.description, tenant: tenant.description) }
        try await self.publish { connection throws(AMQPError) in try await connection.publish(message) }
    }

    /// Sends something that is no job, with the key of a job, until the broker has taken it.
    package func send(bad body: [UInt8], key: String) async throws {
        self.note { $0.sentBad(body) }
        let message = Message(body: body, properties: Properties(contentType: "application/cloudevents+json"))
        let destination = Destination(exchange: JobTopology.jobs, routingKey: key)
        try await self.publish { connection throws(AMQPError) in
            try await connection.publish(message, to: destination, mandatory: true)
        }
    }

    private func publish(_ body: (Connection) async throws(AMQPError) -> Void) async throws {
        try await eventually(within: Self.patience, "a broker that takes a job", every: Self.interval) {
            guard let connection = self.state.withLock({ $0.connection }) else { return false }
            do {
                try await body(connection)
                return true
            } catch {
                return false
            }
        }
    }

    private var isStopped: Bool { self.state.withLock { $0.isStopped } }

    private func open() async -> (connection: Connection, streams: [Deliveries])? {
        guard let connection = try? await Connection.open(self.options) else { return nil }
        var streams: [Deliveries] = []
        for queue in Self.queues {
            guard let stream = try? await connection.consume(queue, prefetch: 100, exclusive: false) else {
                await connection.close()
                return nil
            }
            streams.append(stream)
        }
        return (connection, streams)
    }

    /// Notes what comes until one of the streams ends.
    private func listen(_ streams: [Deliveries]) async {
        await withTaskGroup(of: Void.self) { group in
            for stream in streams {
                group.addTask {
                    for await delivery in stream {
                        self.note { $0.heard(delivery.message, in: stream.queue) }
                        delivery.settle(.acknowledge)
                    }
                }
            }
            await group.next()
            group.cancelAll()
        }
    }
}
