import AMQP
import Foundation
import JobModel
import JobQueue
import Ledger
import Logging

/// The course of one run of a job while this worker has it: its events, its steps, its end.
///
/// Every event and every step is in the ledger before it is published, so that numbers never repeat on this host.
struct JobCourse {
    let services: AttemptServices
    let envelope: Envelope
    let headers: JobHeaders
    let run: JobRun
    let key: String
    private(set) var sequence: Int
    private(set) var steps: String?
    let since: Date
    private(set) var isSuspect: Bool
    var progress: JobProgressed?

    init(
        services: AttemptServices,
        envelope: Envelope,
        headers: JobHeaders,
        run: JobRun,
        key: String,
        sequence: Int,
        steps: String?,
        since: Date,
        isSuspect: Bool
    ) {
        self.services = services
        self.envelope = envelope
        self.headers = headers
        self.run = run
        self.key = key
        self.sequence = sequence
        self.steps = steps
        self.since = since
        self.isSuspect = isSuspect
    }

    /// Runs the executor to the end of the attempt; its news goes out meanwhile.
    ///
    /// Nothing is started after `latest`. Nothing is started, and nothing more is told, once `fence` has fired.
    mutating func execute(before latest: ContinuousClock.Instant, until fence: Signal? = nil) async throws -> Outcome {
        if let refusal = try await self.overdraft() { return .failed(refusal, retryAfter: nil) }
        if self.run.type.isQuick {
            // Nothing is said or recorded of its start: an attempt that is lost leaves nothing to find.
        } else if self.sequence == 0 {
            try await self.tell(.jobStarted, members: Array("{}".utf8))
        } else {
            try await self.record(.running, sending: [])
        }
        self.log("an attempt begins")
        let span = AttemptSpan(self.run, headers: self.headers, key: self.key)
        defer { span.end() }
        let request = ExecutorRequest(
            job: self.run.job,
            tenant: self.run.tenant,
            attempt: self.headers.attempt,
            limit: self.run.type.attemptLimit,
            since: self.since,
            steps: self.steps,
            traceparent: span.traceparent,
            data: self.envelope.data
        )
        var course = self
        var failure: (any Error)?
        let verdict = await self.services.supervisor.verdict(
            on: request,
            type: self.run.type,
            isSuspect: self.isSuspect,
            before: latest,
            until: fence
        ) { frame in
            if fence?.hasFired == true { return false }
            do {
                try await course.hear(frame)
                return true
            } catch {
                // What comes after it must not stand on record without it.
                failure = error
                return false
            }
        }
        self = course
        if let failure { throw failure }
        span.note(verdict.outcome)
        self.isSuspect = verdict.isSuspect
        let isCalledOff = self.services.supervisor.cancelled.contains(self.run.job)
        return isCalledOff ? verdict.outcome.calledOff(self.cancellation) : verdict.outcome
    }

    /// What the job comes to when it is no longer worth running; nil when it has no deadline, or time left.
    var expiry: Outcome? {
        guard let deadline = self.headers.deadline.flatMap(Timestamp.date), deadline < self.services.now() else {
            return nil
        }
        return .failed(
            Problem(.deadlineExceeded, "The job's deadline was \(Timestamp.text(deadline))."),
            retryAfter: nil
        )
    }

    /// Why the job is too much for its tenant within this hour; nil when it is not, and then it is counted.
    ///
    /// A job that remembers something was let through before, by this host or another; what it has begun it may end.
    private func overdraft() async throws -> Problem? {
        guard self.steps == nil,
            let allowance = self.services.configuration.allowances.first(where: { $0.type == self.run.type }),
            let weight = allowance.weight([UInt8](self.envelope.data))
        else { return nil }
        let used = try await self.services.ledger.charge(
            self.run,
            weight: weight,
            limit: allowance.limit,
            now: self.services.now()
        )
        return used.map { allowance.refusal(weight, $0, allowance.limit) }
    }

    private mutating func hear(_ frame: ExecutorFrame) async throws {
        switch frame {
        case .progress where self.run.type.isQuick: return
        case .progress(_, let done, let total, let step):
            let progress = JobProgressed(done: done, total: total, step: step)
            self.progress = progress
            let members = try JSONEncoder().encode(progress)
            try await self.tell(.jobProgressed, members: [UInt8](members))
        case .steps(_, let steps):
            self.steps = steps
            try await self.record(.running, sending: [])
        case .event(_, let name, let data):
            guard let event = JobEventName(rawValue: name), event.isExecutors else {
                return self.log("an executor sent an event it may not send; it is dropped", event: name)
            }
            try await self.tell(event, members: data)
        case .outcome: return
        }
    }

