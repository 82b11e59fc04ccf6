import CAres
import Glibc
import Synchronization

/// One thread that owns one c-ares channel.
///
/// The library takes no locks, so that a channel may be touched by a single thread; it never blocks, so that this one
/// may wait for all questions at once. The thread ends when it is told to stop, and then settles what is left.
final class ResolverThread: Sendable {
    private struct Mailbox {
        var queries: [ResolverQuery] = []
        var isStopped = false
    }

    /// More questions at once are refused; a check of a domain asks one at a time.
    private static let inFlightMax = 1_000
    /// The library reports no more sockets than this.
    private static let socketsMax = Int(ARES_GETSOCK_MAXNUM)

    private let mailbox = Mutex(Mailbox())
    private let inFlight = Atomic<Int>(0)
    private let wakeDescriptor: Int32

    /// Starts the thread; `skipsFailing` goes on to the next server on SERVFAIL and REFUSED.
    init(servers: [NameServer], timing: ResolverTiming, skipsFailing: Bool) throws(MailPolicyError) {
        let channel = try ResolverChannel.open(servers: servers, timing: timing, skipsFailing: skipsFailing)
        self.wakeDescriptor = cares_eventfd()
        // The pointer goes to the thread as a number: from here on nobody else uses it.
        let number = UInt(bitPattern: channel)
        startThread { if let channel = OpaquePointer(bitPattern: number) { self.run(channel) } }
    }

    deinit { close(self.wakeDescriptor) }

    /// Asks, and waits for the reply.
    func reply(to name: String, _ type: DNSRecordType, by deadline: ContinuousClock.Instant) async -> ResolverReply {
        let query = ResolverQuery(name: name, type: type, deadline: deadline)
        self.begin(query)
        return await query.reply()
    }

    private func begin(_ query: ResolverQuery) {
        guard self.inFlight.load(ordering: .relaxed) < Self.inFlightMax else {
            return query.settle(.temporaryFailure(.overloaded))
        }
        self.inFlight.add(1, ordering: .relaxed)
        self.post { $0.queries.append(query) }
    }

    /// Ends the thread; what waits for an answer gets none.
    func stop() { self.post { $0.isStopped = true } }

    private func post(_ put: (inout Mailbox) -> Void) {
        self.mailbox.withLock { put(&$0) }
        eventfd_write(self.wakeDescriptor, 1)
    }

    private func run(_ channel: ares_channel) {
        cares_name_thread("dns")
        var waiting: [ResolverQuery] = []
        while true {
            let news = self.mailbox.withLock { box in
                defer { box.queries = [] }
                return box
            }
            waiting += news.queries
            if news.isStopped { break }
            for query in news.queries { ResolverChannel.ask(channel, query) }
            let now = ContinuousClock.now
            for query in waiting where query.deadline <= now { query.settle(.temporaryFailure(.timedOut)) }
            let count = waiting.count
            waiting.removeAll { $0.isSettled }
            self.inFlight.subtract(count - waiting.count, ordering: .relaxed)
            self.wait(channel, until: waiting.map(\.deadline).min())
        }
        ares_destroy(channel)
        for query in waiting { query.settle(.temporaryFailure(.cancelled)) }
    }

    /// Sleeps until a socket, the mailbox, the library's own clock or a deadline has something to do.
    private func wait(_ channel: ares_channel, until deadline: ContinuousClock.Instant?) {
        var sockets = [ares_socket_t](repeating: -1, count: Self.socketsMax)
        let bits = ares_getsock(channel, &sockets, Int32(Self.socketsMax))
        var polled = [pollfd(fd: self.wakeDescriptor, events: Int16(POLLIN), revents: 0)]
        for (index, socket) in sockets.enumerated() {
            let isRead = bits & (1 << Int32(index)) != 0
            let isWritten = bits & (1 << Int32(index + Self.socketsMax)) != 0
            guard isRead || isWritten else { continue }
            let events = (isRead ? POLLIN : 0) | (isWritten ? POLLOUT : 0)
            polled.append(pollfd(fd: socket, events: Int16(events), revents: 0))
        }
        poll(&polled, nfds_t(polled.count), self.milliseconds(channel, until: deadline))
        var count: UInt64 = 0
        if polled[0].revents != 0 { eventfd_read(self.wakeDescriptor, &count) }
        for entry in polled.dropFirst() where entry.revents != 0 {
            let isReadable = Int32(entry.revents) & ~POLLOUT != 0
            let isWritable = Int32(entry.revents) & POLLOUT != 0
            ares_process_fd(channel, isReadable ? entry.fd : -1, isWritable ? entry.fd : -1)
        }
        // Without sockets this looks at the library's own timeouts.
        ares_process_fd(channel, -1, -1)
    }

    /// Rounded up, as waking early would spin; -1 when there is nothing to wait for but the mailbox.
    private func milliseconds(_ channel: ares_channel, until deadline: ContinuousClock.Instant?) -> Int32 {
        var longest = timeval()
        var limit = timeval()
        let left = deadline.map { max(.zero, $0 - .now) }
        if let left {
            longest.tv_sec = Int(left.components.seconds)
            longest.tv_usec = Int(left.components.attoseconds / 1_000_000_000_000)
        }
        return withUnsafeMutablePointer(to: &longest) { longest in
            withUnsafeMutablePointer(to: &limit) { limit in
                guard let next = ares_timeout(channel, left == nil ? nil : longest, limit) else { return -1 }
                return Int32(clamping: next.pointee.tv_sec * 1_000 + (next.pointee.tv_usec + 999) / 1_000)
            }
        }
    }
}

private func startThread(_ body: @escaping @Sendable () -> Void) {
    final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }
    var attributes = pthread_attr_t()
    var thread = pthread_t()
    pthread_attr_init(&attributes)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    let argument = Unmanaged.passRetained(Body(body)).toOpaque()
    let status = pthread_create(
        &thread,
        &attributes,
        { argument in
            guard let argument else { return nil }
            Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
            return nil
        },
        argument
    )
    precondition(status == 0, "the system gave no thread for the resolver")
    pthread_attr_destroy(&attributes)
}
