import Synchronization

/// One connection to a RabbitMQ broker, on a thread of its own.
///
/// A process that both consumes and publishes opens two: while the broker holds back publishers for lack of memory or
/// disk it reads nothing from a connection that publishes, and acknowledgements would be stuck behind the messages
/// (rabbitmq.com, "Memory and Disk Alarms").
///
/// ```swift
/// let options = try ConnectionOptions(url: "amqp://worker@broker.example/jobs", password: password)
/// let consuming = try await Connection.open(options)
/// let publishing = try await Connection.open(options)
/// let deliveries = try await consuming.consume("job.connect-tenant", prefetch: 8, exclusive: false)
/// for await delivery in deliveries {
///     let result = await work(on: delivery.message)
///     try await publishing.publish(result, to: Destination(exchange: "result", routingKey: "done"), mandatory: true)
///     delivery.settle(.acknowledge)
/// }
/// await consuming.close()
/// await publishing.close()
/// ```
///
/// A connection never reconnects. When it is lost, everything that waits fails with `.lost`, every `Deliveries` ends,
/// `waitUntilClosed` returns, and whoever supervises opens another. Settling a delivery of the old one does nothing.
package actor Connection {
    let options: ConnectionOptions
    let loop = Loop(name: "amqp")
    nonisolated let vitals: Vitals
    var wire: Wire?
    var failure: AMQPError?
    var isClosing = false
    var channels: [Channel?] = [nil, nil, nil, nil, nil]
    var lastEpoch: UInt64 = 0
    var lastWait: UInt64 = 0
    var arrivedOn: [UInt16] = []
    var isWaitingForRoom = false
    var isBlockedByBroker = false
    var heartbeatDue = ContinuousClock.now
    var claims: Set<String> = []
    var publisher = Publisher()
    var pauses: [(until: ContinuousClock.Instant, waiter: CheckedContinuation<Void, Never>)] = []
    var endWaiters: [(id: UInt64, waiter: CheckedContinuation<AMQPError, Never>)] = []

    /// The connection's thread.
    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    private init(_ options: ConnectionOptions) {
        self.options = options
        vitals = Vitals()
    }

    /// Connects and logs in.
    ///
    /// Takes at most twice `connectTimeout` and what name resolution takes. Throws `.invalid` for unusable options,
    /// `.unreachable` when no connection came about and `.refused` when the broker turned the login down.
    package static func open(_ options: ConnectionOptions) async throws(AMQPError) -> Connection {
        if let defect = options.defect { throw ConnectionOptions.refusal(defect) }
        let connection = Connection(options)
        try await connection.start()
        return connection
    }

    /// What the broker said of itself at the login, such as `version` and `capabilities`.
    package nonisolated var serverProperties: FieldTable { vitals.read { $0.serverProperties } }

    /// The broker's version, such as "3.10.8"; empty if it told none.
    package nonisolated var brokerVersion: String { serverProperties["version"]?.text ?? "" }

    /// Whether the broker holds back publishers, for lack of memory or disk.
    package nonisolated var isBlocked: Bool { vitals.read { $0.isBlocked } }

    /// Whether it is gone; what failed on one that is not can be tried again on it.
    package nonisolated var hasEnded: Bool { vitals.read { $0.hasEnded } }

    /// How often each side shows that it lives: what we asked for or what the broker wants, whichever is less.
    ///
    /// The broker counts our silence by it, not by what we asked for (rabbitmq.com, "Detecting Dead TCP Connections with
    /// Heartbeats").
    package nonisolated var heartbeat: Duration { vitals.read { $0.heartbeat } }

    /// How long ago the broker last gave a sign of life.
    ///
    /// Two negotiated heartbeats of it end the connection; a holder of a lock should stop earlier.
    package nonisolated var lastFrameAge: Duration { vitals.read { $0.lastFrame.duration(to: .now) } }

    /// Waits until the connection is gone and tells why; `.closed` after `close()`.
    ///
    /// Returns `.timedOut` at once when the waiting task is cancelled.
    package func waitUntilClosed() async -> AMQPError {
        let id = nextWait()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if let failure {
                    continuation.resume(returning: failure)
                } else {
                    endWaiters.append((id, continuation))
                }
            }
        } onCancel: {
            loop.abandon(id)
        }
    }

    /// Closes in good order: settlements are sent and given time, then the broker is told.
    ///
    /// Takes a quarter of a second if settlements were sent just before, and at most a second more. Publishes that have
    /// no confirm by then fail with `.lost`. Works in a cancelled task.
    package func close() async {
        guard failure == nil, !isClosing else {
            if failure == nil { _ = await waitUntilClosed() }
            return
        }
        isClosing = true
        await pause(until: .now)  // one turn, in which settlements that were made before this call go out
        if let lastTold = channels.compactMap({ $0?.lastToldAt }).max() {
            await pause(until: lastTold + Connection.settlingTime)
        }
        // A failure to say goodbye changes nothing: the connection ends either way.
        _ = try? await call(.closeConnection, on: .control, within: Connection.farewellTime)
        fail(AMQPError(.closed, operation: "use the connection", reason: "it was closed here"))
    }

    private func start() async throws(AMQPError) {
        let wire = try Wire(options)
        self.wire = wire
        var control = Channel(.control, epoch: 0, bytesMax: 0)
        control.state = .open
        channels[0] = control
        vitals.write {
            $0.serverProperties = wire.serverProperties
            $0.heartbeat = wire.heartbeat > .zero ? wire.heartbeat : options.heartbeat
            $0.lastFrame = .now
        }
        loop.onTurn { [weak self] arrivals in
            self?.assumeIsolated { $0.turn(arrivals) } ?? Loop.Turn()
        }
    }

    func nextWait() -> UInt64 {
        lastWait += 1
        return lastWait
    }

    /// Waits without regard to cancellation, as a connection is closed in cancelled tasks.
    private func pause(until instant: ContinuousClock.Instant) async {
        guard failure == nil else { return }
        await withCheckedContinuation { pauses.append((instant, $0)) }
    }

    /// RabbitMQ drops acknowledgements of quorum queues that a channel has not passed on when it ends
    /// (rabbitmq/rabbitmq-server issue 10327); measured, a fifth of a second is enough.
    static let settlingTime = Duration.milliseconds(250)
    /// How long the broker may take to confirm a close.
    static let farewellTime = Duration.seconds(1)
}

/// What other threads may ask of a connection without a hop.
final class Vitals: Sendable {
    struct Values {
        var isBlocked = false
        var hasEnded = false
        var heartbeat = Duration.zero
        var lastFrame = ContinuousClock.now
        var serverProperties: FieldTable = [:]
    }

    private let values = Mutex(Values())

    func read<T: Sendable>(_ get: (Values) -> T) -> T {
        values.withLock { get($0) }
    }

    func write(_ set: (inout Values) -> Void) {
        values.withLock { set(&$0) }
    }
}
