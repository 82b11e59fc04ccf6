import Foundation
import JobModel
import Ledger
import Testing

@Suite("The record of what jobs did")
struct RecordChainTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "record-\(UUID().uuidString)")
    private let tenant = TenantID(UUID())

    init() throws { try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true) }

    private func ledger() throws -> Ledger { try Ledger(path: self.folder.appending(path: "ledger.sqlite").path()) }

    private func record(
        _ ledger: Ledger,
        type: JobType = .connectTenant,
        tenant: TenantID? = nil,
        bodies: [String]
    ) async throws -> JobRun {
        let run = JobRun(job: JobID(UUID()), type: type, tenant: tenant ?? self.tenant, replay: 0)
        let entry = LedgerEntry(
            run: run,
            round: 0,
            attempt: 1,
            state: .running,
            sequence: 1,
            steps: nil,
            problem: nil,
            since: Date(timeIntervalSince1970: 1_000),
            changed: Date(timeIntervalSince1970: 2_000)
        )
        let messages = bodies.map { body in
            OutboundMessage(
                exchange: "event",
                routingKey: "tenant.changed",
                id: "\(run.job).1",
                type: "events.tenant.changed.v1",
                correlationID: "\(run.job)",
                time: Date(timeIntervalSince1970: 3_000.1234),
                headers: [:],
                body: Array(body.utf8)
            )
        }
        _ = try await ledger.record(entry, sending: messages)
        return run
    }

    private func check(_ lines: [String]) -> RecordCheck {
        var check = RecordCheck()
        for (index, line) in lines.enumerated() { check.look(at: RecordEntry(line: line), line: index + 1) }
        return check
    }

    private func lines(_ ledger: Ledger) async throws -> [String] {
        try await ledger.record(of: nil, after: 0, limit: 100).map { try #require($0.entry).line() }
    }

    @Test("Each tenant has a chain of its own, which an export carries whole")
    func chains() async throws {
        let ledger = try self.ledger()
        let run = try await self.record(ledger, bodies: ["{\"ü\":1}", "{\"b\":2}"])
        _ = try await self.record(ledger, tenant: TenantID(UUID()), bodies: ["{}"])
        _ = try await self.record(ledger, bodies: [String(repeating: "x", count: 100_000)])
        let check = self.check(try await self.lines(ledger))
        #expect(check.breaks.isEmpty && check.count == 4)
        #expect(check.heads["\(self.tenant)"]?.position == 3 && check.heads.count == 2)
        #expect(try await ledger.record(of: run.job).map(\.position) == [1, 2])
        #expect(try await ledger.record(of: self.tenant, after: 0, limit: 9).count == 3)
        let large = try #require(try await ledger.record(of: self.tenant, after: 0, limit: 9).last?.entry)
        #expect(String(decoding: large.body, as: UTF8.self).hasPrefix("{\"bytes\":100000,\"sha256\":"))
    }

    @Test("A changed, missing, moved or foreign line is found and named")
    func breaks() async throws {
        let ledger = try self.ledger()
        _ = try await self.record(ledger, bodies: ["{\"a\":1}", "{\"b\":2}", "{\"c\":3}"])
        let lines = try await self.lines(ledger)
        #expect(self.check(lines).breaks.isEmpty)
        #expect(
            self.check([lines[0], lines[1].replacing("\\\"b\\\":2", with: "\\\"b\\\":9"), lines[2]]).breaks.first?.line
                == 2
        )
        #expect(self.check([lines[0], lines[2]]).breaks.first?.line == 2)
        #expect(self.check([lines[1], lines[0], lines[2]]).breaks.isEmpty == false)
        #expect(self.check([lines[0], "no entry", lines[1]]).breaks.map(\.line) == [2])
        #expect(self.check([lines[1], lines[2]]).breaks.isEmpty, "a record may begin later")
    }

    @Test("Jobs without effects leave no entry; jobs are found by type, tenant, state and time")
    func jobs() async throws {
        let ledger = try self.ledger()
        let quiet = try await self.record(ledger, type: .noOp, bodies: ["{}"])
        let run = try await self.record(ledger, bodies: [])
        #expect(try await self.lines(ledger).isEmpty)
        func found(_ type: JobType?, _ tenant: TenantID?, _ state: JobState?, _ since: Date?) async throws -> [JobRun] {
            try await ledger.entries(type: type, tenant: tenant, state: state, since: since, limit: 9).map(\.run)
        }
        #expect(try await found(nil, nil, nil, nil) == [run, quiet])
        #expect(try await found(.noOp, self.tenant, .running, Date(timeIntervalSince1970: 2_000)) == [quiet])
        #expect(try await found(nil, TenantID(UUID()), nil, nil).isEmpty)
        #expect(try await found(nil, nil, .dead, nil).isEmpty)
        #expect(try await found(nil, nil, nil, Date(timeIntervalSince1970: 2_001)).isEmpty)
        #expect(try await ledger.entries(of: run.job).map(\.run) == [run])
    }
}
