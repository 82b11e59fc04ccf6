import Foundation
package import JobModel
import Synchronization

/// What became of the jobs of one type since the worker's start.
package struct JobFigures: Sendable, Equatable {
    /// The upper bounds of ``attempts`` in seconds.
    package static let bounds = [0.005, 0.02, 0.1, 0.5, 2, 10, 60, 300, 1_200]

    /// The words that decisions are counted under.
    package static let decisionNames = FinalOutcome.allCases.map(\.rawValue) + ["retry", "postpone", "rerun", "bury"]

    /// Attempts by what was decided after them, under ``decisionNames``.
    package var decisions: [String: Int] = [:]
    /// Attempts that did not succeed, by problem.
    package var problems: [ProblemCode: Int] = [:]
    /// Attempts by how long they took: one count for each bound, and one for all beyond.
    package var attempts = [Int](repeating: 0, count: Self.bounds.count + 1)
    /// The sum of all attempts' times in seconds.
    package var seconds = 0.0
    /// How many run now.
    package var running = 0
}

/// Counts what becomes of jobs; a few words of memory a job type, and a lock for moments.
final class JobTally: Sendable {
    private struct State {
        var figures = Dictionary(uniqueKeysWithValues: JobType.allCases.map { ($0, JobFigures()) })
        var running: [JobID: (began: Date, asked: Date)] = [:]
        var turnedAway = 0
    }

    private let state = Mutex(State())

    /// An attempt begins.
    func begin(_ job: Envelope, now: Date) {
        self.state.withLock { state in
            state.running[job.id] = (now, job.time)
            state.figures[job.type, default: JobFigures()].running += 1
        }
    }

    /// An attempt has ended, however it did.
    func end(_ job: JobID, _ type: JobType, now: Date) {
        self.state.withLock { state in
            guard let began = state.running.removeValue(forKey: job)?.began else { return }
            let seconds = max(0, now.timeIntervalSince(began))
            let place = JobFigures.bounds.firstIndex { seconds <= $0 } ?? JobFigures.bounds.count
            var figures = state.figures[type, default: JobFigures()]
            figures.running -= 1
            figures.attempts[place] += 1
            figures.seconds += seconds
            state.figures[type] = figures
        }
    }

    /// A message was too large to be read.
    func turnedAway() { self.state.withLock { $0.turnedAway += 1 } }

    /// How many messages were too large to be read.
    var turnedAwayCount: Int { self.state.withLock { $0.turnedAway } }

    /// Notes what was decided.
    func note(_ decision: Decision, of type: JobType) {
        let (name, problem) = decision.figure
        self.state.withLock { state in
            state.figures[type, default: JobFigures()].decisions[name, default: 0] += 1
            if let problem { state.figures[type, default: JobFigures()].problems[problem, default: 0] += 1 }
        }
    }

    /// The figures, since when the oldest running attempt has run, and when the oldest job among them was asked for.
    var figures: (jobs: [JobType: JobFigures], began: Date?, asked: Date?) {
        self.state.withLock { state in
            (state.figures, state.running.values.map(\.began).min(), state.running.values.map(\.asked).min())
        }
    }
}

extension Decision {
    /// The word it is counted under, and the problem behind it.
    fileprivate var figure: (name: String, problem: ProblemCode?) {
        switch self {
        case .finish(let outcome, _, let problem): (outcome.rawValue, problem?.code)
        case .retry(_, let problem): ("retry", problem.code)
        case .postpone(_, let problem): ("postpone", problem.code)
        case .rerun: ("rerun", nil)
        case .bury(let problem): ("bury", problem.code)
        }
    }
}
