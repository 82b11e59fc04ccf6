import AMQP
import Foundation
import JobModel
import JobQueue
import Ledger
import Logging
import Synchronization

/// What an attempt needs from the worker it belongs to.
///
/// A class, as every attempt carries it through many hands.
final class AttemptServices: Sendable {
    let configuration: WorkerConfiguration
    let ledger: Ledger
    let publisher: Publisher
    let supervisor: ExecutorSupervisor
    let claims = KeyedGate<JobID>()
    let intake = Intake()
    let tally = JobTally()
    let draining = Signal()
    /// The queues whose consumer the broker has confirmed.
    let consumed = Mutex<Set<String>>([])
    let logger: Logger
    let now: @Sendable () -> Date
    let jitter: @Sendable () -> Double

    init(
        configuration: WorkerConfiguration,
        ledger: Ledger,
        logger: Logger,
        executorLog: @escaping @Sendable (String) -> Void,
        now: @escaping @Sendable () -> Date,
        jitter: @escaping @Sendable () -> Double
    ) {
        self.configuration = configuration
        self.ledger = ledger
        self.publisher = Publisher(ledger: ledger, logger: logger)
        self.supervisor = ExecutorSupervisor(command: configuration.executor, log: executorLog)
        self.logger = logger
        self.now = now
        self.jitter = jitter
    }

    var messages: JobMessages { JobMessages(worker: self.configuration.name, teller: self.ledger.name) }

    /// Closes or opens the intake, and says so.
    func note(_ hindrance: Intake.Hindrance, _ isThere: Bool) {
        guard self.intake.set(hindrance, isThere) else { return }
        if isThere {
            self.logger.warning("no more jobs are taken for now", metadata: ["reason": "\(hindrance.rawValue)"])
        } else {
            self.logger.notice("no longer in the way of jobs", metadata: ["reason": "\(hindrance.rawValue)"])
        }
    }
}

/// One delivery on its way through the worker.
///
/// read the envelope → claim the job → compare with the ledger → lock the tenant → run the executor → decide → write
/// outcome and outbox in one commit → publish and wait for the confirms → acknowledge. Whatever cuts it short before the
/// commit leads to a redelivery that starts over; after the commit, to one that finds everything decided.
///
/// A class, as it is handed on and held.
final class Attempt: Sendable {
    /// The first pause before another try when ledger or lock failed, doubled up to `pauseMax`.
    private static let pause = Duration.milliseconds(500)
    private static let pauseMax = Duration.seconds(5)

    /// How long a delivery may be held in all, an attempt of the longest kind included: below the half hour after which
    /// RabbitMQ takes it back and closes the channel (`consumer_timeout`).
    private static let heldMax = Duration.seconds(25 * 60)

    let services: AttemptServices
    let delivery: Delivery
    let lock: TenantLock
    /// Since when the delivery is held.
    let arrived: ContinuousClock.Instant
    /// Who put the message on its way.
    private let origin: Envelope.Origin
    /// What the delivery says, or why it says nothing.
    let envelope: Result<Envelope, Problem>
    /// Whether the job only goes back into its queue, as others are before it.
    let givesWay: Bool

    init(services: AttemptServices, delivery: Delivery, lock: TenantLock) {
        self.services = services
        self.delivery = delivery
        self.lock = lock
        self.arrived = .now
        self.givesWay = false
        self.origin = JobTopology.origin(of: delivery)
        do throws(Problem) {
            self.envelope = .success(try Envelope(delivery.message.body, from: self.origin))
        } catch {
            self.envelope = .failure(error)
        }
    }

    /// The same delivery, to be sent back.
    init(givingWay attempt: Attempt) {
        self.services = attempt.services
        self.delivery = attempt.delivery
        self.lock = attempt.lock
        self.arrived = attempt.arrived
        self.origin = attempt.origin
        self.envelope = attempt.envelope
        self.givesWay = true
    }

