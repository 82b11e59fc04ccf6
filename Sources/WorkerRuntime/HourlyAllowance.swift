package import JobModel

/// How much the jobs of one type may do to one tenant within an hour, such as how many mailboxes they may touch.
///
/// Counted in this host's ledger, so that it holds over all its executors and survives restarts. Hosts do not know of each
/// other: with N of them up to N times as much is let through.
package struct HourlyAllowance: Sendable {
    /// The jobs it is about.
    package var type: JobType
    /// How much is allowed, in whatever `weight` counts.
    package var limit: Int
    /// What a job with that data weighs; nil when it does nothing that counts.
    package var weight: @Sendable ([UInt8]) -> Int?
    /// Why a job is refused: its weight, what was used within the hour, the limit.
    package var refusal: @Sendable (Int, Int, Int) -> Problem

    /// Collects the parts.
    package init(
        type: JobType,
        limit: Int,
        weight: @escaping @Sendable ([UInt8]) -> Int?,
        refusal: @escaping @Sendable (Int, Int, Int) -> Problem
    ) {
        self.type = type
        self.limit = limit
        self.weight = weight
        self.refusal = refusal
    }
}
