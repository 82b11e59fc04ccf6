package import AMQP
import Foundation
import JobModel
import JobQueue

/// Sends no-op jobs through everything and measures: broker, worker, ledger, executor, result and event.
///
/// Two parts. In the first the queues hold every job before the worker is started, so that it is never without work:
/// that gives the rate, the price of a job, and the time from start to the first result. In the second jobs go out one by
/// one at a steady rate: that gives latency, from the time a job was due to go out until its result was heard.
///
///     let bench = Bench(plan, broker: options, worker: worker)
///     let report = try await bench.measure()      // cancellation ends it early, with what is known by then
///     await bench.cleanUp()                        // always: the worker leaves, our messages leave the console's queues
package actor Bench {
    /// How often the processes are looked at while results are awaited.
    private static let lookInterval = Duration.milliseconds(20)
    /// How many results may be on their way to us at once.
    private static let prefetch: UInt16 = 2_000

    private let plan: BenchPlan
    private let broker: ConnectionOptions
    private let worker: BenchWorker?
    private let tally = BenchTally()
    private let tenants = BenchPlan.tenants()
    private var report = BenchReport()
    private var mayHaveSent = false

    /// Composes a benchmark; without a worker of its own, others must take its jobs.
    package init(_ plan: BenchPlan, broker: ConnectionOptions, worker: BenchWorker?) {
        self.plan = plan
        self.broker = broker
        self.worker = worker
    }

    /// What is known so far.
    package var findings: BenchReport {
        var report = self.report
        report.account = BenchReport.Account(
            sent: self.tally.sent,
            answered: self.tally.sent - self.tally.missing,
            lost: self.tally.missing,
            duplicates: self.tally.duplicates,
            failed: self.tally.failed
        )
        report.restarts = self.worker?.restarts ?? 0
        return report
    }

    /// Runs both parts; cut short by the time limit or by cancellation it notes so.
    package func measure() async throws(BenchError) {
        let deadline = ContinuousClock.now + self.plan.timeLimit
        let connection = try await self.connect()
        do throws(BenchError) {
            let results = try await self.listen(on: connection)
            try await self.measure(connection, results, until: deadline)
        } catch {
            await connection.close()
            self.report.wasCutShort = true
            throw error
        }
        await connection.close()
    }

    private func measure(
        _ connection: Connection,
        _ results: Deliveries,
        until deadline: ContinuousClock.Instant
    ) async throws(BenchError) {
        let result = await withTaskGroup(of: Result<Void, BenchError>?.self) { group in
            group.addTask {
                await Self.hear(results, self.tally)
                return nil
            }
            group.addTask {
                do throws(BenchError) {
                    try await self.saturate(connection, until: deadline)
                    try await self.pace(connection, until: deadline)
                    return .success(())
                } catch {
                    return .failure(error)
                }
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
        // The listener alone ends before the measuring when the connection is lost.
        guard let result else { throw BenchError(code: .broker, reason: results.endReason?.reason ?? "it went away") }
        try result.get()
    }

    private func connect() async throws(BenchError) -> Connection {
        do {
            return try await Connection.open(self.broker)
        } catch {
            throw BenchError(code: .broker, reason: "\(error)")
        }
    }

    /// A queue of our own that hears results of no-op jobs; it is gone with the connection.
    private func listen(on connection: Connection) async throws(BenchError) -> Deliveries {
        let name = "watch.bench-\(UUID().uuidString.lowercased())"
        do {
            let queue = Queue(name: name, isDurable: false, isExclusive: true, isAutoDelete: true)
            _ = try await connection.declareQueue(queue)
            let key = "\(JobType.noOp.rawValue).*"
            try await connection.bind(Binding(source: JobTopology.results, destination: name, routingKey: key))
            return try await connection.consume(name, prefetch: Self.prefetch, exclusive: true)
        } catch {
            throw BenchError(code: .broker, reason: "\(error)")
        }
    }

    @concurrent
    private static func hear(_ results: Deliveries, _ tally: BenchTally) async {
        let success = ".\(FinalOutcome.succeeded.rawValue)"
        for await delivery in results {
            delivery.settle(.acknowledge)
            guard let job = delivery.message.properties.correlationID else { continue }
            tally.hear(job, succeeded: delivery.source.routingKey.hasSuffix(success), at: .now)
        }
    }

    /// The first part.
    private func saturate(_ connection: Connection, until deadline: ContinuousClock.Instant) async throws(BenchError) {
        var start = ContinuousClock.now
        let jobs = try self.submissions(self.plan.jobs)
        for place in stride(from: 0, to: jobs.count, by: BenchPlan.chunk) {
            guard !Task.isCancelled, ContinuousClock.now < deadline else { return self.report.wasCutShort = true }
            try await self.publish(jobs[place..<min(place + BenchPlan.chunk, jobs.count)], at: .now, on: connection)
        }
        let before = self.processor()
        if let worker {
            start = .now
            do {
                try await worker.start()
            } catch {
                throw BenchError(code: .worker, reason: "\(error)")
            }
        }
        try await self.awaitResults(until: deadline)
        guard let span = self.tally.span else { return }
        let after = self.processor()
        if self.worker != nil {
            self.report.firstJobMilliseconds = BenchReport.Latency.milliseconds(start.duration(to: span.first))
        }
        let seconds = (self.worker == nil ? start : span.first).duration(to: span.last).inSeconds
        let answered = self.tally.sent - self.tally.missing
        if seconds > 0 { self.report.jobsPerSecond = (Double(answered) / seconds).rounded() }
        self.report.processor = after.per(answered, since: before)
    }

    /// The second part: each job at its time, or as soon after as may be; lateness of ours counts as latency.
    private func pace(_ connection: Connection, until deadline: ContinuousClock.Instant) async throws(BenchError) {
        guard !self.report.wasCutShort else { return }
        let jobs = try self.submissions(self.plan.pacedJobs)
        let interval = Duration.seconds(1) / self.plan.rate
        let start = ContinuousClock.now
        let failure = await withTaskGroup(of: BenchError?.self) { group in
            var next = 0
            while next < jobs.count, !Task.isCancelled, ContinuousClock.now < deadline {
                let due = min(jobs.count, Int(start.duration(to: .now) / interval) + 1)
                for index in next..<max(next, due) {
                    let time = start + interval * index
                    self.tally.send([jobs[index].id], at: time)
                    group.addTask {
                        do throws(BenchError) {
                            try await self.publish(jobs[index...index], on: connection)
                            return nil
                        } catch {
                            return error
                        }
                    }
                }
                next = max(next, due)
                try? await Task.sleep(until: start + interval * next)  // a cancelled one ends the loop
            }
            if next < jobs.count { self.report.wasCutShort = true }
            var failure: BenchError?
            for await outcome in group { failure = failure ?? outcome }
            return failure
        }
        if let failure { throw failure }
        try await self.awaitResults(until: deadline)
        self.report.latency = BenchReport.Latency(
            rate: self.plan.rate,
            sorted: self.tally.latencies(of: jobs.map(\.id))
        )
    }

    private func submissions(_ count: Int) throws(BenchError) -> [Submission] {
        do {
            return try self.plan.submissions(count, for: self.tenants, now: Date())
        } catch {
            throw BenchError(code: .plan, reason: "\(error)")
        }
    }

    private func publish(
        _ jobs: ArraySlice<Submission>,
        at time: ContinuousClock.Instant,
        on connection: Connection
    ) async throws(BenchError) {
        self.tally.send(jobs.map(\.id), at: time)
        try await self.publish(jobs, on: connection)
    }

    private func publish(_ jobs: ArraySlice<Submission>, on connection: Connection) async throws(BenchError) {
        self.mayHaveSent = true
        let messages = jobs.map { $0.message(source: "/sluice/bench", now: Date()) }
        let failures = await connection.publish(messages).compactMap { $0 }
        guard let error = failures.first else { return }
        let advice = error.code == .unroutable ? "; run `sluice topology apply`" : ""
        throw BenchError(code: .broker, reason: "\(error)\(advice)")
    }

    /// Waits until every job sent has a result, and looks after the worker meanwhile.
    private func awaitResults(until deadline: ContinuousClock.Instant) async throws(BenchError) {
        while self.tally.missing > 0 {
            guard !Task.isCancelled, ContinuousClock.now < deadline else { return self.report.wasCutShort = true }
            try? await Task.sleep(for: Self.lookInterval)  // a cancelled one ends the loop
            guard let worker else { continue }
            _ = worker.used()
            do {
                guard try await worker.keepAlive() else {
                    throw BenchError(code: .worker, reason: "it died too often: \(worker.lastLines)")
                }
            } catch let error as BenchError {
                throw error
            } catch {
                throw BenchError(code: .worker, reason: "\(error)")
            }
        }
    }

    private func processor() -> BenchProcessor {
        let broker = self.broker.isOnThisHost ? HostProcesses.broker(listeningOn: self.broker.port) : nil
        return BenchProcessor(
            worker: self.worker.map { $0.used() },
            broker: broker.flatMap { HostProcesses.usage(of: $0)?.own },
            bench: HostProcesses.usage(of: ProcessInfo.processInfo.processIdentifier)?.own
        )
    }

    /// Lets the worker leave, reads the figures that it leaves behind, and takes our messages out of the console's queues.
    package func cleanUp() async {
        if let worker {
            let used = worker.used()
            await worker.stop()
            let mebibyte = 1_048_576.0
            self.report.memory = BenchReport.Memory(
                worker: (Double(used.peakBytes) / mebibyte).rounded(),
                executors: (Double(used.executorsPeakBytes) / mebibyte).rounded()
            )
            // The worker tells it when it leaves; until here it is part of the worker's own.
            if let ledger = worker.figure("ledger_us_per_write"), let all = self.report.processor.worker {
                self.report.processor.ledger = ledger
                self.report.processor.worker = max(0, ((all - ledger) * 10).rounded() / 10)
            }
            self.report.batches = BenchReport.Batches(
                jobsPerCommit: worker.figure("jobs_per_commit"),
                framesPerRead: worker.figure("frames_per_read"),
                deliveriesPerWakeup: worker.figure("deliveries_per_wakeup")
            )
        }
        guard self.mayHaveSent, let connection = try? await self.connect() else { return }
        await BenchDrain(connection: connection, tally: self.tally).run()
        await connection.close()
    }
}

extension ConnectionOptions {
    fileprivate var isOnThisHost: Bool { ["127.0.0.1", "::1", "localhost"].contains(self.host) }
}

/// Processor time of all parts at one moment, in seconds.
private struct BenchProcessor {
    let worker: BenchWorker.Used?
    let broker: Double?
    let bench: Double?

    /// What was used since an earlier moment, in microseconds a job.
    func per(_ jobs: Int, since earlier: BenchProcessor) -> BenchReport.Processor {
        func share(_ now: Double?, _ before: Double?) -> Double? {
            guard jobs > 0, let now else { return nil }
            return ((now - (before ?? 0)) / Double(jobs) * 1e7).rounded() / 10
        }
        return BenchReport.Processor(
            worker: share(self.worker?.own, earlier.worker?.own),
            executors: share(self.worker?.executors, earlier.worker?.executors),
            broker: share(self.broker, earlier.broker),
            bench: share(self.bench, earlier.bench)
        )
    }
}
