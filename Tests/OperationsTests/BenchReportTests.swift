import Foundation
import Testing

@testable import Operations

@Suite("What a benchmark reports")
struct BenchReportTests {
    @Test("A percentile is the nearest rank")
    func ranks() throws {
        let latency = try #require(
            BenchReport.Latency(rate: 200, sorted: (1...1_000).map { Duration.milliseconds($0) })
        )
        #expect(latency.p50 == 500)
        #expect(latency.p90 == 900)
        #expect(latency.p99 == 990)
        #expect(latency.max == 1_000)
        #expect(latency.jobs == 1_000)
    }

    @Test("One job is all of its ranks, and none has none")
    func edges() throws {
        let one = try #require(BenchReport.Latency(rate: 1, sorted: [.microseconds(1_234)]))
        #expect([one.p50, one.p90, one.p99, one.max] == [1.23, 1.23, 1.23, 1.23])
        #expect(BenchReport.Latency(rate: 1, sorted: []) == nil)
    }

    @Test("A job without a result, one that failed, or an early end make it unsound; a second copy does not")
    func soundness() {
        #expect(BenchReport().isSound)
        var report = BenchReport()
        report.account.duplicates = 3
        #expect(report.isSound)
        report.account.lost = 1
        #expect(!report.isSound)
        report.account.lost = 0
        report.account.failed = 1
        #expect(!report.isSound)
        report.account.failed = 0
        report.wasCutShort = true
        #expect(!report.isSound)
    }

    @Test("The table says what was measured, with shares that add up, and nothing of what was not")
    func table() {
        var report = BenchReport()
        report.account.sent = 10
        #expect(report.table == ["jobs  10 sent, 0 answered, 0 lost, 0 failed, 0 answered twice"])
        report.jobsPerSecond = 4_321
        report.processor = .init(worker: 120, ledger: 30, executors: 25, broker: 75, bench: nil)
        report.batches.jobsPerCommit = 42.5
        #expect(report.table.contains { $0.hasSuffix("4321 jobs/s") })
        #expect(report.table.contains { $0.contains("CPU worker") && $0.contains("120 µs a job, 48 %") })
        #expect(report.table.contains { $0.contains("CPU ledger") && $0.contains("30 µs a job, 12 %") })
        #expect(report.table.contains { $0.contains("CPU broker") && $0.contains("75 µs a job, 30 %") })
        #expect(!report.table.contains { $0.contains("CPU bench") })
        #expect(report.table.contains { $0.hasSuffix("42.5 jobs a commit") })
    }
}
