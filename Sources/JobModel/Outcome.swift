/// How one attempt of a job ended.
///
/// It is returned, never thrown.
package enum Outcome: Sendable, Equatable {
    /// The work is done; the bytes are the JSON object of the job type's output.
    case succeeded(output: [UInt8])
    /// Something outside takes its time: come back after the pause, no attempt spent.
    case postponed(after: Duration, waitingFor: Problem)
    /// The attempt failed. `retryAfter` is the service's own wish, where it gave one.
    case failed(Problem, retryAfter: Duration?)
    /// The job was called off.
    case cancelled(Problem)
    /// The attempt was cut short through no fault of the job: run it again, no attempt spent.
    case interrupted
}
