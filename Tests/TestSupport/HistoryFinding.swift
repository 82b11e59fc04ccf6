/// A promise that a history breaks.
package enum HistoryFinding: Sendable, Hashable {
    /// A job was sent and never got a result.
    case lost(job: String)
    /// A job got results under several ids.
    case results(job: String, ids: [String])
    /// A job ended otherwise than it should.
    case outcome(job: String, String)
    /// A job has no terminal event.
    case noTerminal(job: String)
    /// A job has several terminal events.
    case terminals(job: String, sequences: [Int])
    /// A job has events after its terminal one, from the same worker.
    case afterTerminal(job: String, sequences: [Int])
    /// Numbers between 1 and the last event are missing.
    case gap(job: String, missing: [Int])
    /// Two messages with one id say different things, so a reader that drops copies misses one; of a job's end, only when
    /// one worker sent both.
    ///
    /// `sources` are the workers they came from.
    case contradiction(id: String, sources: [String])
    /// News of a job that nobody sent.
    case stranger(job: String)
    /// A message that its reader cannot read.
    case unreadable(id: String)
    /// An object was made more or less often than once.
    case effect(tenant: String, kind: String, times: Int)
    /// A job was buried though nothing was wrong with it.
    case buried(job: String)
    /// What was no job did not end in the dead letters, or not as it was.
    case badBodyLost(number: Int)
    /// A message found no queue.
    case unrouted(id: String)
    /// The simulated service complains.
    case violation(String)
}

extension HistoryFinding {
    /// Whether time may still mend it; what happened twice stays.
    package var mayPass: Bool {
        switch self {
        case .lost, .noTerminal, .gap, .badBodyLost: true
        case .effect(_, _, let times): times == 0
        case .results, .outcome, .terminals, .afterTerminal, .contradiction, .stranger, .unreadable, .buried,
            .unrouted, .violation:
            false
        }
    }

    /// The id of the job that it is about, as far as it is about one.
    package var job: String? {
        switch self {
        case .lost(let job), .results(let job, _), .outcome(let job, _), .noTerminal(let job), .terminals(let job, _),
            .afterTerminal(let job, _), .gap(let job, _), .stranger(let job), .buried(let job):
            job
        case .contradiction(let id, _), .unreadable(let id), .unrouted(let id):
            id.split(separator: ".").first.map(String.init)
        case .effect, .badBodyLost, .violation: nil
        }
    }
}
