/// Why a benchmark could not be run or go on.
package struct BenchError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it is.
    package enum Code: String, Sendable {
        /// The broker could not be used.
        case broker
        /// The worker could not be started, or died too often.
        case worker
        /// The jobs could not be made.
        case plan
    }

    /// What kind of failure it is.
    package let code: Code
    /// What was met, in words of whoever met it.
    package let reason: String

    /// One line that says what to do.
    package var description: String {
        switch self.code {
        case .broker: "the benchmark lost its broker: \(self.reason); check it with `sluice doctor`"
        case .worker: "the benchmark's worker cannot run: \(self.reason)"
        case .plan: "the benchmark's jobs cannot be made: \(self.reason)"
        }
    }
}
