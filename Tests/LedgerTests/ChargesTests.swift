import Foundation
import JobModel
import Ledger
import Testing

@Suite("What jobs weigh within an hour")
struct ChargesTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "charges-\(UUID().uuidString)")
    private var path: String { self.folder.appending(path: "ledger.sqlite").path() }
    private let tenant = TenantID(UUID())
    private let start = Date(timeIntervalSince1970: 1_800_000_000)

    init() throws { try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true) }

    private func run(_ tenant: TenantID? = nil, job: JobID = JobID(UUID()), replay: Int = 0) -> JobRun {
        JobRun(job: job, type: .pullMessage, tenant: tenant ?? self.tenant, replay: replay)
    }

    @Test("Jobs are counted up to the limit; the one beyond it hears what was used and counts nothing")
    func limits() async throws {
        let ledger = try Ledger(path: self.path)
        #expect(try await ledger.charge(self.run(), weight: 600, limit: 1_000, now: self.start) == nil)
        #expect(try await ledger.charge(self.run(), weight: 401, limit: 1_000, now: self.start) == 600)
        #expect(try await ledger.charge(self.run(), weight: 400, limit: 1_000, now: self.start) == nil)
        #expect(try await ledger.charge(self.run(), weight: 1, limit: 1_000, now: self.start) == 1_000)
        #expect(
            try await ledger.charge(self.run(TenantID(UUID())), weight: 1_000, limit: 1_000, now: self.start) == nil
        )
        let other = JobRun(job: JobID(UUID()), type: .restoreMessage, tenant: self.tenant, replay: 0)
        #expect(try await ledger.charge(other, weight: 1_000, limit: 1_000, now: self.start) == nil)
    }

    @Test("A job counts once, delivered and replayed as often as may be, and also after a restart")
    func countsOnce() async throws {
        let job = JobID(UUID())
        #expect(
            try await Ledger(path: self.path).charge(self.run(job: job), weight: 9, limit: 10, now: self.start) == nil
        )
        let again = try Ledger(path: self.path)
        #expect(try await again.charge(self.run(job: job, replay: 1), weight: 9, limit: 10, now: self.start) == nil)
        #expect(try await again.charge(self.run(), weight: 2, limit: 10, now: self.start) == 9)
    }

    @Test("After an hour a charge is forgotten, not before")
    func forgets() async throws {
        let ledger = try Ledger(path: self.path)
        _ = try await ledger.charge(self.run(), weight: 10, limit: 10, now: self.start)
        let (late, later) = (self.start.addingTimeInterval(3_599), self.start.addingTimeInterval(3_600))
        #expect(try await ledger.charge(self.run(), weight: 1, limit: 10, now: late) == 10)
        #expect(try await ledger.charge(self.run(), weight: 1, limit: 10, now: later) == nil)
    }
}