    /// Goes the whole way, again and again while the ledger or the lock fails.
    ///
    /// The delivery stays unsettled, and comes again, when its session is lost or the worker leaves before that.
    func run() async {
        var pause = Self.pause
        while !self.lock.isLost {
            do {
                if try await self.settled() { self.delivery.settle(.acknowledge) }
                return self.services.note(.ledgerFails, false)
            } catch {
                self.services.logger.error("a delivery waits for another try", metadata: ["reason": "\(error)"])
                if error is LedgerError { self.services.note(.ledgerFails, true) }
            }
            guard await self.lock.lost.remainsUnfired(for: pause), !self.services.draining.hasFired else { return }
            pause = min(pause * 2, Self.pauseMax)
        }
    }

    private func settled() async throws -> Bool {
        let envelope: Envelope
        switch self.envelope {
        case .success(let read): envelope = read
        case .failure(let problem): return try await self.buryUnreadable(problem)
        }
        await self.services.claims.enter(envelope.id)
        let result: Result<Bool, any Error>
        do {
            result = .success(try await self.claimed(envelope))
        } catch {
            result = .failure(error)
        }
        await self.services.claims.leave(envelope.id)
        return try result.get()
    }

    private func buryUnreadable(_ problem: Problem) async throws -> Bool {
        self.services.logger.notice("a message is no job and is buried", metadata: ["code": "\(problem.code.rawValue)"])
        let letter = DeadLetter(worker: self.services.configuration.name, now: self.services.now())
        let rows = try await self.services.ledger.record(
            sending: [letter.unreadable(self.delivery, problem: problem)])
        return await self.services.publisher.send(rows)
    }

    private func claimed(_ envelope: Envelope) async throws -> Bool {
        let headers = JobHeaders(self.delivery.message.properties.headers, from: self.origin)
        let run = JobRun(job: envelope.id, type: envelope.type, tenant: envelope.tenant, replay: headers.replay)
        let entry = try await self.entry(of: run, envelope.memo)
        switch Standing(memo: envelope.memo, entry: entry) {
        case .settled:
            return await self.services.publisher.send(try await self.services.ledger.unsent(of: run))
        case .run(let sequence, let steps):
            var course = JobCourse(
                services: self.services,
                envelope: envelope,
                headers: headers,
                run: run,
                key: self.key(of: envelope),
                sequence: sequence,
                steps: steps,
                since: self.since(envelope.memo, entry),
                isSuspect: entry?.isSuspect ?? false
            )
            // Before all that may keep it waiting: a job that never gets its turn ends all the same.
            if let expiry = course.expiry { return try await course.finish(with: expiry) }
            if self.givesWay { return try await course.giveWay() }
            let cancelled = self.services.supervisor.cancelled
            if cancelled.contains(envelope.id) { return try await course.finish(with: .cancelled(course.cancellation)) }
            self.services.tally.begin(envelope, now: self.services.now())
            defer { self.services.tally.end(envelope.id, envelope.type, now: self.services.now()) }
            let latest = self.arrived + Self.heldMax - envelope.type.attemptLimit
            guard envelope.type.changesTenant else {
                return try await course.finish(with: try await course.execute(before: latest))
            }
            guard try await self.lock.take(envelope.tenant) else { return try await course.finish(with: .interrupted) }
            let result: Result<Outcome, any Error>
            do {
                result = .success(try await course.execute(before: latest, until: self.lock.lost))
            } catch {
                result = .failure(error)
            }
            await self.lock.giveBack(envelope.tenant)
            // Whoever has the delivery now tells the end of the story; this row stays as a dead worker's would.
            if self.lock.isLost { return false }
            return try await course.finish(with: try result.get())
        }
    }

    /// The ledger's row of a run.
    ///
    /// Not looked for where it would change nothing: a quick job has no steps to go on from, and one that was done before is
    /// found done when its end is recorded.
    private func entry(of run: JobRun, _ memo: Memo) async throws(LedgerError) -> LedgerEntry? {
        if run.type.isQuick, !self.delivery.isRedelivered, memo == .none { return nil }
        return try await self.services.ledger.entry(of: run)
    }

    /// When the job was first started: never later than now, as waits are measured from it.
    private func since(_ memo: Memo, _ entry: LedgerEntry?) -> Date {
        let now = self.services.now()
        return min(memo.since ?? entry?.since ?? now, now)
    }

    /// The key under which the job comes back into the queue it came from.
    private func key(of envelope: Envelope) -> String {
        JobTopology.key(for: envelope.type, tenant: envelope.tenant)
    }
}
