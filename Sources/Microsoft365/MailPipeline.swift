import Foundation
import NIOHTTP1

/// Sends single calls in batches: whoever needs an answer waits for it alone, and what waits at the same time travels
/// together.
///
/// Only the calls of a batch that failed are sent again: those that were throttled after the pause that was asked for, and
/// reads that met an error of the service. A write whose answer is lost never is; its caller reads what became of it.
actor MailPipeline {
    /// How long a batch that is not full waits for more while another is under way: about an answer's time.
    private static let linger: Duration = .milliseconds(25)
    /// A batch that took longer, and five times longer than others, was held up by one of its mailboxes.
    private static let slow: Duration = .seconds(1)
    private static let slowFactor = 5.0

    private let tenant: UUID
    private let sender: Sender
    private let address: ServiceAddress
    private let traffic: MailTraffic
    private let patience: MailPatience
    private let jitter: @Sendable () -> Double

    private var queue = MailQueue()
    private var waiting: [Int: CheckedContinuation<Result<MailReply, Microsoft365Error>, Never>] = [:]
    private var number = 0
    private var underWay = 0
    private var oldest: ContinuousClock.Instant?
    private var usualTime: Duration?
    private var alarm: ContinuousClock.Instant?
    private var isClosed = false
    private let wakes: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    /// How many HTTP requests were sent and how many calls they carried.
    private(set) var figures = MailFigures()

    init(
        tenant: UUID,
        sender: Sender,
        address: ServiceAddress,
        traffic: MailTraffic,
        patience: MailPatience,
        jitter: @escaping @Sendable () -> Double
    ) {
        self.tenant = tenant
        self.sender = sender
        self.address = address
        self.traffic = traffic
        self.patience = patience
        self.jitter = jitter
        (self.wakes, self.wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// Waits for the answer to a call; works only while `run` does.
    func send(_ request: MailRequest) async throws(Microsoft365Error) -> MailReply {
        let result: Result<MailReply, Microsoft365Error> = await withCheckedContinuation { continuation in
            guard !self.isClosed else { return continuation.resume(returning: .failure(self.cancelled(request))) }
            self.number += 1
            self.waiting[self.number] = continuation
            let now = ContinuousClock.now
            let rest = request.mailbox.flatMap { self.traffic.restEnd(of: $0, of: self.tenant) }
            self.queue.add(MailQueue.Item(number: self.number, request: request, ready: max(rest ?? now, now)))
            self.oldest = self.oldest ?? now
            self.wake.yield()
        }
        return try result.get()
    }

    /// Sends what waits until the task is cancelled; then nothing waits any longer.
    func run() async {
        await withDiscardingTaskGroup { group in
            for await _ in self.wakes {
                let now = ContinuousClock.now
                while let batch = self.nextBatch(at: now) {
                    group.addTask { await self.carryOut(batch) }
                }
                guard let alarm = self.nextAlarm(after: now) else { continue }
                group.addTask { await self.sound(alarm) }
            }
        }
        self.close()
    }

    /// Sends nothing more; what waits fails as cancelled, what is under way is still answered.
    func close() {
        self.isClosed = true
        for item in self.queue.drain() { self.end(item, .failure(self.cancelled(item.request))) }
    }

    // MARK: What goes next

    private func nextBatch(at now: ContinuousClock.Instant) -> [MailQueue.Item]? {
        guard let next = self.queue.next, next <= now else { return nil }
        guard self.underWay == 0 || self.queue.isFull(at: now) || self.hasLingered(now) else { return nil }
        guard self.traffic.beginBatch(of: self.tenant, at: now) == nil else { return nil }
        let batch = self.queue.take(at: now) { request in
            request.mailbox.map { self.traffic.begin($0, of: self.tenant, at: now) } ?? true
        }
        guard !batch.isEmpty else {
            self.traffic.endBatch(of: self.tenant, as: .neutral, at: now)
            return nil
        }
        self.underWay += 1
        self.oldest = self.queue.next.map { max($0, now) }
        return batch
    }

    private func hasLingered(_ now: ContinuousClock.Instant) -> Bool {
        self.oldest.map { now - $0 >= Self.linger } ?? true
    }

    /// The next moment at which something may be sent that may not now, when no alarm is set for it or sooner.
    private func nextAlarm(after now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        guard let next = self.queue.next else { return nil }
        let wanted = max(next, now + (self.underWay == 0 ? Self.busyMailbox : Self.linger))
        if let alarm, alarm > now, alarm <= wanted { return nil }
        self.alarm = wanted
        return wanted
    }

    /// How soon to look again whether a busy mailbox, or a tenant's busy service, has room.
    private static let busyMailbox: Duration = .milliseconds(10)

    private func sound(_ alarm: ContinuousClock.Instant) async {
        try? await Task.sleep(until: alarm, clock: .continuous)  // cut short at the end, when nobody listens any more
        if self.alarm == alarm { self.alarm = nil }
        self.wake.yield()
    }

    // MARK: Sending

    private func carryOut(_ items: [MailQueue.Item]) async {
        let batch = MailBatch(requests: items.map(\.request))
        let started = ContinuousClock.now
        // The one that the batch goes with, or nearly always is; only for dropping it.
        let token = try? await self.sender.login.token(for: .graph)
        let result = await self.answer(to: batch)
        let now = ContinuousClock.now
        self.underWay -= 1
        for item in items { item.request.mailbox.map { self.traffic.end($0, of: self.tenant) } }
        self.figures.count(batch)
        let outcomes: [Result<MailReply, Microsoft365Error>]
        switch result {
        case .success(let answer):
            outcomes = batch.outcomes(in: answer.body, requestID: answer.requestID, tenant: self.tenant, now: Date())
            // One call may be refused for a token that is good for the others: it ended, or was revoked, in between.
            if let token, outcomes.contains(where: \.isUnauthorized) { await self.sender.login.forget(token) }
            let throttled = outcomes.count(where: \.isThrottled)
            self.traffic.endBatch(of: self.tenant, as: MailManners(throttled: throttled, of: items.count), at: now)
        case .failure(let error):
            outcomes = items.map { .failure(error.asked(of: $0.request)) }
            let manners = error.code == .throttled ? MailManners.tooMuch(pause: error.retryAfter) : .neutral
            self.traffic.endBatch(of: self.tenant, as: manners, at: now)
        }
        self.learn(items, took: now - started)
        for (item, outcome) in zip(items, outcomes) { self.settle(item, outcome, at: now) }
        self.wake.yield()
    }

    private func answer(
        to batch: MailBatch
    ) async -> Result<(body: JSONValue, requestID: String?), Microsoft365Error> {
        var call = ServiceCall(
            operation: "mail.batch",
            tenant: self.tenant,
            resource: .graph,
            // Never repeated as a whole: each of its calls has its own repetitions here.
            isWrite: true,
            method: .POST,
            url: "\(self.address)/v1.0/$batch",
            time: self.sender.limits.requestTime
        )
        call.headers = [("Content-Type", "application/json")]
        call.body = batch.body.bytes
        do throws(Microsoft365Error) {
            let answer = try await self.sender.send(call)
            guard let value = JSONValue(parsing: answer.body), value["responses"].array != nil else {
                return .failure(call.malformed(answer))
            }
            return .success((value, answer.requestID))
        } catch {
            return .failure(error)
        }
    }

    /// Remembers who held a batch up; what is usual follows slowly.
    private func learn(_ items: [MailQueue.Item], took time: Duration) {
        let usual = self.usualTime ?? time
        let wasSlow = time > Self.slow && (self.usualTime == nil || time > usual * Self.slowFactor)
        self.queue.judge(items, wasSlow: wasSlow)
        if !wasSlow { self.usualTime = usual * 0.9 + time * 0.1 }
    }

    private func settle(
        _ item: MailQueue.Item,
        _ outcome: Result<MailReply, Microsoft365Error>,
        at now: ContinuousClock.Instant
    ) {
        var item = item
        item.attempts += 1
        guard case .failure(let error) = outcome, !self.isClosed,
            let pause = self.patience.pause(after: error, attempts: item.attempts, jitter: self.jitter())
        else {
            if case .failure(let error) = outcome, error.code == .throttled { self.rest(item, error.retryAfter, now) }
            return self.end(item, outcome)
        }
        if error.code == .throttled { self.rest(item, pause, now) }
        item.ready = now + pause
        self.figures.repeated += 1
        self.queue.add(item)
    }

    /// Leaves a mailbox alone whose service has asked for it, whatever else waits for it.
    private func rest(_ item: MailQueue.Item, _ pause: Duration?, _ now: ContinuousClock.Instant) {
        guard let mailbox = item.request.mailbox, let pause else { return }
        let end = now + min(pause, self.patience.pauseMax)
        self.traffic.rest(mailbox, of: self.tenant, until: end)
        self.queue.rest(mailbox, until: end)
    }

    private func end(_ item: MailQueue.Item, _ outcome: Result<MailReply, Microsoft365Error>) {
        self.waiting.removeValue(forKey: item.number)?.resume(returning: outcome)
    }

    private func cancelled(_ request: MailRequest) -> Microsoft365Error {
        Microsoft365Error(.cancelled, operation: request.operation, tenant: self.tenant)
    }
}

/// What a pipeline has sent.
package struct MailFigures: Sendable, Equatable {
    /// HTTP requests, tokens apart.
    package var requests = 0
    /// Calls in them.
    package var calls = 0
    /// Calls that were sent again.
    package var repeated = 0

    /// Nothing yet.
    package init() {}

    mutating func count(_ batch: MailBatch) {
        self.requests += 1
        self.calls += batch.requests.count
    }
}

extension Result where Failure == Microsoft365Error {
    fileprivate var isThrottled: Bool { self.fails(with: .throttled) }

    fileprivate var isUnauthorized: Bool { self.fails(with: .unauthorized) }

    private func fails(with code: Microsoft365Error.Code) -> Bool {
        if case .failure(let error) = self { error.code == code } else { false }
    }
}

extension Microsoft365Error {
    /// What the failure of a whole batch means for one of its calls.
    fileprivate func asked(of request: MailRequest) -> Microsoft365Error {
        // What the login says, and what was said before anything was sent, holds for every call.
        guard self.operation == "mail.batch" else { return self }
        var error = self
        error.operation = request.operation
        error.isWrite = request.isWrite
        if self.code == .interrupted, !request.isWrite {
            error.code = .unavailable
            error.isRetryable = true
        }
        return error
    }
}
