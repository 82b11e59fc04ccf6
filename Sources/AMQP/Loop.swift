import CRabbitMQ
import Glibc
import Synchronization

/// One thread that runs the jobs of one actor and polls that actor's socket between them.
///
/// The C library knows no locks and blocks where it likes, so a connection lives on a thread of its own and never on
/// the cooperative pool. The thread ends when the loop is released, which the actor's last reference does: stopping it
/// earlier would leave later calls waiting for ever.
final class Loop: SerialExecutor {
    /// What the thread should wait for until the next turn.
    struct Turn: Sendable {
        var descriptor: Int32 = -1
        var wantsToWrite = false
        var wake: ContinuousClock.Instant?
    }

    /// What has come in for a turn, besides jobs.
    struct Arrivals: Sendable {
        var isReadable = false
        var settlements: [(ticket: Ticket, settlement: Settlement)] = []
        /// Numbers of waits whose task was cancelled.
        var abandoned: [UInt64] = []

        var isEmpty: Bool { settlements.isEmpty && abandoned.isEmpty }
    }

    private let core = LoopCore()

    /// Starts the thread; `name` shows in thread lists, cut to 15 bytes.
    init(name: String) {
        let core = core
        let executor = unsafe asUnownedSerialExecutor()
        startThread {
            unsafe crmq_name_thread(name)
            unsafe core.run(on: executor)
        }
    }

    deinit {
        core.post { $0.isStopped = true }
    }

    /// Sets what is done after every batch of jobs and every wake-up; only on the thread.
    func onTurn(_ turn: @escaping (Arrivals) -> Turn) {
        checkIsolated()
        unsafe core.turn = turn
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        core.post { $0.jobs.append(job) }
    }

    /// Notes a settlement without the hop an actor call would take.
    func settle(_ ticket: Ticket, _ settlement: Settlement) {
        core.post { $0.arrivals.settlements.append((ticket, settlement)) }
    }

    /// Notes that the task of a wait was cancelled.
    func abandon(_ wait: UInt64) {
        core.post { $0.arrivals.abandoned.append(wait) }
    }

    func isIsolatingCurrentContext() -> Bool? {
        core.thread.load(ordering: .acquiring) == UInt(pthread_self())
    }

    func checkIsolated() {
        precondition(isIsolatingCurrentContext() == true, "a connection was used off its own thread")
    }
}

/// What the thread keeps after the loop is released.
private final class LoopCore: Sendable {
    @safe struct Mailbox {
        var jobs: [UnownedJob] = []
        var arrivals = Loop.Arrivals()
        var isAsleep = false
        var isStopped = false
    }

    let thread = Atomic<UInt>(0)
    /// The thread's own; nobody else touches it.
    nonisolated(unsafe) var turn: ((Loop.Arrivals) -> Loop.Turn)?
    private let mailbox = Mutex(Mailbox())
    private let wakeDescriptor = crmq_eventfd()

    deinit {
        close(wakeDescriptor)
    }

    /// Puts something into the mailbox; the descriptor is written only if the thread is about to sleep.
    func post(_ put: (inout sending Mailbox) -> Void) {
        let isAsleep = mailbox.withLock { box in
            put(&box)
            defer { box.isAsleep = false }
            return box.isAsleep
        }
        if isAsleep { eventfd_write(wakeDescriptor, 1) }
    }

    func run(on executor: UnownedSerialExecutor) {
        thread.store(UInt(pthread_self()), ordering: .releasing)
        var next = Loop.Turn()
        while true {
            var (jobs, arrivals, isStopped) = take()
            if isStopped && jobs.isEmpty { break }
            let isIdle = jobs.isEmpty && arrivals.isEmpty
            arrivals.isReadable = wait(next, isIdle: isIdle)
            for job in jobs { unsafe job.runSynchronously(on: executor) }
            if let turn = unsafe turn { next = turn(arrivals) }
        }
        unsafe turn = nil
    }

    private func take() -> (jobs: [UnownedJob], arrivals: Loop.Arrivals, isStopped: Bool) {
        mailbox.withLock { box in
            let taken = (jobs: box.jobs, arrivals: box.arrivals, isStopped: box.isStopped)
            box.jobs = []
            box.arrivals = Loop.Arrivals()
            box.isAsleep = taken.jobs.isEmpty && taken.arrivals.isEmpty
            return taken
        }
    }

    /// Sleeps until the socket, the mailbox or the clock has something; true when the socket can be read.
    private func wait(_ turn: Loop.Turn, isIdle: Bool) -> Bool {
        let events = turn.wantsToWrite ? POLLIN | POLLOUT : POLLIN
        var polled = [
            pollfd(fd: wakeDescriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: turn.descriptor, events: Int16(events), revents: 0),
        ]
        unsafe poll(&polled, 2, isIdle ? milliseconds(until: turn.wake) : 0)
        if isIdle { mailbox.withLock { $0.isAsleep = false } }
        if polled[0].revents != 0 {
            var count: UInt64 = 0
            unsafe eventfd_read(wakeDescriptor, &count)
        }
        return Int32(polled[1].revents) & ~POLLOUT != 0
    }

    /// Rounded up, as waking early would spin.
    private func milliseconds(until wake: ContinuousClock.Instant?) -> Int32 {
        guard let wake else { return -1 }
        let left = wake - .now
        return left <= .zero ? 0 : Int32(clamping: Int64(left / .milliseconds(1)) + 1)
    }
}

/// Nested tables of a message are read by recursion in C; 8 MiB hold the deepest a frame can carry.
private let stackBytes = 8 << 20

private func startThread(_ body: @escaping @Sendable () -> Void) {
    final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }
    var attributes = pthread_attr_t()
    var thread = pthread_t()
    unsafe pthread_attr_init(&attributes)
    unsafe pthread_attr_setstacksize(&attributes, stackBytes)
    unsafe pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    let argument = unsafe Unmanaged.passRetained(Body(body)).toOpaque()
    let status = unsafe pthread_create(
        &thread,
        &attributes,
        { argument in
            guard let argument = unsafe argument else { return nil }
            unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
            return nil
        },
        argument
    )
    precondition(status == 0, "the system gave no thread for a connection")
    unsafe pthread_attr_destroy(&attributes)
}
