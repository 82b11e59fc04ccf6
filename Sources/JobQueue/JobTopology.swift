package import AMQP
package import JobModel

/// Every exchange, queue and binding by name: the one place that holds them.
///
/// Jobs come in through the topic exchange `job`, which has no alternate exchange, so that a wrong key comes back to the
/// publisher. Each job type has a quorum queue (or one a lane). What must come back later goes down the delay ladder and
/// through `job.due` into the same queues. What nobody can run ends in `job.dead`, what nobody is bound for in
/// `job.unrouted`. Quorum queues, delivery limits, at-least-once dead lettering and `reject-publish` as RabbitMQ's pages
/// "Quorum Queues" and "Dead Lettering" describe them; delivery limits are positive, as -1 means opposite things in
/// RabbitMQ 3 and 4.
package enum JobTopology {
    /// Where consoles publish jobs.
    package static let jobs = "job"
    /// Where delayed jobs come out again.
    package static let due = "job.due"
    /// Where jobs that cannot be run go: exchange and queue.
    package static let dead = "job.dead"
    /// Where messages without a way go: exchange and queue.
    package static let unrouted = "job.unrouted"
    /// Where results are published, with the key `<type>.<outcome>`, and `<type>.<outcome>.replay` for a job that an
    /// operator sent again.
    package static let results = "result"
    /// Where events are published, with the event's name as key.
    package static let events = "event"
    /// Where operators speak to workers.
    package static let control = "control"
    /// The console's queue of results.
    package static let consoleResults = "result.console"
    /// The console's queue of events.
    package static let consoleEvents = "event.console"
    /// The desk's queue of the results of what it sent again.
    package static let deskResults = "result.desk"
    /// The notifier's queue of events.
    package static let notifierEvents = "event.notifier"
    /// The key under which a notification waits, is tried again and is buried: that of its event.
    package static let notifierKey = JobEventName.notificationRequested.rawValue

    /// The largest body that a broker should take, in bytes: `max_message_size` of deploy/rabbitmq.
    ///
    /// A job has at most 1 MiB and 64 KiB of what it remembers, results and events at most 1 MiB, and a dead letter its
    /// message's body: twice the contract's limit has room for all, and no headers count towards it.
    package static let messageBytesMax = 2 << 20

    /// Options for a connection that takes messages: of a body that the broker should have refused only the beginning is kept.
    package static func taking(_ broker: ConnectionOptions) -> ConnectionOptions {
        var options = broker
        options.messageBytesMax = self.messageBytesMax
        return options
    }

    /// After how many deliveries the broker itself gives a job up.
    private static let deliveryLimit: Int32 = 20
    /// A limit that is never reached in earnest, where a look must not cost a message.
    private static let deliveryLimitUnbounded: Int32 = 100_000

    /// The routing key of a job, which is also its queue's name without `job.`: `connect-tenant` or `pull-message.2`.
    package static func key(for type: JobType, tenant: TenantID) -> String {
        type.lanes == 1 ? type.rawValue : "\(type.rawValue).\(self.lane(of: tenant, lanes: type.lanes))"
    }

    /// The keys of all lanes of a type.
    package static func keys(of type: JobType) -> [String] {
        type.lanes == 1 ? [type.rawValue] : (0..<type.lanes).map { "\(type.rawValue).\($0)" }
    }

    /// Who put a delivered job on its way, by the exchange that the broker says it came through.
    ///
    /// What went down the delay ladder comes through the exchange below the last level it waited at, which leads on to `job.due`.
    /// To all of these only workers, the dead-letter service and the notifier may publish (``BrokerAccount``). None can be reached
    /// in another way: who binds to it, or names it as a dead-letter or alternate exchange, needs the right to write to it. A
    /// sender cannot choose what the broker says here.
    package static func origin(of delivery: Delivery) -> Envelope.Origin {
        self.ladder.contains(delivery.source.exchange) ? .runtime : .console
    }

    private static let ladder = Set([Self.due] + DelayLadder.levels.map(DelayLadder.name))

    /// The routing key of a result.
    package static func resultKey(of run: JobRun, outcome: FinalOutcome) -> String {
        "\(run.type.rawValue).\(outcome.rawValue)" + (run.replay > 0 ? ".replay" : "")
    }

    /// The queue of a key.
    package static func queue(forKey key: String) -> String { "job.\(key)" }

    /// The lane of a tenant: FNV-1a with 32 bits over the GUID in lower case, modulo the number of lanes.
    package static func lane(of tenant: TenantID, lanes: Int) -> Int {
        let hash = tenant.description.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
        return Int(hash % UInt32(lanes))
    }

    /// All exchanges.
    package static var exchanges: [Exchange] {
        let parked: FieldTable = ["alternate-exchange": .string(self.unrouted)]
        let topics = [self.jobs, self.results, self.events, self.control].map {
            Exchange(name: $0, kind: .topic)
        }
        let delays = DelayLadder.levels.map { Exchange(name: DelayLadder.name(of: $0), kind: .topic) }
        return topics + delays + [
            Exchange(name: self.due, kind: .topic, arguments: parked),
            Exchange(name: self.dead, kind: .topic, arguments: parked),
            Exchange(name: self.unrouted, kind: .fanout),
        ]
    }

    /// All queues.
    package static var queues: [Queue] {
        let work = JobType.allCases.flatMap { self.keys(of: $0) }.map { key in
            Queue(
                name: self.queue(forKey: key),
                arguments: self.arguments(
                    limit: self.deliveryLimit,
                    deadLetterExchange: self.dead
                )
            )
        }
        let delays = DelayLadder.levels.map { level in
            Queue(
                name: DelayLadder.name(of: level),
                arguments: self.arguments(
                    limit: self.deliveryLimitUnbounded,
                    deadLetterExchange: level == 0 ? self.due : DelayLadder.name(of: level - 1),
                    timeToLive: DelayLadder.pause(of: level)
                )
            )
        }
        let ends = [
            self.dead, self.unrouted, self.consoleResults, self.consoleEvents, self.notifierEvents, self.deskResults,
        ].map {
            Queue(name: $0, arguments: self.arguments(limit: self.deliveryLimitUnbounded))
        }
        return work + delays + ends + self.pauseQueues
    }

    /// All bindings of queues.
    package static var queueBindings: [Binding] {
        let keys = JobType.allCases.flatMap { self.keys(of: $0) }
        let work = keys.flatMap { key in
            [
                Binding(source: self.jobs, destination: self.queue(forKey: key), routingKey: key),
                Binding(source: self.due, destination: self.queue(forKey: key), routingKey: "#.\(key)"),
            ]
        }
        return work + DelayLadder.queueBindings + [
            Binding(source: self.dead, destination: self.dead, routingKey: "#"),
            Binding(source: self.unrouted, destination: self.unrouted, routingKey: ""),
            Binding(source: self.results, destination: self.consoleResults, routingKey: "#"),
            Binding(source: self.results, destination: self.deskResults, routingKey: "*.*.replay"),
            Binding(source: self.events, destination: self.consoleEvents, routingKey: "#"),
        ] + self.notifierBindings + self.pauseBindings
    }

    /// What the notifier hears: requests, the deaths it tells operators of, and what comes back to be tried again.
    private static var notifierBindings: [Binding] {
        [
            Binding(source: self.events, destination: self.notifierEvents, routingKey: self.notifierKey),
            Binding(
                source: self.events,
                destination: self.notifierEvents,
                routingKey: JobEventName.jobDied.rawValue
            ),
            Binding(source: self.due, destination: self.notifierEvents, routingKey: "#.\(self.notifierKey)"),
        ]
    }

    /// All bindings of exchanges to exchanges.
    package static var exchangeBindings: [Binding] { DelayLadder.exchangeBindings }

    private static func arguments(
        limit: Int32,
        deadLetterExchange: String? = nil,
        timeToLive: Duration? = nil
    ) -> FieldTable {
        var arguments: FieldTable = [
            "x-queue-type": .string("quorum"),
            "x-delivery-limit": .int32(limit),
            "x-overflow": .string("reject-publish"),
        ]
        if let deadLetterExchange {
            arguments["x-dead-letter-exchange"] = .string(deadLetterExchange)
            arguments["x-dead-letter-strategy"] = .string("at-least-once")
        }
        if let timeToLive { arguments["x-message-ttl"] = .int64(timeToLive.components.seconds * 1_000) }
        return arguments
    }
}
