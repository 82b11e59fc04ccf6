import AMQP
import Foundation
import JobModel
import JobQueue
import Ledger
import Logging
import Synchronization

/// Carries one delivery from the queue to its end: handed over, sent back, or buried.
final class NotificationCourse: Sendable {
    /// How long a notification waits whose twin is under way.
    private static let twinDelay = Duration.seconds(5)

    private let configuration: NotifierConfiguration
    private let templates: TemplateSet
    private let channel: DeliveryChannel
    private let ledger: NotificationLedger
    private let logger: Logger
    private let now: @Sendable () -> Date
    private let jitter: @Sendable () -> Double
    /// The notifications under way, bounded by the prefetch.
    private let claims = Mutex<Set<String>>([])

    init(
        configuration: NotifierConfiguration,
        templates: TemplateSet,
        channel: DeliveryChannel,
        ledger: NotificationLedger,
        logger: Logger,
        now: @escaping @Sendable () -> Date,
        jitter: @escaping @Sendable () -> Double
    ) {
        self.configuration = configuration
        self.templates = templates
        self.channel = channel
        self.ledger = ledger
        self.logger = logger
        self.now = now
        self.jitter = jitter
    }

    /// Acknowledges the delivery once everything that follows from it is safe; else it is delivered again.
    func run(_ delivery: Delivery, _ publishing: Connection) async {
        let follow: [OutboundMessage]
        do throws(Problem) {
            follow = try await self.messages(after: delivery)
        } catch {
            self.log("a message is no notification; it is buried", problem: error)
            var letter = DeadLetter(worker: self.configuration.name, now: self.now())
                .unreadable(delivery, problem: error)
            letter.routingKey = JobTopology.notifierKey
            follow = [letter]
        }
        do {
            for message in follow { try await publishing.publish(message) }
            delivery.settle(.acknowledge)
        } catch {
            // With the connection the session ends and begins anew. The broker then delivers this once more; whoever was
            // served stands in the ledger.
            self.logger.warning("a message was not taken by the broker", metadata: ["reason": "\(error)"])
            await publishing.close()
        }
    }

    /// Hands the notification over, and says what is to be published before the delivery is acknowledged.
    private func messages(after delivery: Delivery) async throws(Problem) -> [OutboundMessage] {
        if delivery.message.isTruncated {
            throw Problem(
                .bodyTooLarge,
                "The body has \(delivery.message.size) bytes; the limit is \(Envelope.bytesMax)."
            )
        }
        let notice = try Notice(delivery.message.body, operators: self.configuration.operators)
        var headers = JobHeaders(delivery.message.properties.headers, from: JobTopology.origin(of: delivery))
        headers.tenant = "\(notice.tenant)"
        guard !notice.request.recipients.isEmpty else { return [] }  // a death, and nobody to tell
        guard self.claims.withLock({ $0.insert(notice.key).inserted }) else {
            return [try self.sentBack(notice, notice.request.recipients, headers, after: Self.twinDelay)]
        }
        defer { self.claims.withLock { _ = $0.remove(notice.key) } }
        switch await self.admission(of: notice) {
        case .success(.tell(let untold)): return try await self.tell(notice.telling(untold: untold), headers)
        case .success(.wait(let due)):
            self.log("operators had their mails about this for now; it waits", notice)
            let pause = Duration.seconds(due.timeIntervalSince(self.now()))
            return [try self.sentBack(notice, notice.request.recipients, headers, after: pause)]
        case .success(.silence):
            self.log("operators had their mails about this for now; it is counted", notice)
            return []
        case .failure(let error):
            let results = notice.request.recipients.map { ($0, HandOver.unavailable("\(error)", retryAfter: nil)) }
            return try self.messages(after: results, notice, headers)
        }
    }

    /// Whether people are told now: of a death within the operators' allowance, of anything else always.
    private func admission(of notice: Notice) async -> Result<DeathVerdict, LedgerError> {
        guard let kind = notice.deathKind else { return .success(.tell(untold: 0)) }
        do throws(LedgerError) {
            let deaths = self.configuration.deaths
            return .success(try await self.ledger.admit(notice.key, kind: kind, allowance: deaths, now: self.now()))
        } catch {
            return .failure(error)
        }
    }

    private func tell(_ notice: Notice, _ headers: JobHeaders) async throws(Problem) -> [OutboundMessage] {
        guard let (content, language) = self.templates.render(notice, self.configuration.surroundings) else {
            throw Problem(.unknownTemplate, "There is no template `\(notice.request.template)`.")
        }
        let results = await self.handOver(notice, content, language: language)
        return try self.messages(after: results, notice, headers)
    }

