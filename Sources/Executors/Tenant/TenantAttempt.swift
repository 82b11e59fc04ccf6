import JobModel
import Logging
import Microsoft365

/// One attempt of one job in one tenant: the walk through its steps, and how each way of ending early becomes an outcome.
///
/// Steps throw `Microsoft365Error` when the service refuses, `Waiting` when something takes its time and `Problem` when a
/// person has to act. A new job is a type like this, its steps, and an executor that makes one and runs it:
///
/// ```swift
/// struct MailboxCount: TenantAttempt {
///     enum Step: String, CaseIterable { case permissions, count }
///     let context: ExecutorContext
///     let settings: ExecutorSettings
///     let tenant: Microsoft365
///     var memo: CountMemo
///     var steps: [Step] { Step.allCases }
///
///     mutating func take(_ step: Step) async throws { … }
///     func output() throws -> CountOutput { … }
/// }
/// ```
protocol TenantAttempt {
    associatedtype Memo: TenantMemo
    /// The steps under the names that people see.
    associatedtype Step: RawRepresentable<String>
    associatedtype Output: Encodable

    var context: ExecutorContext { get }
    var settings: ExecutorSettings { get }
    var tenant: Microsoft365 { get }
    /// What is remembered; kept in the message between runs.
    var memo: Memo { get set }

    /// What this job takes, in order.
    var steps: [Step] { get }
    mutating func take(_ step: Step) async throws
    /// What the job answers once every step was taken.
    func output() throws -> Output
}

extension TenantAttempt {
    /// Takes every step.
    mutating func run() async -> Outcome {
        do {
            let steps = self.steps
            for (index, step) in steps.enumerated() {
                try Task.checkCancellation()
                if index >= self.memo.stepsDone {
                    self.memo.stepsDone = index
                    self.context.progress(done: index, total: steps.count, step: step.rawValue)
                }
                try await self.take(step)
            }
            return .succeeded(output: try CanonicalJSON.bytes(try self.output()))
        } catch {
            return self.outcome(of: error)
        }
    }

    /// Hands the memo to the worker.
    func remember() {
        do {
            self.context.remember(try self.memo.text())
        } catch {
            self.context.logger.error("A memo could not be encoded")  // the next run converges from the tenant
        }
    }
}

// MARK: - How an attempt ends early

extension TenantAttempt {
    /// The outcome of an attempt that a step has ended.
    mutating func outcome(of error: any Error) -> Outcome {
        switch error {
        case let problem as Problem: .failed(problem, retryAfter: nil)
        case let waiting as Waiting: self.outcome(of: waiting)
        case let error as Microsoft365Error: self.outcome(of: error)
        case is CancellationError: .interrupted
        default: .failed(Problem(.internalError, "A value could not be encoded."), retryAfter: nil)
        }
    }

    private mutating func outcome(of error: Microsoft365Error) -> Outcome {
        if Task.isCancelled { return .interrupted }
        switch error.reaction {
        case .fail(let code): return .failed(Problem(code, error.description), retryAfter: error.retryAfter)
        case .wait(let wait, let code):
            return self.outcome(of: Waiting(for: wait, Problem(code, error.description), pause: error.retryAfter))
        case .interrupt: return .interrupted
        }
    }

    private mutating func outcome(of waiting: Waiting) -> Outcome {
        let now = self.settings.now()
        let waitStart = self.memo.waits[waiting.wait.rawValue] ?? now
        self.memo.waits[waiting.wait.rawValue] = waitStart
        self.remember()
        let policy = WaitingPolicy(
            firstPause: self.settings.propagationDelay,
            pauseMax: ExecutorSettings.propagationDelayMax
        )
        return policy.outcome(of: waiting, jobStart: self.context.since, waitStart: waitStart, now: now)
    }
}

extension ExecutorSettings {
    /// The way into the tenant of a job; nothing is opened or sent yet.
    func tenant(of context: ExecutorContext) -> Microsoft365 {
        Microsoft365(
            tenant: context.tenant.uuid,
            application: self.application,
            endpoints: self.endpoints,
            limits: self.limits,
            transport: self.transport,
            logger: context.logger
        )
    }
}