    /// Records an event, then publishes it.
    ///
    /// The executor does not wait for the broker: its frames gather in the stream meanwhile.
    private mutating func tell(_ name: JobEventName, members: [UInt8]) async throws {
        let message = self.event(name, members: members)
        let rows = try await self.record(.running, sending: [message])
        _ = await self.services.publisher.send(rows)
    }

    /// Decides, writes everything that follows in one commit, and sends it; true when the delivery may be acknowledged.
    mutating func finish(with outcome: Outcome) async throws -> Bool {
        let now = self.services.now()
        let decision = self.services.configuration.retry.decision(
            after: outcome,
            attempt: self.headers.attempt,
            waited: .seconds(now.timeIntervalSince(self.since)),
            waitLimit: self.run.type.waitLimit,
            jitter: self.services.jitter()
        )
        self.log("an attempt ends", decision: decision)
        self.services.tally.note(decision, of: self.run.type)
        let rows: [OutboxRow]
        switch decision {
        case .finish(let final, let output, let problem):
            let account = final == .cancelled ? self.account?.output : nil
            rows = try await self.end(final, output: output ?? account, problem: problem, at: now)
        case .bury(let problem):
            rows = try await self.bury(problem, at: now)
        case .retry(let pause, let problem):
            let event = try self.delayed(.jobRetrying, pause: pause, problem: problem)
            rows = try await self.sendBack(
                after: pause,
                attempt: self.headers.attempt + 1,
                problem: problem,
                event: event,
                failure: problem
            )
        case .postpone(let pause, let problem):
            let event = try self.delayed(.jobPostponed, pause: pause, problem: problem)
            rows = try await self.sendBack(after: pause, attempt: self.headers.attempt, problem: problem, event: event)
        case .rerun(let pause):
            rows = try await self.sendBack(after: pause, attempt: self.headers.attempt, problem: nil, event: nil)
        }
        return await self.services.publisher.send(rows)
    }

    /// Sends the job back into its queue, unspent; true when the delivery may be acknowledged.
    mutating func giveWay() async throws -> Bool {
        let pause = self.services.configuration.retry.detour(
            round: self.envelope.memo.round,
            jitter: self.services.jitter()
        )
        let rows = try await self.sendBack(after: pause, attempt: self.headers.attempt, problem: nil, event: nil)
        return await self.services.publisher.send(rows)
    }

    private mutating func end(
        _ outcome: FinalOutcome,
        output: [UInt8]?,
        problem: Problem?,
        at now: Date
    ) async throws -> [OutboxRow] {
        let state: JobState =
            switch outcome {
            case .succeeded: .succeeded
            case .failed: .failed
            case .cancelled: .cancelled
            }
        let result = try self.result(outcome, output: output, problem: problem, at: now)
        let members = try JobEnded(outcome: outcome, problem: problem).json()
        let event = self.event(.jobFinished, members: members)
        return try await self.record(state, problem: problem, sending: [event, result])
    }

    private mutating func bury(_ problem: Problem, at now: Date) async throws -> [OutboxRow] {
        let result = try self.result(.failed, output: nil, problem: problem, at: now)
        let members = try JobEnded(outcome: .failed, problem: problem).json()
        let event = self.event(.jobDied, members: members)
        let letter = DeadLetter(worker: self.services.configuration.name, now: now).job(
            self.run,
            headers: self.headers,
            problem: problem,
            key: self.key,
            body: try self.envelope.body(memo: self.memo(round: self.envelope.memo.round, failure: problem))
        )
        return try await self.record(.dead, problem: problem, sending: [letter, event, result])
    }

    private mutating func sendBack(
        after pause: Duration,
        attempt: Int,
        problem: Problem?,
        event: OutboundMessage?,
        failure: Problem? = nil
    ) async throws -> [OutboxRow] {
        let destination = DelayLadder.destination(after: pause, key: self.key)
        var headers = self.headers
        headers.attempt = attempt
        headers.tenant = self.run.tenant.description
        let job = OutboundMessage(
            exchange: destination.exchange,
            routingKey: destination.routingKey,
            id: self.run.job.description,
            type: self.run.type.messageType,
            correlationID: self.run.job.description,
            time: self.services.now(),
            headers: headers.fields,
            body: try self.envelope.body(memo: self.memo(round: self.envelope.memo.round + 1, failure: failure))
        )
        return try await self.record(.waiting, problem: problem, sending: [event, job].compactMap { $0 })
    }