    private func handOver(
        _ notice: Notice,
        _ content: RenderedNotice,
        language: String
    ) async -> [(recipient: String, end: HandOver)] {
        let served: Set<String>
        do {
            served = try await self.ledger.recipients(of: notice.key)
        } catch {
            return notice.request.recipients.map { ($0, .unavailable("\(error)", retryAfter: nil)) }
        }
        let left = notice.request.recipients.filter { !served.contains(DeliveryChannel.tag(of: $0)) }
        guard !left.isEmpty else {
            self.log("everybody was told before", notice)
            return []
        }
        let results = await self.channel.handOver(notice, content, language: language, recipients: left) { recipients in
            await self.note(notice, recipients)
        }
        if results.contains(where: { $0.end == .taken }) { self.log("a notification was handed over", notice, results) }
        return results
    }

    /// The mail is out: a ledger that cannot be written must not send it once more.
    private func note(_ notice: Notice, _ recipients: [String]) async {
        do {
            let tags = recipients.map { DeliveryChannel.tag(of: $0) }
            try await self.ledger.record(notice.key, recipients: tags, time: self.now())
        } catch {
            self.logger.error(
                "what was handed over could not be noted; delivered again it would go out again",
                metadata: ["event": "\(notice.id)", "reason": "\(error)"]
            )
        }
    }

    private func messages(
        after results: [(recipient: String, end: HandOver)],
        _ notice: Notice,
        _ headers: JobHeaders
    ) throws(Problem) -> [OutboundMessage] {
        let decision = self.configuration.policy.decision(
            after: results,
            attempt: headers.attempt,
            jitter: self.jitter()
        )
        var messages: [OutboundMessage] = []
        if let problem = decision.retried.problem {
            var next = headers
            next.attempt += 1
            messages.append(try self.sentBack(notice, decision.retried.recipients, next, after: decision.pause))
            self.log(
                "a notification was not delivered; it is tried again",
                notice,
                problem: problem,
                [
                    "attempt": "\(headers.attempt) of \(self.configuration.policy.attemptsMax)",
                    "recipients": "\(decision.retried.recipients.count)",
                    "next": "\(Timestamp.text(self.now().addingTimeInterval(decision.pause / .seconds(1))))",
                ]
            )
        }
        for group in decision.buried {
            guard let problem = group.problem else { continue }
            messages.append(
                DeadLetter(worker: self.configuration.name, now: self.now()).notification(
                    id: notice.id,
                    job: notice.job,
                    headers: headers,
                    problem: problem,
                    body: try Self.body(notice, group.recipients)
                )
            )
            self.log(
                "a notification was not delivered; it is kept among the dead letters",
                notice,
                problem: problem,
                ["attempt": "\(headers.attempt)", "recipients": "\(group.recipients.count)"]
            )
        }
        return messages
    }

    private func sentBack(
        _ notice: Notice,
        _ recipients: [String],
        _ headers: JobHeaders,
        after pause: Duration
    ) throws(Problem) -> OutboundMessage {
        let destination = DelayLadder.destination(after: pause, key: JobTopology.notifierKey)
        return OutboundMessage(
            exchange: destination.exchange,
            routingKey: destination.routingKey,
            id: notice.id,
            type: JobEventName.notificationRequested.messageType,
            correlationID: notice.job.description,
            time: self.now(),
            headers: headers.fields,
            body: try Self.body(notice, recipients)
        )
    }

    private static func body(_ notice: Notice, _ recipients: [String]) throws(Problem) -> [UInt8] {
        do {
            return try notice.body(recipients: recipients)
        } catch {
            throw Problem(.internalError, "The notification cannot be written as JSON.")
        }
    }

    private func log(
        _ message: Logger.Message,
        _ notice: Notice? = nil,
        _ results: [(recipient: String, end: HandOver)]? = nil,
        problem: Problem? = nil,
        _ more: Logger.Metadata = [:]
    ) {
        var metadata = more
        if let notice {
            metadata["event"] = "\(notice.id)"
            metadata["template"] = "\(notice.request.template)"
        }
        if let results {
            metadata["recipients"] = "\(results.count)"
            metadata["taken"] = "\(results.count { $0.end == .taken })"
        }
        if let problem {
            metadata["problem"] = "\(problem.code.rawValue)"
            metadata["reason"] = "\(LogWords.masked(problem.detail))"
        }
        self.logger.log(level: problem == nil ? .info : .warning, message, metadata: metadata)
    }
}
