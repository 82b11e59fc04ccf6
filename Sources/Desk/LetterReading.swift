package import AMQP
import Crypto
package import Foundation
import JobModel
import JobQueue

extension Letter {
    /// The longest header text that is kept; ours are shorter.
    private static let headerBytesMax = 4_096
    /// The most headers that are kept.
    private static let headersMax = 64
    /// The longest type or tenant of a foreign message.
    private static let nameLengthMax = 100
    /// What the broker counts anew with every delivery, so that it does not tell letters apart.
    private static let counters: Set<String> = ["x-delivery-count", "x-acquired-count"]

    /// Reads a message as it came from a queue; anything can be filed.
    package init(_ message: Message, from queue: String, routingKey: String, now: Date) {
        let properties = message.properties
        let death = BrokerDeath(properties.headers)
        // What the broker gave up has the headers of its sender still: what they say of a worker is nobody's word.
        let isWorkers = death == nil && queue == JobTopology.dead
        let own = JobHeaders(properties.headers, from: .runtime)
        let salvage = Envelope.salvage(message.body)
        var reason = Self.reason(properties.headers, death: death, queue: queue, routingKey: routingKey)
        if message.isTruncated { reason.detail += " It has \(message.size) bytes." }
        self.init(
            number: 0,
            source: queue,
            routingKey: routingKey,
            messageID: properties.messageID,
            messageType: properties.type,
            correlationID: properties.correlationID,
            headers: Self.headers(properties.headers),
            body: message.body,
            cutBytes: message.cutBytes + Self.bytesCutBefore(properties.headers),
            job: Self.job(salvage.id ?? properties.messageID, messageType: salvage.type ?? properties.type),
            type: Self.type(salvage.type ?? properties.type),
            tenant: (own.tenant ?? salvage.subject).map { TenantID($0)?.description ?? Self.short($0) } ?? "",
            code: reason.code,
            detail: reason.detail,
            attempt: own.attempt,
            replay: own.replay,
            worker: isWorkers ? properties.headers["x-job-error-worker"]?.text : nil,
            died: death.map { $0.time ?? now }
                ?? properties.headers["x-job-error-at"]?.text.flatMap { Timestamp.date($0) } ?? now,
            filed: now,
            state: .held,
            changed: now,
            sent: 0,
            remark: nil,
            successor: nil
        )
    }

    /// What makes two deliveries the same letter: everything that the sender decided on, as SHA-256.
    package var identity: [UInt8] {
        var hash = SHA256()
        func add(_ bytes: some Collection<UInt8>) {
            withUnsafeBytes(of: UInt64(bytes.count).littleEndian) { hash.update(bufferPointer: $0) }
            hash.update(data: Array(bytes))
        }
        for text in [self.source, self.routingKey, self.messageID, self.messageType, self.correlationID] {
            add((text ?? "").utf8)
        }
        for (name, value) in self.headers.sorted(by: { $0.key < $1.key }) where !name.hasPrefix("x-first-death") {
            add(name.utf8)
            switch value {
            case .number(let number): add(String(number).utf8)
            case .text(let text): add(text.utf8)
            }
        }
        add(self.body)
        if self.isCut { add("\(self.cutBytes)".utf8) }
        return Array(hash.finalize())
    }

    /// What whoever buried the message did not have of it.
    private static func bytesCutBefore(_ table: FieldTable) -> Int {
        table[DeadLetter.cutHeader]?.integer.flatMap(Int.init(exactly:)).map { max(0, $0) } ?? 0
    }

    private static func headers(_ table: FieldTable) -> [String: HeaderValue] {
        let kept = table.compactMap { name, value -> (String, HeaderValue)? in
            guard !self.counters.contains(name) else { return nil }
            if let number = value.integer { return (name, .number(Int(number))) }
            return value.text.flatMap { $0.utf8.count <= self.headerBytesMax ? (name, .text($0)) : nil }
        }
        return Dictionary(uniqueKeysWithValues: kept.sorted { $0.0 < $1.0 }.prefix(self.headersMax).map { $0 })
    }

    private static func type(_ text: String?) -> String {
        guard let text, !text.isEmpty else { return self.unreadableType }
        if text == JobEventName.notificationRequested.messageType { return self.notificationType }
        return JobType.allCases.first { $0.messageType == text }?.rawValue ?? self.short(text)
    }

    /// A notification is the concern of the job it tells of, with whose id its own begins.
    private static func job(_ id: String?, messageType: String?) -> String? {
        guard let id else { return nil }
        let isNotification = messageType == JobEventName.notificationRequested.messageType
        let own = isNotification ? id.prefix { $0 != "." } : id[...]
        return JobID(String(own))?.description ?? self.short(id)
    }

    private static func short(_ text: String) -> String { String(text.prefix(self.nameLengthMax)) }

    /// Why it is here: the worker's word, or else the broker's.
    private static func reason(
        _ table: FieldTable,
        death: BrokerDeath?,
        queue: String,
        routingKey: String
    ) -> (code: String, detail: String) {
        if death == nil, let code = table["x-job-error-code"]?.text {
            return (self.short(code), table["x-job-error-text"]?.text ?? "")
        }
        if queue == JobTopology.unrouted {
            return (ProblemCode.unrouted.rawValue, "No queue is bound for the key \(self.short(routingKey)).")
        }
        guard let death else { return (ProblemCode.internalError.rawValue, "It came without a reason.") }
        switch death.reason {
        case "delivery_limit":
            let detail = "The broker had delivered it from \(death.queue) until its limit; every worker lost it."
            return (ProblemCode.deliveryLimit.rawValue, detail)
        case "rejected":
            return (ProblemCode.bodyTooLarge.rawValue, "A worker turned it away from \(death.queue) unread.")
        default:
            return (ProblemCode.internalError.rawValue, "The broker took it from \(death.queue): \(death.reason).")
        }
    }
}

/// What the broker wrote into `x-death` when it gave a message up (rabbitmq.com, "Dead Letter Exchanges").
struct BrokerDeath: Equatable {
    let queue: String
    let reason: String
    let time: Date?

    /// The newest entry that is no rung of the delay ladder; nil when there is none.
    init?(_ headers: FieldTable) {
        guard case .array(let entries)? = headers["x-death"] else { return nil }
        let deaths = entries.compactMap { entry -> BrokerDeath? in
            guard case .table(let table) = entry, let queue = table["queue"]?.text, !queue.hasPrefix("job.delay.")
            else { return nil }
            // A sender may have made up the entry, which the broker then counts on.
            let time = table["time"]?.integer.map { Date(timeIntervalSince1970: Double($0)) }
                .flatMap { Timestamp.canHold($0) ? $0 : nil }
            return BrokerDeath(queue: queue, reason: table["reason"]?.text ?? "unknown", time: time)
        }
        guard let newest = deaths.first else { return nil }
        self = newest
    }

    private init(queue: String, reason: String, time: Date?) {
        self.queue = queue
        self.reason = reason
        self.time = time
    }
}
