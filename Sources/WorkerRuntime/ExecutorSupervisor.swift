import JobModel

/// The executor processes of a worker: one for each job type, started on first use and replaced when they are gone.
///
/// When a process dies with several jobs in it, each is run again alone in a fresh one, so that the guilty job is known and
/// the innocent finish without an attempt spent. Such suspects of one type run one after the other.
actor ExecutorSupervisor {
    private let command: @Sendable (JobType) -> ExecutorCommand
    private let log: @Sendable (String) -> Void
    private let started: AsyncStream<ExecutorProcess>
    private let starts: AsyncStream<ExecutorProcess>.Continuation
    private var current: [JobType: ExecutorProcess] = [:]
    private var processes: [(type: JobType, process: ExecutorProcess)] = []
    private var lease: SessionLease?
    nonisolated let frames = BatchCount()
    private var startCount: [JobType: Int] = [:]
    private let suspects = KeyedGate<JobType>()
    private var isInterrupted = false
    /// The jobs that were called off.
    nonisolated let cancelled = CancelledJobs()

    init(command: @escaping @Sendable (JobType) -> ExecutorCommand, log: @escaping @Sendable (String) -> Void) {
        self.command = command
        self.log = log
        (self.started, self.starts) = AsyncStream.makeStream(of: ExecutorProcess.self)
    }

    /// Keeps the children; returns when it was told to finish and all are gone.
    func run() async {
        let started = self.started
        await withDiscardingTaskGroup { group in
            for await process in started {
                group.addTask {
                    await process.run()
                    await self.forget(process)
                }
            }
        }
    }

    /// Lets every child leave once it has nothing to do, and starts no more.
    func finish() async {
        for process in self.current.values { await process.retire() }
        self.starts.finish()
    }

    private func forget(_ process: ExecutorProcess) {
        self.processes.removeAll { $0.process === process }
        self.current = self.current.filter { $0.value !== process }
    }

    /// Ends every child now, and starts no job any more; those in them, and those to come, come out as interrupted.
    func interrupt() async {
        self.isInterrupted = true
        for entry in self.processes { await entry.process.end() }
    }

    /// Kills every child that may be changing a tenant; the jobs in them come out as interrupted.
    ///
    /// Call it after the signal has fired that those jobs were given, so that none of them is started after it.
    func fence() async {
        for entry in self.processes where entry.type.changesTenant { await entry.process.kill() }
    }

    /// Tells every child that may be changing a tenant, and those to come, until when it may.
    func renew(_ lease: SessionLease) {
        self.lease = lease
        for entry in self.processes where entry.type.changesTenant { entry.process.renew(until: lease.end) }
    }

    /// Calls a job off: one that runs is told to stop, and one that comes later is told as soon as it runs.
    func cancel(_ job: JobID) async {
        self.cancelled.insert(job)
        for entry in self.processes { await entry.process.cancel(job) }
    }

    /// How many jobs are in the children.
    var load: Int { self.processes.reduce(0) { $0 + $1.process.load } }

    /// How many children live, and how many were started so far.
    var figures: (live: [JobType: Int], starts: [JobType: Int]) {
        (Dictionary(grouping: self.processes, by: \.type).mapValues(\.count), self.startCount)
    }

    /// Kills every child, and starts no job any more.
    func kill() async {
        self.isInterrupted = true
        for entry in self.processes { await entry.process.kill() }
    }

    /// What came of a job in the executors.
    struct Verdict: Sendable, Equatable {
        /// How its attempt ended.
        let outcome: Outcome
        /// Whether it was in a process that died, and has not run by itself since.
        var isSuspect = false
    }

    /// Runs a job to its outcome; `hear` gets the frames before it, and says whether it takes more.
    ///
    /// After its first no the job is called off in its process and comes out as interrupted, once it has ended there. Nothing
    /// is started after `latest`, or once `fence` has fired: the job comes out as interrupted then, and a suspect remains one,
    /// to run by itself when it comes again.
    func verdict(
        on request: ExecutorRequest,
        type: JobType,
        isSuspect: Bool,
        before latest: ContinuousClock.Instant,
        until fence: Signal?,
        hear: (ExecutorFrame) async -> Bool
    ) async -> Verdict {
        var again = request
        if !isSuspect {
            let attempt = await self.start(request, type: type, before: latest, until: fence)
            let end = await Self.follow(attempt) { frame in
                if case .steps(_, let steps) = frame { again.steps = steps }
                return await hear(frame)
            }
            switch end {
            case .outcome(let outcome): return Verdict(outcome: outcome)
            case .died(let death):
                guard death.leavesDoubt(about: request.job) else {
                    return Verdict(outcome: death.outcome(for: request.job))
                }
                self.log("an executor process died; its jobs are run again one by one")
            }
        }
        return await self.verdictAlone(on: again, type: type, before: latest, until: fence, hear: hear)
    }

    private func verdictAlone(
        on request: ExecutorRequest,
        type: JobType,
        before latest: ContinuousClock.Instant,
        until fence: Signal?,
        hear: (ExecutorFrame) async -> Bool
    ) async -> Verdict {
        await self.suspects.enter(type)
        // Those before it may have taken long: the broker would take back what is held beyond its patience.
        let process = ContinuousClock.now < latest ? self.fresh(type, until: fence) : nil
        let attempt = await self.start(request, in: process)
        await process?.retire()
        let end = await Self.follow(attempt, hear: hear)
        await self.suspects.leave(type)
        switch end {
        case .outcome(let outcome): return Verdict(outcome: outcome)
        case .died(let death):
            let outcome = death.outcome(for: request.job)
            return Verdict(outcome: outcome, isSuspect: outcome == .interrupted)
        }
    }

    private enum End {
        case outcome(Outcome)
        case died(ExecutorDeath)
    }

    /// A job in a process, and what that says of it.
    private struct Run {
        let process: ExecutorProcess
        let replies: AsyncStream<ExecutorReply>
    }

    /// Hears a job to its end; the process learns of every event that was heard.
    ///
    /// Where nothing more is heard the end is awaited all the same: the job must not run twice at once.
    private static func follow(_ run: Run?, hear: (ExecutorFrame) async -> Bool) async -> End {
        let drained = End.died(ExecutorDeath(cause: .drained, report: ""))
        guard let run else { return drained }
        var isHeard = true
        for await reply in run.replies where isHeard {
            switch reply {
            case .frame(.outcome(_, let outcome)): return .outcome(outcome)
            case .frame(let frame):
                isHeard = await hear(frame)
                if !isHeard {
                    await run.process.cancel(frame.job)
                } else if case .event(let job, _, _) = frame {
                    run.process.taken(job)
                }
            case .died(let death): return .died(death)
            }
        }
        return drained
    }

    /// Hands the job to the type's process, or to a new one when that takes no more; nil when nothing is to be started.
    private func start(
        _ request: ExecutorRequest,
        type: JobType,
        before latest: ContinuousClock.Instant,
        until fence: Signal?
    ) async -> Run? {
        if self.isInterrupted || fence?.hasFired == true || ContinuousClock.now >= latest { return nil }
        if let run = await self.start(request, in: self.current[type]) { return run }
        guard let process = self.fresh(type, until: fence) else { return nil }
        self.current[type] = process
        return await self.start(request, in: process)
    }

    /// Hands the job to a process; one that was called off just before is called off there too.
    private func start(
        _ request: ExecutorRequest,
        in process: ExecutorProcess?
    ) async -> Run? {
        guard let process, let replies = await process.start(request) else { return nil }
        if self.cancelled.contains(request.job) { await process.cancel(request.job) }
        return Run(process: process, replies: replies)
    }

    /// A new process; nil behind the fence, and once all were interrupted.
    ///
    /// One that is made before it is among those the fence kills.
    private func fresh(_ type: JobType, until fence: Signal?) -> ExecutorProcess? {
        if self.isInterrupted || fence?.hasFired == true { return nil }
        let process = ExecutorProcess(
            command: self.command(type),
            jobsMax: type.isQuick ? ExecutorProcess.quickJobsMax : ExecutorProcess.jobsMax,
            frames: self.frames,
            log: self.log
        )
        guard case .enqueued = self.starts.yield(process) else {
            self.log("a job arrived while the worker was leaving; it is handed back")
            return process
        }
        self.processes.append((type, process))
        if type.changesTenant, let lease { process.renew(until: lease.end) }
        self.startCount[type, default: 0] += 1
        return process
    }
}
