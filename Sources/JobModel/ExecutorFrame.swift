package import Foundation

/// A job as the worker hands it to an executor: one JSON object in a line, see ``WorkerFrame``.
///
/// The pipe carries UTF-8 lines ended by byte 10, at most `ExecutorFrame.bytesMax` long. End of input tells the executor to
/// finish what it runs and leave.
package struct ExecutorRequest: Sendable {
    /// The job to run.
    package let job: JobID
    /// For which tenant.
    package let tenant: TenantID
    /// Which attempt this is, from 1.
    package let attempt: Int
    /// How long the attempt may take, from now on, before the executor is ended; whole milliseconds.
    ///
    /// A length and no time of day, as clocks are set while jobs run.
    package let limit: Duration
    /// When the job was first started.
    package let since: Date
    /// What an earlier run left behind, as the executor wrote it.
    package var steps: String?
    /// W3C Trace Context of what the attempt is part of.
    package let traceparent: String?
    /// The raw JSON of the job's `data`.
    package let data: ArraySlice<UInt8>

    /// The longest attempt that can be asked for: a day.
    private static let limitMillisecondsMax = 86_400_000

    /// Collects the parts.
    package init(
        job: JobID,
        tenant: TenantID,
        attempt: Int,
        limit: Duration,
        since: Date,
        steps: String?,
        traceparent: String? = nil,
        data: ArraySlice<UInt8>
    ) {
        self.job = job
        self.tenant = tenant
        self.attempt = attempt
        self.limit = limit
        self.since = since
        self.steps = steps
        self.traceparent = traceparent
        self.data = data
    }

    /// Reads a line without its end; nil when it is not such a frame.
    package init?(line: [UInt8]) {
        guard let scan = try? JSONScan(line), let job = scan.plainText("job").flatMap({ JobID($0) }),
            let tenant = scan.plainText("tenant").flatMap({ TenantID($0) }),
            let attempt = scan.integer("attempt", within: 1...AttemptNote.numberMax),
            let limit = scan.integer("limitMilliseconds", within: 0...Self.limitMillisecondsMax),
            let since = scan.plainText("since").flatMap(Timestamp.date), let data = scan.raw("data")
        else { return nil }
        self.init(
            job: job,
            tenant: tenant,
            attempt: attempt,
            limit: .milliseconds(limit),
            since: since,
            steps: scan.text("steps"),
            traceparent: scan.plainText("traceparent"),
            data: data
        )
    }

    /// The line, its end included.
    ///
    /// `data` may have been written over several lines; the frame is one.
    package func line() -> [UInt8] {
        var writer = JSONObjectWriter()
        writer.member("job", text: self.job.description)
        writer.member("tenant", text: self.tenant.description)
        writer.member("attempt", number: self.attempt)
        writer.member("limitMilliseconds", number: self.limit.wholeMilliseconds)
        writer.member("since", text: Timestamp.text(self.since))
        if let steps { writer.member("steps", text: steps) }
        if let traceparent { writer.member("traceparent", text: traceparent) }
        writer.member(rawName: "data", raw: self.data.withoutLineEnds)
        return writer.finish(ending: 0x0A)
    }
}

/// What an executor writes to the worker: one JSON object a line.
package enum ExecutorFrame: Sendable, Equatable {
    /// The longest frame in bytes, either way: the largest job and its head.
    package static let bytesMax = Envelope.bytesMax + 65_536
    /// The most steps that progress may speak of, as in `events/job.progressed.v1.json`.
    static let progressMax = 1_000_000
    /// The longest pause that an outcome may ask for, in milliseconds: a week.
    ///
    /// What is longer counts as that.
    static let pauseMillisecondsMax = 604_800_000

    /// News for people who watch: `done` of `total` steps, and which one is under way.
    case progress(job: JobID, done: Int, total: Int, step: String)
    /// Finished steps to be found again after a restart: JSON text of the executor's own shape.
    case steps(job: JobID, String)
    /// A domain event, `tenant.connected` with the members of its data.
    case event(job: JobID, name: String, data: [UInt8])
    /// The end of the attempt.
    case outcome(job: JobID, Outcome)

    /// Which job the frame speaks of.
    package var job: JobID {
        switch self {
        case .progress(let job, _, _, _), .steps(let job, _), .event(let job, _, _), .outcome(let job, _): job
        }
    }
}

