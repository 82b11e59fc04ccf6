import ExecutorChannel
package import JobModel
package import Logging
import Synchronization
package import SystemPackage
import Tracing

/// The main loop of an executor process: requests in, frames out, several jobs at once.
///
/// It never crashes over what it reads: a line that is no request is logged and passed over, a payload that cannot be
/// read is a failed job.
package struct ExecutorMain: Sendable {
    /// The type of job this process runs.
    package let type: JobType
    /// The settings, or why there are none: then every job that needs them fails with that problem.
    package let settings: Result<ExecutorSettings, Problem>
    /// How long running jobs may go on after the end of input, before they are interrupted.
    ///
    /// Zero in the product: the worker ends the input only when nothing runs, so its end in the middle of a job means that
    /// the worker is dead and somebody else has the job.
    package let grace: Duration
    /// The process's log; must not write to the frames' descriptor.
    package let logger: Logger

    /// Collects the parts.
    package init(type: JobType, settings: Result<ExecutorSettings, Problem>, grace: Duration, logger: Logger) {
        self.type = type
        self.settings = settings
        self.grace = grace
        self.logger = logger
    }

    /// Serves until the end of input, the end of its lease or the cancellation of the task; every frame has been written
    /// when it returns.
    package func run(input: FileDescriptor, output: FileDescriptor) async {
        let writer = FrameWriter(descriptor: output, name: "frames-out")
        // Unbounded here, bounded by the worker: it has at most as many requests under way as it has jobs.
        let (batches, feed) = AsyncStream.makeStream(of: [[UInt8]].self)
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        _ = FrameReader(
            descriptor: input,
            name: "frames-in",
            lineBytesMax: ExecutorFrame.bytesMax,
            deliver: { feed.yield($0) },
            ended: {
                feed.finish()
                end.finish()
            }
        )
        let lease = Lease()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.serve(batches, lease) { writer.write($0.line()) } }
            group.addTask { await lease.ranOut() }
            group.addTask {
                for await _ in ends {}
                try? await Task.sleep(for: self.grace)  // cut short when everything has finished before
            }
            await group.next()
            group.cancelAll()
        }
        writer.finish()
        await writer.closed()
    }

    private func serve(
        _ batches: AsyncStream<[[UInt8]]>,
        _ lease: Lease,
        send: @escaping @Sendable (ExecutorFrame) -> Void
    ) async {
        let running = RunningJobs()
        await withDiscardingTaskGroup { group in
            for await batch in batches {
                for line in batch {
                    switch WorkerFrame(line: line) {
                    case .run where lease.hasRunOut: break  // somebody else has the tenant, and the job, by now
                    case .run(let request):
                        let (cancelled, underWay) = running.begin(request.job)
                        group.addTask {
                            await self.run(request, until: cancelled, underWay: underWay, send: send)
                            running.end(request.job)
                        }
                    case .cancel(let job): running.cancel(job)
                    case .lease(let until): lease.renew(until: until)
                    case .taken(let job): running.taken(job)
                    case nil: self.logger.error("A line is no request", metadata: ["bytes": "\(line.count)"])
                    }
                }
            }
        }
    }

    private func run(
        _ request: ExecutorRequest,
        until cancelled: AsyncStream<Void>,
        underWay: EventsUnderWay,
        send: @escaping @Sendable (ExecutorFrame) -> Void
    ) async {
        let context = ExecutorContext(request: request, logger: self.logger, underWay: underWay, send: send)
        let isTold = self.logger.logLevel <= .debug
        if isTold { context.logger.debug("An attempt begins", metadata: ["attempt": "\(request.attempt)"]) }
        var trace = ServiceContext.topLevel
        InstrumentationSystem.tracer.extract(request.traceparent, into: &trace, using: TraceText())
        let outcome = await withTaskGroup(of: Outcome?.self) { [trace] group in
            group.addTask {
                await withSpan("execute \(self.type.rawValue)", context: trace) { _ in
                    await self.outcome(of: request, context)
                }
            }
            group.addTask {
                for await _ in cancelled {}
                return nil
            }
            var outcome: Outcome?
            for await end in group {
                outcome = outcome ?? end
                group.cancelAll()  // the outcome ends the wait for a cancellation, and that ends the work on an outcome
            }
            return outcome ?? .interrupted
        }.unlessStopped
        if isTold { context.logger.debug("An attempt has ended", metadata: ["attempt": "\(request.attempt)"]) }
        send(.outcome(job: request.job, outcome))
    }

    private func outcome(of request: ExecutorRequest, _ context: ExecutorContext) async -> Outcome {
        do throws(Problem) {
            let executor = try ExecutorCatalogue(settings: self.settings).executor(for: self.type)
            return await Self.outcome(of: executor, data: request.data, context)
        } catch {
            return .failed(error, retryAfter: nil)
        }
    }

    private static func outcome<E: Executor>(
        of executor: E,
        data: ArraySlice<UInt8>,
        _ context: ExecutorContext
    ) async -> Outcome {
        do throws(Problem) {
            return await executor.run(try E.Payload(data: data), context)
        } catch {
            return .failed(error, retryAfter: nil)
        }
    }
}

extension Outcome {
    /// The outcome, but interrupted where the process had to stop: what failed then may well have failed for that, whatever
    /// it was taken for on the way.
    fileprivate var unlessStopped: Outcome {
        guard Task.isCancelled, case .failed = self else { return self }
        return .interrupted
    }
}

/// A carrier that holds nothing but the header.
private struct TraceText: Extractor {
    func extract(key: String, from carrier: String?) -> String? { key == "traceparent" ? carrier : nil }
}

/// The jobs of the process, so that one can be told to stop.
private final class RunningJobs: Sendable {
    private struct Job {
        let cancellation: AsyncStream<Void>.Continuation
        let underWay: EventsUnderWay
    }

    private let jobs = Mutex<[JobID: Job]>([:])

    /// Notes a job; the stream ends when it is to stop.
    func begin(_ job: JobID) -> (cancelled: AsyncStream<Void>, underWay: EventsUnderWay) {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        let underWay = EventsUnderWay()
        self.jobs.withLock { $0[job] = Job(cancellation: continuation, underWay: underWay) }
        return (stream, underWay)
    }

    func cancel(_ job: JobID) { self.jobs.withLock { $0[job] }?.cancellation.finish() }

    func taken(_ job: JobID) { self.jobs.withLock { $0[job] }?.underWay.taken() }

    func end(_ job: JobID) { self.jobs.withLock { $0[job] = nil } }
}
