import Foundation
import JobModel

/// What a benchmark is to do.
package struct BenchPlan: Sendable {
    /// How many jobs a benchmark may send in its first part.
    package static let jobsBounds = 1...1_000_000
    /// How many jobs a second its second part may send.
    package static let rateBounds = 1...20_000
    /// How long the second part lasts at most, in seconds of sending.
    static let pacedSeconds = 10
    /// How many tenants the jobs are spread over, so that every lane gets its share.
    static let tenantCount = 64
    /// How many jobs are published at once.
    static let chunk = 500

    /// How many jobs wait in the queues when the first part begins, and at most go out in the second.
    package var jobs: Int
    /// How many jobs a second go out in the second part.
    package var rate: Int
    /// How many bytes of filler each result holds, from 0 to `NoOp.sizeMax`.
    package var size: Int
    /// When it gives up, counted from its beginning.
    package var timeLimit: Duration

    /// Collects the parts.
    package init(jobs: Int, rate: Int, size: Int, timeLimit: Duration) {
        self.jobs = jobs
        self.rate = rate
        self.size = size
        self.timeLimit = timeLimit
    }

    /// How many jobs the second part sends.
    package var pacedJobs: Int { min(self.jobs, self.rate * Self.pacedSeconds) }

    /// Makes jobs for the tenants in turn, with ids of version 7 (RFC 9562 §5.7).
    func submissions(_ count: Int, for tenants: [TenantID], now: Date) throws(Problem) -> [Submission] {
        var submissions: [Submission] = []
        for index in 0..<count {
            submissions.append(
                try Submission(
                    id: Self.newID(now),
                    type: .noOp,
                    tenant: tenants[index % tenants.count],
                    data: Array("{\"size\":\(self.size)}".utf8),
                    dryRun: false
                )
            )
        }
        return submissions
    }

    /// The tenants of one benchmark: nobody's, as no-op touches none.
    static func tenants() -> [TenantID] { (0..<self.tenantCount).map { _ in TenantID(UUID()) } }

    private static func newID(_ now: Date) -> JobID {
        var bytes = UUID().uuid
        withUnsafeMutableBytes(of: &bytes) { bytes in
            let milliseconds = UInt64(now.timeIntervalSince1970 * 1_000)
            for index in 0..<6 { bytes[index] = UInt8(truncatingIfNeeded: milliseconds >> (8 * UInt64(5 - index))) }
            bytes[6] = bytes[6] & 0x0F | 0x70
        }
        return JobID(UUID(uuid: bytes))
    }
}
