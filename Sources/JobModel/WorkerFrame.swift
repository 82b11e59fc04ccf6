/// What the worker writes to an executor: one JSON object a line.
package enum WorkerFrame: Sendable {
    /// Run a job.
    case run(ExecutorRequest)
    /// Stop a job as soon as nothing is in doubt; it then ends as interrupted. A job that has ended is passed over.
    case cancel(JobID)
    /// Tenants may be changed until that time since the host's start (`CLOCK_BOOTTIME`), and not after it.
    ///
    /// Each such frame takes the place of the one before. A process that never got one works without end. The clock is the
    /// host's and counts while a process is frozen, so that a frame that was read late gives no more time than it held.
    case lease(until: Duration)
    /// One more event of a job is on record: an executor with many of them waits for these, so that no queue grows.
    case taken(JobID)

    /// The latest end of a lease, in milliseconds since the host's start: thirty thousand years.
    private static let leaseMillisecondsMax = 1_000_000_000_000_000

    /// Reads a line without its end; nil when no worker of ours wrote it.
    package init?(line: [UInt8]) {
        if let request = ExecutorRequest(line: line) {
            self = .run(request)
        } else if let scan = try? JSONScan(line), scan.plainText("frame") == "lease",
            let until = scan.integer("milliseconds", within: 0...Self.leaseMillisecondsMax)
        {
            self = .lease(until: .milliseconds(until))
        } else if let scan = try? JSONScan(line), let job = scan.plainText("job").flatMap({ JobID($0) }) {
            switch scan.plainText("frame") {
            case "cancel": self = .cancel(job)
            case "taken": self = .taken(job)
            default: return nil
            }
        } else {
            return nil
        }
    }

    /// The line, its end included.
    package func line() -> [UInt8] {
        switch self {
        case .run(let request): return request.line()
        case .cancel(let job): return Self.line("cancel", job)
        case .taken(let job): return Self.line("taken", job)
        case .lease(let until):
            var writer = JSONObjectWriter()
            writer.member("frame", text: "lease")
            writer.member("milliseconds", number: Int(until / .milliseconds(1)))
            return writer.finish(ending: 0x0A)
        }
    }

    private static func line(_ frame: String, _ job: JobID) -> [UInt8] {
        var writer = JSONObjectWriter()
        writer.member("frame", text: frame)
        writer.member("job", text: job.description)
        return writer.finish(ending: 0x0A)
    }
}
