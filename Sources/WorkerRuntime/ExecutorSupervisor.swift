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
    private var processes: [ExecutorProcess] = []
    nonisolated let frames = BatchCount()
    private let suspects = KeyedGate<JobType>()

    init(command: @escaping @Sendable (JobType) -> ExecutorCommand, log: @escaping @Sendable (String) -> Void) {
        self.command = command
        self.log = log
        (self.started, self.starts) = AsyncStream.makeStream(of: ExecutorProcess.self)
    }

    /// Keeps the children; returns when it is told to finish and all are gone, or at once when it is cancelled.
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
        self.processes.removeAll { $0 === process }
        self.current = self.current.filter { $0.value !== process }
    }

    /// Ends every child now; the jobs in them come out as interrupted.
    func interrupt() async {
        for process in self.processes { await process.end() }
    }

    /// Runs a job to its outcome; `hear` gets the frames before it.
    func outcome(
        of request: ExecutorRequest,
        type: JobType,
        hear: (ExecutorFrame) async -> Void
    ) async -> Outcome {
        let replies = await self.start(request, type: type)
        switch await Self.follow(replies, hear: hear) {
        case .outcome(let outcome): return outcome
        case .died(let death):
            guard death.leavesDoubt(about: request.job) else { return death.outcome(for: request.job) }
            self.log("an executor process died; its jobs are run again one by one")
            return await self.outcomeAlone(of: request, type: type, hear: hear)
        }
    }

    private func outcomeAlone(
        of request: ExecutorRequest,
        type: JobType,
        hear: (ExecutorFrame) async -> Void
    ) async -> Outcome {
        await self.suspects.enter(type)
        let process = self.fresh(type)
        let replies = await process.start(request)
        await process.retire()
        let end = await Self.follow(replies, hear: hear)
        await self.suspects.leave(type)
        switch end {
        case .outcome(let outcome): return outcome
        case .died(let death): return death.outcome(for: request.job)
        }
    }

    private enum End {
        case outcome(Outcome)
        case died(ExecutorDeath)
    }

    private static func follow(
        _ replies: AsyncStream<ExecutorReply>?,
        hear: (ExecutorFrame) async -> Void
    ) async -> End {
        guard let replies else { return .died(ExecutorDeath(cause: .drained, report: "")) }
        for await reply in replies {
            switch reply {
            case .frame(.outcome(_, let outcome)): return .outcome(outcome)
            case .frame(let frame): await hear(frame)
            case .died(let death): return .died(death)
            }
        }
        return .died(ExecutorDeath(cause: .drained, report: ""))
    }

    /// Hands the job to the type's process, or to a new one when that takes no more; nil while the worker is leaving.
    private func start(_ request: ExecutorRequest, type: JobType) async -> AsyncStream<ExecutorReply>? {
        if let process = self.current[type], let replies = await process.start(request) { return replies }
        let process = self.fresh(type)
        self.current[type] = process
        return await process.start(request)
    }

    private func fresh(_ type: JobType) -> ExecutorProcess {
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
        self.processes.append(process)
        return process
    }
}
