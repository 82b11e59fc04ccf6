/// What the worker writes to an executor: one JSON object a line.
package enum WorkerFrame: Sendable {
    /// Run a job.
    case run(ExecutorRequest)
    /// Stop a job as soon as nothing is in doubt; it then ends as interrupted. A job that has ended is passed over.
    case cancel(JobID)

    /// Reads a line without its end; nil when no worker of ours wrote it.
    package init?(line: [UInt8]) {
        if let request = ExecutorRequest(line: line) {
            self = .run(request)
        } else if let scan = try? JSONScan(line), scan.plainText("frame") == "cancel",
            let job = scan.plainText("job").flatMap({ JobID($0) })
        {
            self = .cancel(job)
        } else {
            return nil
        }
    }

    /// The line, its end included.
    package func line() -> [UInt8] {
        switch self {
        case .run(let request): return request.line()
        case .cancel(let job):
            var writer = JSONObjectWriter()
            writer.member("frame", text: "cancel")
            writer.member("job", text: job.description)
            return writer.finish() + [0x0A]
        }
    }
}
