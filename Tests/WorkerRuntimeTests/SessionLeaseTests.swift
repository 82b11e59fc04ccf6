import Testing
import TestSupport

@testable import WorkerRuntime

@Suite("How long the locks of a session are ours")
struct SessionLeaseTests {
    @Test("It lasts as long as it is renewed in time, and once over it stays over")
    func lasts() async throws {
        let lease = SessionLease(for: .seconds(60))
        #expect(!lease.isOver)
        let end = lease.end
        #expect(lease.renew(for: .milliseconds(1)))
        #expect(lease.end < end)
        try await eventually("the end of a millisecond") { lease.isOver }
        #expect(!lease.renew(for: .seconds(60)))
        #expect(lease.isOver)
    }
}