extension ExecutorFrame {
    /// Reads a line without its end; nil when no executor of ours wrote it.
    package init?(line: [UInt8]) {
        guard let scan = try? JSONScan(line), let job = scan.plainText("job").flatMap({ JobID($0) }) else {
            return nil
        }
        switch scan.plainText("frame") {
        case "progress":
            guard let done = scan.integer("done", within: 0...Self.progressMax),
                let total = scan.integer("total", within: 0...Self.progressMax), let step = scan.text("step")
            else { return nil }
            self = .progress(job: job, done: done, total: total, step: step)
        case "steps":
            guard let steps = scan.text("steps") else { return nil }
            self = .steps(job: job, steps)
        case "event":
            guard let name = scan.plainText("event"), let data = scan.object("data") else { return nil }
            self = .event(job: job, name: name, data: data)
        case "outcome":
            guard let outcome = Outcome(scan) else { return nil }
            self = .outcome(job: job, outcome)
        default: return nil
        }
    }

    /// The line, its end included.
    package func line() -> [UInt8] {
        var writer = JSONObjectWriter()
        writer.member("job", text: self.job.description)
        switch self {
        case .progress(_, let done, let total, let step):
            writer.member("frame", text: "progress")
            writer.member("done", number: done)
            writer.member("total", number: total)
            writer.member("step", text: step)
        case .steps(_, let steps):
            writer.member("frame", text: "steps")
            writer.member("steps", text: steps)
        case .event(_, let name, let data):
            writer.member("frame", text: "event")
            writer.member("event", text: name)
            writer.member(rawName: "data", raw: data.withoutLineEnds)
        case .outcome(_, let outcome):
            writer.member("frame", text: "outcome")
            outcome.write(into: &writer)
        }
        return writer.finish(ending: 0x0A)
    }
}

extension Outcome {
    fileprivate init?(_ scan: JSONScan) {
        let problem = scan.raw("problem").flatMap { try? JSONDecoder().decode(Problem.self, from: Data($0)) }
        let pause = scan.integer("milliseconds", within: Int.min...Int.max).map {
            Duration.milliseconds(min(max($0, 0), ExecutorFrame.pauseMillisecondsMax))
        }
        switch scan.plainText("outcome") {
        case "succeeded":
            guard let output = scan.object("output") else { return nil }
            self = .succeeded(output: output)
        case "postponed":
            guard let pause, let problem else { return nil }
            self = .postponed(after: pause, waitingFor: problem)
        case "failed":
            guard let problem else { return nil }
            self = .failed(problem, retryAfter: pause)
        case "cancelled":
            guard let problem else { return nil }
            self = .cancelled(problem)
        case "interrupted": self = .interrupted
        default: return nil
        }
    }

    fileprivate func write(into writer: inout JSONObjectWriter) {
        func write(_ name: String, _ problem: Problem?, _ pause: Duration?) {
            writer.member("outcome", text: name)
            if let pause {
                let bounded = min(max(pause, .zero), .milliseconds(ExecutorFrame.pauseMillisecondsMax))
                writer.member("milliseconds", number: Int((bounded.inSeconds * 1_000).rounded(.up)))
            }
            if let problem, let bytes = try? JSONEncoder().encode(problem) {
                writer.member(rawName: "problem", raw: bytes)
            }
        }
        switch self {
        case .succeeded(let output):
            write("succeeded", nil, nil)
            writer.member(rawName: "output", raw: output.withoutLineEnds)
        case .postponed(let pause, let problem): write("postponed", problem, pause)
        case .failed(let problem, let pause): write("failed", problem, pause)
        case .cancelled(let problem): write("cancelled", problem, nil)
        case .interrupted: write("interrupted", nil, nil)
        }
    }
}

extension Collection<UInt8> {
    /// The same JSON in one line: line ends can only be white space between tokens, as strings must escape theirs.
    fileprivate var withoutLineEnds: [UInt8] { self.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 } }
}

extension JSONScan {
    /// The number of a member that is a whole one within bounds; nil for everything else.
    func integer(_ name: String, within bounds: ClosedRange<Int>) -> Int? {
        self.raw(name).flatMap { Int(String(decoding: $0, as: UTF8.self)) }.flatMap { bounds.contains($0) ? $0 : nil }
    }

    fileprivate func object(_ name: String) -> [UInt8]? {
        self.raw(name).flatMap { $0.first == UInt8(ascii: "{") ? Array($0) : nil }
    }
}
