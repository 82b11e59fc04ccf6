import Foundation
import JobModel
import Ledger
import Testing

@testable import WorkerRuntime

@Suite("What a delivery means, seen against the ledger")
struct StandingTests {
    private static let run = JobRun(job: JobID(UUID()), type: .connectTenant, tenant: TenantID(UUID()), replay: 0)

    private static func entry(round: Int, _ state: JobState, sequence: Int = 7, steps: String? = "ledger")
        -> LedgerEntry
    {
        LedgerEntry(
            run: self.run,
            round: round,
            attempt: 1,
            state: state,
            sequence: sequence,
            steps: steps,
            problem: nil,
            since: Date(),
            changed: Date()
        )
    }

    private static func memo(round: Int) -> Memo { Memo(round: round, sequence: 3, since: nil, steps: "memo") }

    @Test(
        "The newest of ledger and message counts, and what was decided stays decided",
        arguments: [
            (Self.memo(round: 0), nil, Standing.run(sequence: 3, steps: "memo")),
            (Self.memo(round: 2), Self.entry(round: 2, .running), .run(sequence: 7, steps: "ledger")),
            (Self.memo(round: 2), Self.entry(round: 2, .running, steps: nil), .run(sequence: 7, steps: "memo")),
            (Self.memo(round: 2), Self.entry(round: 1, .waiting), .run(sequence: 7, steps: "memo")),
            (Self.memo(round: 2), Self.entry(round: 1, .running), .run(sequence: 7, steps: "memo")),
            (Self.memo(round: 1), Self.entry(round: 1, .waiting), .settled),
            (Self.memo(round: 1), Self.entry(round: 2, .running), .settled),
            (Self.memo(round: 9), Self.entry(round: 1, .succeeded), .settled),
            (Self.memo(round: 9), Self.entry(round: 1, .dead), .settled),
        ] as [(Memo, LedgerEntry?, Standing)]
    )
    func standing(memo: Memo, entry: LedgerEntry?, expected: Standing) {
        #expect(Standing(memo: memo, entry: entry) == expected)
    }
}
