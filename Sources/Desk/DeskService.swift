package import AMQP
package import Foundation
import JobModel
import JobQueue
package import Logging

/// The desk as a service: files dead letters, hears the results of what was sent again, and sends what was decided.
///
/// A delivery is acknowledged once it is on disk. While the desk is down its queues grow and nothing is lost. Consuming and
/// publishing have a connection each, so that a broker that refuses publishers still gets acknowledgements.
package struct DeskService: Sendable {
    /// How many deliveries of a queue are out at once: with three queues at most 192 MiB of bodies in memory.
    private static let prefetch: UInt16 = 32
    /// How much of a body is kept that is larger than what the broker should take: enough to know it by.
    private static let headBytes = 64 << 10
    /// How often it looks for something to send.
    private static let sendInterval = Duration.milliseconds(500)
    /// The first pause before connecting or filing again, doubled up to `pauseMax`, each time shortened by chance.
    private static let pause = Duration.milliseconds(200)
    private static let pauseMax = Duration.seconds(10)

    private let store: DeskStore
    private let sender: ReplaySender
    private var broker: ConnectionOptions
    private let logger: Logger
    private let now: @Sendable () -> Date
    private let jitter: @Sendable () -> Double

    /// Composes the service; `jitter` gives numbers from 0 to 1.
    package init(
        store: DeskStore,
        mark: ProcessMark,
        broker: ConnectionOptions,
        logger: Logger,
        now: @escaping @Sendable () -> Date,
        jitter: @escaping @Sendable () -> Double
    ) {
        self.store = store
        self.sender = ReplaySender(store: store, mark: mark, now: now)
        self.broker = JobTopology.taking(broker)
        self.broker.headBytesMax = Self.headBytes
        self.logger = logger
        self.now = now
        self.jitter = jitter
    }

    /// Runs until the task is cancelled, connecting again whenever the broker is lost.
    ///
    /// Fails only with what no waiting can mend: a login that the broker refuses from the start.
    package func run() async throws(AMQPError) {
        var pause = Self.pause
        var hasConnected = false
        while !Task.isCancelled {
            do throws(AMQPError) {
                let session = try await self.connect()
                hasConnected = true
                pause = Self.pause
                try await self.live(session)
            } catch {
                if !hasConnected, error.code == .refused { throw error }
                if !Task.isCancelled {
                    self.logger.warning("no session with the broker", metadata: ["reason": "\(error)"])
                }
            }
            try? await Task.sleep(for: pause * (0.5 + self.jitter() / 2))  // cut short when the desk leaves
            pause = min(pause * 2, Self.pauseMax)
        }
        // Whoever sends next finds out by itself that this process is gone.
        try? await self.sender.release()
    }

    private func connect() async throws(AMQPError) -> (consuming: Connection, publishing: Connection) {
        let consuming = try await Connection.open(self.broker)
        do throws(AMQPError) {
            return (consuming, try await Connection.open(self.broker))
        } catch {
            await consuming.close()
            throw error
        }
    }

    /// One life of the two connections, from login to loss.
    private func live(_ session: (consuming: Connection, publishing: Connection)) async throws(AMQPError) {
        let tray = FilingTray()
        let end = await withTaskGroup(of: AMQPError?.self) { group in
            for queue in [JobTopology.dead, JobTopology.unrouted, JobTopology.deskResults] {
                group.addTask { await self.consume(queue, on: session.consuming, into: tray) }
            }
            for connection in [session.consuming, session.publishing] {
                group.addTask { await connection.waitUntilClosed() }
            }
            group.addTask { await self.file(tray) }
            group.addTask { await self.send(on: session.publishing) }
            let end = await group.next() ?? nil
            group.cancelAll()
            return end
        }
        await session.consuming.close()
        await session.publishing.close()
        if let end { throw end }
    }

    private func consume(_ queue: String, on connection: Connection, into tray: FilingTray) async -> AMQPError? {
        do throws(AMQPError) {
            let deliveries = try await connection.consume(queue, prefetch: Self.prefetch, exclusive: false)
            self.logger.notice("filing what arrives", metadata: ["queue": "\(queue)"])
            for await delivery in deliveries { tray.put(delivery) }
            return deliveries.endReason
        } catch {
            if error.replyCode == 404 {
                self.logger.error("a queue is missing; run `sluice topology apply`", metadata: ["queue": "\(queue)"])
            }
            return error
        }
    }

    /// Files whatever lies in the tray, one commit at a time, and acknowledges it.
    private func file(_ tray: FilingTray) async -> AMQPError? {
        while let batch = await tray.next() {
            let filings = batch.map { Filing($0, now: self.now()) }
            guard await self.keep(filings) else { return nil }
            for delivery in batch { delivery.settle(.acknowledge) }
        }
        return nil
    }

    /// Writes a batch, again and again while the database fails; false when the task is cancelled meanwhile.
    private func keep(_ filings: [Filing]) async -> Bool {
        var pause = Self.pause
        while true {
            do throws(DeskError) {
                let count = try await self.store.file(filings, now: self.now())
                if count > 0 { self.logger.notice("dead letters were filed", metadata: ["count": "\(count)"]) }
                return true
            } catch {
                self.logger.error("nothing can be filed for now; it stays queued", metadata: ["reason": "\(error)"])
            }
            guard (try? await Task.sleep(for: pause)) != nil else { return false }
            pause = min(pause * 2, Self.pauseMax)
        }
    }

    /// Sends what operators decided on, as it falls due.
    private func send(on connection: Connection) async -> AMQPError? {
        while !Task.isCancelled {
            do {
                if case .sent(let count) = try await self.sender.round(on: connection) {
                    self.logger.notice("letters were sent again", metadata: ["count": "\(count)"])
                    continue
                }
            } catch let error as AMQPError {
                self.logger.warning("letters wait to be sent again", metadata: ["reason": "\(error)"])
                if error.code == .lost || error.code == .closed { return error }
            } catch {
                self.logger.error("letters wait to be sent again", metadata: ["reason": "\(error)"])
            }
            try? await Task.sleep(for: Self.sendInterval)  // cut short when the session has ended
        }
        return nil
    }
}
