package import JobModel

/// Carries out the jobs of one type.
///
/// Everything that touches Microsoft 365 is behind one of these.
///
/// An executor runs in a child process of the worker, several jobs at once. A new job type is a payload, an executor and
/// one case in ``ExecutorCatalogue``:
///
/// ```swift
/// struct DisconnectTenantExecutor: Executor {
/// let settings: ExecutorSettings
///
/// func run(_ job: DisconnectTenant, _ context: ExecutorContext) async -> Outcome {
/// context.progress(done: 0, total: 2, step: "bypass-rule")
/// do {
/// guard try await removeRule() else {
/// return .postponed(after: .seconds(15), waitingFor: Problem(.propagationTimeout, "…"))
/// }
/// context.remember(#"{"ruleIsGone":true}"#)    // comes back as `context.steps` if the job is run again
/// context.event(.tenantChanged, TenantChanged(change: change))
/// return .succeeded(output: …)
/// } catch {
/// return .failed(Problem(.serviceUnavailable, "…"), retryAfter: nil)
/// }
/// }
/// }
/// ```
///
/// Three rules hold for every executor. The attempt may be killed between any two instructions and the job be run again,
/// with what it remembered or without: read the tenant, then do what is missing. Long waits are `postponed`, never slept
/// through. A cancelled task ends with `.interrupted` as soon as nothing is in doubt.
package protocol Executor: Sendable {
    /// What the job asks for.
    associatedtype Payload: JobPayload

    /// Runs one attempt of a job.
    func run(_ payload: Payload, _ context: ExecutorContext) async -> Outcome
}
