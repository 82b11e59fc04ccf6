package import AMQP
import Foundation
import JobModel
import JobQueue

/// Sends the jobs of a campaign and hears how they end.
///
/// Only a few are under way at once, so that the lane stays open to others: a single pull is picked up beside them. What
/// has ended is kept at once. Whoever begins again sends what has not ended under the same ids, and finds the ends that came
/// meanwhile in a queue that was kept for it.
package final class Campaign {
    /// How far a campaign has come.
    package struct Progress: Sendable, Equatable {
        /// Jobs that have ended.
        package var jobsEnded: Int
        /// All jobs.
        package let jobs: Int
        /// Mailboxes that are through, those of jobs under way by their own account.
        package var targetsDone: Int
        /// All mailboxes.
        package let targets: Int
        /// Copies by disposition, of jobs that have ended.
        package var totals: [String: Int]
        /// Jobs that ended otherwise than with success.
        package var jobsFailed: Int

        /// Whether every job has ended.
        package var isComplete: Bool { self.jobsEnded == self.jobs }
        /// The bar with the totals that are not nothing.
        package var line: String {
            let counts = self.totals.filter { $0.value > 0 }.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            let words = counts.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
            return NewsLine.bar(self.targetsDone, of: self.targets) + (words.isEmpty ? "" : " \(words)")
        }
    }

    /// How many jobs are under way at once by default.
    package static let windowDefault = 2

    private let plan: CampaignPlan
    private let state: CampaignState
    private let connection: Connection
    private let source: String
    private let window: Int
    /// The jobs that have not been sent in this run, the next one last.
    private var waiting: [CampaignPlan.Job]
    private var underWay: [String: CampaignPlan.Job] = [:]
    /// Mailboxes done by jobs under way.
    private var doneUnderWay: [String: Int] = [:]

    /// Prepares to send what has not ended.
    package init(
        _ plan: CampaignPlan,
        state: CampaignState,
        on connection: Connection,
        source: String,
        window: Int = Campaign.windowDefault
    ) {
        self.plan = plan
        self.state = state
        self.connection = connection
        self.source = source
        self.window = window
        let waiting = plan.jobs.filter { state.outcomes[$0.key.description] == nil }
        self.waiting = waiting.reversed().map { job in
            state.rounds[job.key.description].map { job.again(in: $0) } ?? job
        }
    }

    /// Where it stands.
    package var progress: Progress {
        let ended = self.plan.jobs.filter { self.state.outcomes[$0.key.description] != nil }
        let targets = ended.reduce(0) { $0 + $1.targets }
        return Progress(
            jobsEnded: ended.count,
            jobs: self.plan.jobs.count,
            targetsDone: targets + self.doneUnderWay.values.reduce(0, +),
            targets: self.plan.targets,
            totals: self.state.totals,
            jobsFailed: self.state.outcomes.values.filter { $0 != .succeeded }.count
        )
    }

    /// Sends and listens until every job has ended, or the task is cancelled.
    ///
    /// `show` is called after each piece of news; its second argument says whether a job has just ended.
    package func run(_ show: (Progress, Bool) -> Void) async throws(CampaignError) {
        guard !self.waiting.isEmpty else { return show(self.progress, false) }
        let name = "campaign.\(self.plan.type.rawValue).\(self.plan.digest)"
        let news: Deliveries
        do {
            news = try await NewsQueue.keep(name, for: self.plan.type, on: self.connection)
        } catch {
            throw CampaignError(.broker, "\(error)")
        }
        try await self.fill()
        show(self.progress, false)
        for await delivery in news {
            let hasEnded = try self.hear(delivery.message)
            delivery.settle(.acknowledge)  // only now: what was told is kept
            guard let hasEnded else { continue }
            if hasEnded { try await self.fill() }
            show(self.progress, hasEnded)
            if self.underWay.isEmpty { return await self.forget(name, news) }
        }
        guard !Task.isCancelled else { return }
        throw CampaignError(.broker, "it told nothing more")
    }

    /// Deletes the queue; one that stays is deleted by the broker after a while.
    private func forget(_ name: String, _ news: Deliveries) async {
        await self.connection.cancel(news)
        try? await NewsQueue.forget(name, on: self.connection)
    }

    /// Takes a message; nil when it changes nothing, true when a job has ended with it.
    private func hear(_ message: Message) throws(CampaignError) -> Bool? {
        guard let job = self.underWay[message.properties.correlationID ?? ""], let item = JobNews(message) else {
            return nil
        }
        return try self.take(item, job)
    }

    /// Takes one piece of news; nil when it changes nothing.
    private func take(_ news: JobNews, _ job: CampaignPlan.Job) throws(CampaignError) -> Bool? {
        switch news.kind {
        case .progressed(let progress) where progress.total > 0:
            let share = min(max(progress.done, 0), progress.total)
            self.doneUnderWay[news.job] = job.targets * share / progress.total
            return false
        case .result:
            guard let result = CampaignResult(news.body, of: job) else { return nil }
            try self.state.record(result, of: job)
            self.underWay[news.job] = nil
            self.doneUnderWay[news.job] = nil
            return true
        default: return nil
        }
    }

    private func fill() async throws(CampaignError) {
        while self.underWay.count < self.window, let job = self.waiting.popLast() {
            self.underWay[job.id.description] = job
            do {
                let submission = try Submission(
                    id: job.id,
                    type: self.plan.type,
                    tenant: self.plan.tenant,
                    data: job.data,
                    dryRun: false
                )
                try await self.connection.publish(submission.message(source: self.source, now: Date()))
            } catch let error as AMQPError {
                let advice = error.code == .unroutable ? "; run `sluice topology apply`" : ""
                throw CampaignError(.broker, "a job was not taken: \(error)\(advice)")
            } catch {
                throw CampaignError(.job, "\(error)")
            }
        }
    }
}
