import Foundation
import JobModel
import Simulator
import TestSupport
import Testing

@Suite("A worker keeps its ledger small")
struct WorkerRetentionTests {
    private static let look = """
        import sqlite3, sys
        ledger = sqlite3.connect(sys.argv[1], isolation_level=None)
        ledger.execute("UPDATE job SET changed = changed - ? * 86400000", [int(sys.argv[2])])
        print(*[ledger.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("job", "record")])
        """

    /// Makes all jobs so many days older; gives how many jobs and entries of the record there are.
    private func counts(on road: Road, older days: Int = 0) async throws -> [Int] {
        let ledger = road.folder.appending(path: "ledger.sqlite").path
        let run = try await Repository.run("python3", ["-c", Self.look, ledger, "\(days)"])
        #expect(run.status == 0, "\(run.errors)")
        return run.output.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
    }

    @Test("Jobs older than worker.ledger-retention are forgotten, younger ones and the record are not")
    func forgets() async throws {
        try await Road.walk(.demo) { road in
            var worker = try await road.sluice(["worker"])
            #expect(try await road.result(of: try await road.connect(Scenario.contosoID)).0 == .succeeded)
            worker.signal(SIGTERM)
            #expect(await worker.status() == 0)
            let before = try await self.counts(on: road, older: 3)
            #expect(before.first == 1)
            worker = try await road.sluice(["worker"], ["SLUICE_WORKER_LEDGER_RETENTION": "4"])
            let next = try await road.connect(Scenario.contosoID)
            #expect(try await road.result(of: next).0 == .succeeded, "\(worker.output.suffix(2_000))")
            worker.signal(SIGTERM)
            #expect(await worker.status() == 0)
            #expect(try await self.counts(on: road).first == 2)
            worker = try await road.sluice(["worker"], ["SLUICE_WORKER_LEDGER_RETENTION": "2"])
            try await eventually("one that is forgotten", every: .milliseconds(100)) {
                try await self.counts(on: road).first == 1
            }
            #expect(try await self.counts(on: road)[1] > before[1])
        }
    }
}
