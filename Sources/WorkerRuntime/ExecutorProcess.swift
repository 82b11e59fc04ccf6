import ExecutorChannel
import Foundation
import JobModel
import Subprocess
import Synchronization
import SystemPackage

/// What an executor process says about a job.
enum ExecutorReply: Sendable, Equatable {
    /// A frame it wrote.
    case frame(ExecutorFrame)
    /// It is gone, and the job has no outcome.
    case died(ExecutorDeath)
}

/// One child process: fed with requests, read for frames, watched and ended.
///
/// swift-subprocess starts and reaps it; our own pipes carry the frames. A child leaves by itself when its input ends, which
/// is how it is retired. One that overruns a deadline, or still runs when the worker's patience ends, gets TERM, then KILL.
actor ExecutorProcess {
    /// How many jobs a process serves before it is renewed, so that a leak stays small.
    static let jobsMax = 1_000
    /// The same for quick jobs, of which a thousand are done in moments.
    static let quickJobsMax = 100_000
    /// How long it may have nothing to do before it is retired.
    static let idleLimit = Duration.seconds(60)
    /// How long it has between TERM and KILL.
    static let killDelay = Duration.seconds(5)
    /// How often deadlines and idleness are looked at.
    static let watchInterval = Duration.milliseconds(500)

    private struct Running {
        let deadline: ContinuousClock.Instant
        let replies: AsyncStream<ExecutorReply>.Continuation
    }

    /// The process group while it can be killed, and whether it must not live.
    private struct Life {
        var group: pid_t?
        var isCondemned = false

        func killIfCondemned() {
            if self.isCondemned, let group { _ = Foundation.kill(-group, SIGKILL) }
        }
    }

    typealias Pipe = (readEnd: FileDescriptor, writeEnd: FileDescriptor)

    private struct Pipes {
        let requests: Pipe
        let frames: Pipe
        /// Closed just before the child starts: swift-subprocess needs as many, and traps where it gets only some of them.
        let spare: [Pipe]

        /// Makes all or none.
        init?(_ make: () throws -> Pipe) {
            var made: [Pipe] = []
            do {
                for _ in 0..<Self.count { made.append(try make()) }
            } catch {
                made.forEach(Self.close)
                return nil
            }
            (self.requests, self.frames, self.spare) = (made[0], made[1], Array(made[2...]))
        }

        func closeSpare() { self.spare.forEach(Self.close) }

        private static func close(_ pipe: Pipe) {
            // Nobody else has them: there is nothing that could fail.
            try? pipe.readEnd.close()
            try? pipe.writeEnd.close()
        }

        /// One each way, and for the child's standard error and the news of its start.
        private static let count = 4
    }

    private let command: ExecutorCommand
    private let jobsMax: Int
    private let frames: BatchCount
    private let log: @Sendable (String) -> Void
    private let running = Mutex<[JobID: Running]>([:])
    private let life = Mutex(Life())
    private let pipes: Pipes?
    private let writer: FrameWriter?
    private var served = 0
    private var idleSince = ContinuousClock.now
    private var ending: ExecutorDeath.Cause?
    private var isAccepting = true

    /// Makes the pipes; the child itself is started by `run`.
    ///
    /// `log` gets every line it writes to standard error; `pipe` makes a pipe, or fails when there is no room for one.
    init(
        command: ExecutorCommand,
        jobsMax: Int,
        frames: BatchCount,
        log: @escaping @Sendable (String) -> Void,
        pipe: () throws -> Pipe = { try FileDescriptor.pipe() }
    ) {
        self.command = command
        self.jobsMax = jobsMax
        self.frames = frames
        self.log = log
        self.pipes = Pipes(pipe)
        self.writer = self.pipes.map { FrameWriter(descriptor: $0.requests.writeEnd, name: "executor requests") }
    }

    /// Hands a job over; the stream ends after its outcome, or after the process's death.
    ///
    /// Nil when the process takes no more jobs.
    func start(_ request: ExecutorRequest) -> AsyncStream<ExecutorReply>? {
        guard self.isAccepting else { return nil }
        let (stream, continuation) = AsyncStream.makeStream(of: ExecutorReply.self)
        let deadline = ContinuousClock.now + request.limit
        self.running.withLock { $0[request.job] = Running(deadline: deadline, replies: continuation) }
        self.served += 1
        if self.served >= self.jobsMax { self.isAccepting = false }
        self.writer?.write(WorkerFrame.run(request).line())
        return stream
    }

    /// How many jobs are in it.
    nonisolated var load: Int { self.running.withLock { $0.count } }

    /// Tells the child to stop a job; no effect when it is not in this one.
    func cancel(_ job: JobID) {
        guard self.running.withLock({ $0[job] != nil }) else { return }
        self.writer?.write(WorkerFrame.cancel(job).line())
    }

    /// Tells the child that one more event of a job is on record.
    nonisolated func taken(_ job: JobID) { self.writer?.write(WorkerFrame.taken(job).line()) }

    /// Tells the child until when it may change tenants.
    nonisolated func renew(until end: Duration) { self.writer?.write(WorkerFrame.lease(until: end).line()) }

    /// Takes no more jobs; the child leaves once those it has are done.
    func retire() { self.isAccepting = false }

    /// Ends the child at the next look; its jobs come out as drained.
    func end() { self.ending = self.ending ?? .drained }

    /// Kills the child and what it started, now or as soon as it has one; its jobs come out as drained.
    func kill() {
        self.ending = self.ending ?? .drained
        self.isAccepting = false
        self.life.withLock {
            $0.isCondemned = true
            $0.killIfCondemned()
        }
    }

    /// From its start to the end of its standard error a child has not been waited for, so its number is its own.
    nonisolated private func lives(_ group: pid_t?) {
        self.life.withLock {
            $0.group = group
            $0.killIfCondemned()
        }
    }

    /// Runs the child until it is gone.
    func run() async {
        guard let pipes else {
            self.isAccepting = false
            return self.bury(ExecutorDeath(cause: .notStarted("The worker has no file descriptors left."), report: ""))
        }
        pipes.closeSpare()
        let (framesEnded, framesEnd) = AsyncStream.makeStream(of: Void.self)
        let reader = FrameReader(
            descriptor: pipes.frames.readEnd,
            name: "executor frames",
            lineBytesMax: ExecutorFrame.bytesMax,
            deliver: { [weak self] in self?.deliver($0) },
            ended: { framesEnd.finish() }
        )
        let death = await self.watchedChild(pipes)
        self.isAccepting = false
        self.writer?.finish()
        for await _ in framesEnded {}  // an outcome written just before the end still counts
        withExtendedLifetime(reader) {}
        self.bury(death)
    }

    /// The child beside the one who watches it; whichever ends first ends the other.
    private func watchedChild(_ pipes: Pipes) async -> ExecutorDeath {
        let child = self.child(pipes)
        let natural = await withTaskGroup(of: ExecutorDeath?.self) { group in
            group.addTask { await child() }
            group.addTask {
                await self.watch()
                return nil
            }
            var death: ExecutorDeath?
            while let ended = await group.next() {
                death = death ?? ended
                group.cancelAll()
            }
            return death ?? ExecutorDeath(cause: .drained, report: "")
        }
        return self.ending.map { ExecutorDeath(cause: $0, report: natural.report) } ?? natural
    }

    /// Looks at deadlines and idleness; returns when the child has to be ended.
    private func watch() async {
        while (try? await Task.sleep(for: Self.watchInterval)) != nil {
            let now = ContinuousClock.now
            if let late = self.running.withLock({ $0.first { $0.value.deadline < now }?.key }) {
                self.ending = self.ending ?? .overdue(late)
            }
            if self.ending != nil { return self.isAccepting = false }
            if self.running.withLock({ !$0.isEmpty }) {
                self.idleSince = .now
            } else if !self.isAccepting || ContinuousClock.now - self.idleSince > Self.idleLimit {
                self.isAccepting = false
                self.writer?.finish()
            }
        }
    }

    private func child(_ pipes: Pipes) -> @Sendable () async -> ExecutorDeath {
        let (command, log, lives) = (self.command, self.log, self.lives)
        return {
            do {
                let result = try await Subprocess.run(
                    .path(command.executable),
                    arguments: Arguments(command.arguments),
                    environment: Self.environment(command),
                    platformOptions: Self.options,
                    input: .fileDescriptor(pipes.requests.readEnd, closeAfterSpawningProcess: true),
                    output: .fileDescriptor(pipes.frames.writeEnd, closeAfterSpawningProcess: true),
                    error: .sequence
                ) { execution in
                    lives(execution.processIdentifier.value)
                    defer { lives(nil) }
                    var report = CrashReport()
                    for try await chunk in execution.standardError {
                        chunk.withUnsafeBytes { report.append($0, log: log) }
                    }
                    return report.text
                }
                switch result.terminationStatus {
                case .exited(let code): return ExecutorDeath(cause: .exited(code), report: result.closureResult)
                case .signaled(let signal):
                    return ExecutorDeath(cause: .signalled(signal), report: result.closureResult)
                }
            } catch {
                return ExecutorDeath(cause: .notStarted("The executor could not be started: \(error)"), report: "")
            }
        }
    }

    private static func environment(_ command: ExecutorCommand) -> Environment {
        .custom(
            Dictionary(uniqueKeysWithValues: command.environment.map { (Environment.Key(stringLiteral: $0), $1) })
        )
    }

    /// A process group of its own, so that ending it never reaches the worker.
    private static var options: PlatformOptions {
        var options = PlatformOptions()
        options.processGroupID = 0
        options.teardownSequence = [
            .gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: Self.killDelay)
        ]
        return options
    }

    /// On the reader's thread: gives every frame to the job it speaks of.
    nonisolated private func deliver(_ lines: [[UInt8]]) {
        self.frames.add(lines.count)
        for line in lines {
            guard let frame = ExecutorFrame(line: line) else {
                self.log("an executor wrote a line that is no frame; it is dropped")
                continue
            }
            let isLast = if case .outcome = frame { true } else { false }
            let replies = self.running.withLock { running in
                isLast ? running.removeValue(forKey: frame.job)?.replies : running[frame.job]?.replies
            }
            replies?.yield(.frame(frame))
            if isLast { replies?.finish() }
        }
    }

    private func bury(_ death: ExecutorDeath) {
        let left = self.running.withLock { running in
            defer { running = [:] }
            return running
        }
        for job in left.values {
            job.replies.yield(.died(death))
            job.replies.finish()
        }
    }
}
