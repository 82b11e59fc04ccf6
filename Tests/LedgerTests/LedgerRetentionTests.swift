import Foundation
import JobModel
import Ledger
import Testing

@Suite("What the ledger forgets")
struct LedgerRetentionTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "ledger-\(UUID().uuidString)")
    private let time = Date(timeIntervalSince1970: 10_000)

    init() throws { try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true) }

    private func ledger() throws -> Ledger { try Ledger(path: self.folder.appending(path: "ledger.sqlite").path()) }

    /// Puts a job on record that last changed so many seconds after the time; sends a message for it, if asked to.
    private func put(
        _ state: JobState,
        _ seconds: Int,
        isUnsent: Bool = false,
        in ledger: Ledger
    ) async throws -> JobRun {
        let run = JobRun(job: JobID(UUID()), type: .connectTenant, tenant: TenantID(UUID()), replay: 0)
        let entry = LedgerEntry(
            run: run,
            round: 0,
            attempt: 1,
            state: state,
            sequence: 1,
            steps: nil,
            problem: nil,
            since: Date(timeIntervalSince1970: 0),
            changed: self.time.addingTimeInterval(TimeInterval(seconds))
        )
        let message = OutboundMessage(
            exchange: "result",
            routingKey: "k",
            id: "\(run.job)",
            type: "results.connect-tenant.v1",
            correlationID: nil,
            time: self.time,
            headers: [:],
            body: [0x7B, 0x7D]
        )
        let rows = try await ledger.record(entry, sending: [message])
        if !isUnsent { try await ledger.sent(rows) }
        return run
    }

    @Test("Jobs that ended or went on their way before the time, but none that ran, is newer or is not sent yet")
    func old() async throws {
        let ledger = try self.ledger()
        var kept: [JobRun] = []
        var gone: [JobRun] = []
        for state in JobState.allCases {
            let old = try await self.put(state, -1, in: ledger)
            if state == .running { kept.append(old) } else { gone.append(old) }
            kept.append(try await self.put(state, 0, in: ledger))
            kept.append(try await self.put(state, -1, isUnsent: true, in: ledger))
        }
        #expect(try await ledger.forgetJobs(unchangedSince: self.time, limit: 100) == gone.count)
        for run in gone { #expect(try await ledger.entry(of: run) == nil) }
        for run in kept { #expect(try await ledger.entry(of: run) != nil) }
        // What was done stays on record, whatever became of the job's row.
        for run in gone { #expect(try await ledger.record(of: run.job).count == 1) }
        #expect(try await ledger.forgetJobs(unchangedSince: self.time, limit: 100) == 0)
        try FileManager.default.removeItem(at: self.folder)
    }

    @Test("No more than asked for at once, the first begun first")
    func batches() async throws {
        let ledger = try self.ledger()
        var runs: [JobRun] = []
        for _ in 0..<5 { runs.append(try await self.put(.succeeded, -1, in: ledger)) }
        var counts: [Int] = []
        for _ in 0..<4 { counts.append(try await ledger.forgetJobs(unchangedSince: self.time, limit: 2)) }
        #expect(counts == [2, 2, 1, 0])
        #expect(ledger.bytes > 4_096)
        try FileManager.default.removeItem(at: self.folder)
    }
}
