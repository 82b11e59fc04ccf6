/// What a benchmark found, as `sluice bench --json` prints it.
///
/// Times are in the unit that the name says; what could not be measured is left out.
package struct BenchReport: Sendable, Codable, Equatable {
    /// What became of the jobs.
    package struct Account: Sendable, Codable, Equatable {
        /// Jobs that the broker took.
        package var sent = 0
        /// Jobs that have a result.
        package var answered = 0
        /// Jobs that have none.
        package var lost = 0
        /// Results that came a second time.
        package var duplicates = 0
        /// Jobs whose result is not a success.
        package var failed = 0

        /// Collects the parts.
        package init(sent: Int = 0, answered: Int = 0, lost: Int = 0, duplicates: Int = 0, failed: Int = 0) {
            self.sent = sent
            self.answered = answered
            self.lost = lost
            self.duplicates = duplicates
            self.failed = failed
        }
    }

    /// How long jobs took from being sent to being answered, in milliseconds.
    package struct Latency: Sendable, Codable, Equatable {
        /// Jobs sent a second.
        package var rate: Int
        /// How many jobs were sent.
        package var jobs: Int
        /// Half of the jobs took no longer.
        package var p50: Double
        /// Nine of ten took no longer.
        package var p90: Double
        /// Ninety-nine of a hundred took no longer.
        package var p99: Double
        /// The slowest.
        package var max: Double

        /// Ranks sorted times, each by the nearest rank; nil without any.
        package init?(rate: Int, sorted times: [Duration]) {
            guard let last = times.last else { return nil }
            func rank(_ share: Double) -> Double {
                let place = Int((Double(times.count) * share).rounded(.up)) - 1
                return Self.milliseconds(times[Swift.max(0, place)])
            }
            self.rate = rate
            self.jobs = times.count
            self.p50 = rank(0.5)
            self.p90 = rank(0.9)
            self.p99 = rank(0.99)
            self.max = Self.milliseconds(last)
        }

        static func milliseconds(_ time: Duration) -> Double {
            (time / .microseconds(10)).rounded() / 100
        }
    }

    /// Processor time of each part at saturation, in microseconds a job.
    package struct Processor: Sendable, Codable, Equatable {
        /// The worker itself, without its ledger.
        package var worker: Double?
        /// The ledger's transactions under load, which the worker carries out.
        package var ledger: Double?
        /// Its executors.
        package var executors: Double?
        /// The broker, when it runs on this host.
        package var broker: Double?
        /// This command, which listens meanwhile.
        package var bench: Double?
    }

    /// The most memory that was resident, in MiB.
    package struct Memory: Sendable, Codable, Equatable {
        /// The worker.
        package var worker: Double
        /// Its executors together.
        package var executors: Double
    }

    /// How well the parts gather work; 1 under load is the fault to look for.
    package struct Batches: Sendable, Codable, Equatable {
        /// Writes of jobs in one transaction of the ledger.
        package var jobsPerCommit: Double?
        /// Frames of executors in one read.
        package var framesPerRead: Double?
        /// Deliveries in one wake-up of a consumer.
        package var deliveriesPerWakeup: Double?
    }

    /// What became of the jobs of both parts.
    package var account = Account()
    /// Jobs a second at saturation, between the first and the last result.
    package var jobsPerSecond: Double?
    /// Latency at the rate asked for.
    package var latency: Latency?
    /// Where the processor time went.
    package var processor = Processor()
    /// Peak memory of worker and executors; left out without a worker of its own.
    package var memory: Memory?
    /// From the worker's start to the first result, in milliseconds.
    package var firstJobMilliseconds: Double?
    /// How well the parts gather work.
    package var batches = Batches()
    /// How often the worker died and was started again.
    package var restarts = 0
    /// Whether it ended before every job was answered: by the time limit, a signal, or a lost broker.
    package var wasCutShort = false

    /// Whether every job is accounted for.
    package var isSound: Bool { !self.wasCutShort && self.account.lost == 0 && self.account.failed == 0 }

    /// An empty report.
    package init() {}
}

extension BenchReport {
    /// The report as lines for a person.
    package var table: [String] {
        var rows: [(String, String)] = [
            (
                "jobs",
                "\(self.account.sent) sent, \(self.account.answered) answered, \(self.account.lost) lost, "
                    + "\(self.account.failed) failed, \(self.account.duplicates) answered twice"
            )
        ]
        rows += [self.jobsPerSecond.map { ("at saturation", "\(Self.text($0)) jobs/s") }].compactMap { $0 }
        if let latency {
            rows.append(
                (
                    "latency at \(latency.rate)/s",
                    "p50 \(latency.p50) ms, p90 \(latency.p90) ms, p99 \(latency.p99) ms, max \(latency.max) ms"
                )
            )
        }
        rows += [self.firstJobMilliseconds.map { ("start to first job", "\(Self.text($0)) ms") }].compactMap { $0 }
        rows += self.processorRows
        rows += [self.memory.map { ("peak memory", "worker \($0.worker) MiB, executors \($0.executors) MiB") }]
            .compactMap { $0 }
        rows += [self.batchText.map { ("gathered", $0) }].compactMap { $0 }
        if self.restarts > 0 { rows.append(("worker died", "\(self.restarts) times, and was started again")) }
        let width = rows.map(\.0.count).max() ?? 0
        return rows.map { $0.0 + String(repeating: " ", count: width - $0.0.count + 2) + $0.1 }
    }

    private var processorRows: [(String, String)] {
        let parts = [
            ("worker", self.processor.worker), ("ledger", self.processor.ledger),
            ("executors", self.processor.executors), ("broker", self.processor.broker),
            ("bench", self.processor.bench),
        ].compactMap { name, value in value.map { (name, $0) } }
        let sum = parts.reduce(0) { $0 + $1.1 }
        guard sum > 0 else { return [] }
        return parts.map { name, value in
            ("CPU \(name)", "\(Self.text(value)) µs a job, \(Self.text(value / sum * 100)) % of what was measured")
        }
    }

    private var batchText: String? {
        let parts = [
            self.batches.jobsPerCommit.map { "\($0) jobs a commit" },
            self.batches.framesPerRead.map { "\($0) frames a read" },
            self.batches.deliveriesPerWakeup.map { "\($0) deliveries a wake-up" },
        ].compactMap { $0 }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    private static func text(_ number: Double) -> String { String(Int(number.rounded())) }
}