    /// What the next delivery finds; `failure` is why this attempt is spent.
    private func memo(round: Int, failure: Problem?) -> Memo {
        let note = failure.map {
            AttemptNote(
                number: self.headers.attempt,
                ended: self.services.now(),
                worker: self.services.configuration.name,
                code: $0.code.rawValue
            )
        }
        let attempts = (self.envelope.memo.attempts ?? []) + [note].compactMap { $0 }
        return Memo(
            round: round,
            sequence: self.sequence,
            since: self.since,
            steps: self.steps,
            attempts: attempts.isEmpty ? nil : attempts
        )
    }

    private mutating func delayed(_ name: JobEventName, pause: Duration, problem: Problem) throws -> OutboundMessage {
        let delayed = JobDelayed(delaySeconds: DelayLadder.seconds(pause), problem: problem)
        return self.event(name, members: [UInt8](try JSONEncoder().encode(delayed)))
    }

    private mutating func event(_ name: JobEventName, members: [UInt8]) -> OutboundMessage {
        self.sequence += 1
        let now = self.services.now()
        return OutboundMessage(
            exchange: JobTopology.events,
            routingKey: name.rawValue,
            id: self.run.id(of: name, sequence: self.sequence, teller: self.services.messages.teller),
            type: name.messageType,
            correlationID: self.run.job.description,
            time: now,
            headers: self.about,
            body: self.services.messages.event(
                name,
                of: self.run,
                sequence: self.sequence,
                attempt: self.headers.attempt,
                time: now,
                members: members
            )
        )
    }

    private func result(
        _ outcome: FinalOutcome,
        output: [UInt8]?,
        problem: Problem?,
        at now: Date
    ) throws -> OutboundMessage {
        OutboundMessage(
            exchange: JobTopology.results,
            routingKey: JobTopology.resultKey(of: self.run, outcome: outcome),
            id: self.run.resultID,
            type: self.run.type.resultType,
            correlationID: self.run.job.description,
            time: now,
            headers: self.about,
            body: try self.services.messages.result(
                of: self.run,
                outcome: outcome,
                attempt: self.headers.attempt,
                startedAt: self.since,
                finishedAt: now,
                output: output,
                problem: problem
            )
        )
    }

    /// The headers of results and events: whose they are, and the caller's trace.
    private var about: [String: HeaderValue] {
        var fields: [String: HeaderValue] = ["x-job-tenant": .text(self.run.tenant.description)]
        if let traceparent = self.headers.traceparent { fields["traceparent"] = .text(traceparent) }
        return fields
    }

    @discardableResult
    private func record(
        _ state: JobState,
        problem: Problem? = nil,
        sending messages: [OutboundMessage]
    ) async throws -> [OutboxRow] {
        let entry = LedgerEntry(
            run: self.run,
            round: self.envelope.memo.round,
            attempt: self.headers.attempt,
            state: state,
            sequence: self.sequence,
            steps: self.steps,
            problem: problem,
            since: self.since,
            changed: self.services.now(),
            isSuspect: self.isSuspect
        )
        return try await self.services.ledger.record(entry, sending: messages)
    }

    private func log(_ message: Logger.Message, event: String? = nil, decision: Decision? = nil) {
        let level = self.run.type.isQuick ? Logger.Level.debug : .info
        guard self.services.logger.logLevel <= level else { return }
        var metadata: Logger.Metadata = [
            "job_id": "\(self.run.job)", "job_type": "\(self.run.type.rawValue)", "tenant": "\(self.run.tenant)",
            "attempt": "\(self.headers.attempt)",
        ]
        metadata["event"] = event.map { "\($0)" }
        metadata["decision"] = decision.map { "\($0.summary)" }
        self.services.logger.log(level: level, message, metadata: metadata)
    }
}

extension Decision {
    /// One word or two for the log: never an output.
    fileprivate var summary: String {
        switch self {
        case .finish(let outcome, _, let problem):
            [outcome.rawValue, problem?.code.rawValue].compactMap { $0 }.joined(separator: " ")
        case .retry(_, let problem): "retry \(problem.code.rawValue)"
        case .postpone(_, let problem): "postpone \(problem.code.rawValue)"
        case .rerun: "rerun"
        case .bury(let problem): "bury \(problem.code.rawValue)"
        }
    }
}
