package import JobModel

/// Pulls a message: every copy of it, out of every mailbox that the job names, into a hidden folder of the same mailbox.
///
/// Safe to be killed anywhere and run again, with its memo or without, also beside another job on the same message: each copy
/// carries the stamp of the job that has it, written only over the state that was read.
package struct PullMessageExecutor: Executor {
    private let settings: ExecutorSettings

    /// Nothing is opened or sent yet.
    package init(settings: ExecutorSettings) { self.settings = settings }

    /// Runs one attempt.
    package func run(_ job: PullMessage, _ context: ExecutorContext) async -> Outcome {
        var attempt = PullAttempt(job: job, context: context, settings: self.settings)
        do throws(Problem) {
            // What is half done is not refused for a cap that was set meanwhile.
            if !attempt.memo.hasBegun { try PullCaps(self.settings.mailboxes).check(job) }
        } catch {
            return .failed(error, retryAfter: nil)
        }
        return await attempt.carryOut()
    }
}
