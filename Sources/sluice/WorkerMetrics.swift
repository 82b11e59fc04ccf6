import JobModel
import Telemetry
import WorkerRuntime

/// A worker's metrics as Prometheus reads them.
///
/// Labels are bounded: job types, decisions, problem codes and reasons are closed lists; no tenant, job or mailbox is ever a
/// label. Names and units follow Prometheus' page "Metric and label naming". `deploy/README.md` says what each is for.
struct WorkerMetrics {
    /// Problems that alerts watch for.
    ///
    /// They and all decisions are told from the start, as 0: Prometheus sees no increase in a series that begins with 1.
    private static let watched: [ProblemCode] = [.executorCrashed, .throttled]

    let figures: WorkerFigures
    let name: String
    let version: String
    /// Processor time of the worker's own process.
    let ownSeconds: Double
    /// Its memory.
    let ownBytes: Int
    /// Its executors' memory.
    let executorBytes: Int

    var page: MetricsPage {
        var page = MetricsPage()
        self.addJobs(to: &page)
        self.addState(to: &page)
        self.addProcesses(to: &page)
        return page
    }

    private func addJobs(to page: inout MetricsPage) {
        let jobs = self.figures.jobs.sorted { $0.key.rawValue < $1.key.rawValue }
        page.add(
            "sluice_job_decisions_total",
            .counter,
            "Attempts by what was decided after them.",
            jobs.flatMap { type, figures in
                JobFigures.decisionNames.map { decision in
                    MetricSample(figures.decisions[decision] ?? 0, ["type": type.rawValue, "decision": decision])
                }
            }
        )
        page.add(
            "sluice_job_problems_total",
            .counter,
            "Attempts that did not succeed, by problem code.",
            jobs.flatMap { type, figures in
                Self.codes(of: figures).map { code in
                    MetricSample(figures.problems[code] ?? 0, ["type": type.rawValue, "code": code.rawValue])
                }
            }
        )
        page.add(
            "sluice_job_attempt_duration_seconds",
            .histogram,
            "How long attempts took.",
            jobs.flatMap { type, figures in
                MetricSample.histogram(
                    bounds: JobFigures.bounds,
                    counts: figures.attempts,
                    sum: figures.seconds,
                    ["type": type.rawValue]
                )
            }
        )
        page.add(
            "sluice_jobs_running",
            .gauge,
            "Attempts that run now.",
            jobs.map { MetricSample($0.value.running, ["type": $0.key.rawValue]) }
        )
        page.add(
            "sluice_job_oldest_attempt_seconds",
            .gauge,
            "How long the oldest running attempt has run; 0 when none runs.",
            [MetricSample(self.figures.oldestAttempt ?? 0)]
        )
        page.add(
            "sluice_job_oldest_seconds",
            .gauge,
            "How long ago the oldest running job was asked for; 0 when none runs.",
            [MetricSample(self.figures.oldestJob ?? 0)]
        )
    }

    private static func codes(of figures: JobFigures) -> [ProblemCode] {
        Set(figures.problems.keys).union(self.watched).sorted { $0.rawValue < $1.rawValue }
    }

    private func addState(to page: inout MetricsPage) {
        page.add(
            "sluice_worker_ready",
            .gauge,
            "1 while jobs are taken.",
            [MetricSample(self.figures.takesJobs && !self.figures.isDraining ? 1 : 0)]
        )
        page.add(
            "sluice_worker_hindered",
            .gauge,
            "1 for each reason why no jobs are taken.",
            self.figures.hindrances.map { MetricSample(1, ["reason": $0]) }
        )
        page.add(
            "sluice_worker_paused",
            .gauge,
            "1 for each job type an operator has paused.",
            self.figures.paused.map { MetricSample(1, ["type": $0.rawValue]) }
        )
        page.add(
            "sluice_broker_sessions_total",
            .counter,
            "Sessions with the broker; more than one means that some were lost.",
            [MetricSample(self.figures.sessions)]
        )
        page.add(
            "sluice_messages_turned_away_total",
            .counter,
            "Messages too large to be read, which went to the dead letters.",
            [MetricSample(self.figures.turnedAway)]
        )
        page.add(
            "sluice_outbox_messages",
            .gauge,
            "Decided messages that wait for the broker's confirm.",
            [MetricSample(self.figures.outboxMessages)]
        )
        page.add(
            "sluice_outbox_bytes",
            .gauge,
            "Bytes of their bodies.",
            [MetricSample(self.figures.outboxBytes)]
        )
        page.add("sluice_ledger_commits_total", .counter, "Commits.", [MetricSample(self.figures.ledgerCommits)])
        page.add("sluice_ledger_writes_total", .counter, "Writes in them.", [MetricSample(self.figures.ledgerWrites)])
        page.add("sluice_ledger_bytes", .gauge, "Disk that the ledger takes.", [MetricSample(self.figures.ledgerBytes)])
    }

    private func addProcesses(to page: inout MetricsPage) {
        page.add(
            "sluice_executors",
            .gauge,
            "Executor processes that live.",
            self.figures.executors.sorted { $0.key.rawValue < $1.key.rawValue }.map {
                MetricSample($0.value, ["type": $0.key.rawValue])
            }
        )
        page.add(
            "sluice_executor_starts_total",
            .counter,
            "Executor processes started; more than renewals explain means that some died.",
            self.figures.executorStarts.sorted { $0.key.rawValue < $1.key.rawValue }.map {
                MetricSample($0.value, ["type": $0.key.rawValue])
            }
        )
        page.add("process_cpu_seconds_total", .counter, "Processor time.", [MetricSample(self.ownSeconds)])
        page.add("process_resident_memory_bytes", .gauge, "Memory.", [MetricSample(self.ownBytes)])
        page.add(
            "sluice_executors_resident_memory_bytes",
            .gauge,
            "Executors' memory.",
            [MetricSample(self.executorBytes)]
        )
        page.add(
            "sluice_build_info",
            .gauge,
            "1; which worker and version this is.",
            [MetricSample(1, ["version": self.version, "worker": self.name])]
        )
    }
}
