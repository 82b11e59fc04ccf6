import Foundation
import JobModel
import Ledger
import Testing

@Suite("The ledger on a real file")
struct LedgerTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "ledger-\(UUID().uuidString)")
    private var path: String { self.folder.appending(path: "ledger.sqlite").path() }
    private let run = JobRun(job: JobID(UUID()), type: .connectTenant, tenant: TenantID(UUID()), replay: 0)

    init() throws { try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true) }

    private func entry(_ state: JobState, round: Int = 0, sequence: Int = 1) -> LedgerEntry {
        LedgerEntry(
            run: self.run,
            round: round,
            attempt: 2,
            state: state,
            sequence: sequence,
            steps: "{\"done\":[]}",
            problem: Problem(.throttled, "slow down"),
            since: Date(timeIntervalSince1970: 1_000.5),
            changed: Date(timeIntervalSince1970: 2_000),
            isSuspect: true
        )
    }

    private func message(_ id: String) -> OutboundMessage {
        OutboundMessage(
            exchange: "result",
            routingKey: "connect-tenant.succeeded",
            id: id,
            type: "results.connect-tenant.v1",
            correlationID: self.run.job.description,
            time: Date(timeIntervalSince1970: 3_000),
            headers: ["x-job-attempt": .number(2), "x-job-tenant": .text("t")],
            body: Array("{\"ü\":1}".utf8)
        )
    }

    @Test("A row and its messages are found again by another process, byte for byte")
    func survives() async throws {
        let rows = try await Ledger(path: self.path).record(
            self.entry(.running),
            sending: [self.message("a"), self.message("b")]
        )
        let again = try Ledger(path: self.path)
        #expect(try await again.entry(of: self.run) == self.entry(.running))
        #expect(try await again.unsent(of: self.run) == rows)
        #expect(rows.map(\.message.id) == ["a", "b"])
    }

    @Test("A final row is never reopened, and a late duplicate sends nothing")
    func finality() async throws {
        let ledger = try Ledger(path: self.path)
        _ = try await ledger.record(self.entry(.succeeded), sending: [self.message("result")])
        let late = try await ledger.record(self.entry(.failed, round: 5), sending: [self.message("another result")])
        #expect(late.isEmpty)
        #expect(try await ledger.entry(of: self.run)?.state == .succeeded)
        #expect(try await ledger.unsent(of: self.run).map(\.message.id) == ["result"])
    }

    @Test("Confirmed messages leave the outbox, the others stay in their order")
    func outbox() async throws {
        let ledger = try Ledger(path: self.path)
        let rows = try await ledger.record(sending: [self.message("a"), self.message("b"), self.message("c")])
        try await ledger.sent([rows[1]])
        #expect(try await ledger.unsent(after: 0, limit: 10).map(\.message.id) == ["a", "c"])
        #expect(try await ledger.unsent(after: rows[0].number, limit: 10).map(\.message.id) == ["c"])
        #expect(try await ledger.unsentCount() == 2)
    }

    @Test("Thousands of writers at once all find their rows, in far fewer transactions than writes")
    func groupCommit() async throws {
        let ledger = try Ledger(path: self.path)
        let message = self.message("m")
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<2_000 { group.addTask { try await ledger.record(sending: [message]).count } }
            for try await count in group { #expect(count == 1) }
        }
        #expect(try await ledger.unsentCount() == 2_000)
    }

    @Test("A run that was sent again by an operator has a row of its own")
    func replay() async throws {
        let ledger = try Ledger(path: self.path)
        _ = try await ledger.record(self.entry(.dead), sending: [])
        let again = JobRun(job: self.run.job, type: self.run.type, tenant: self.run.tenant, replay: 1)
        #expect(try await ledger.entry(of: again) == nil)
    }

    @Test("A ledger keeps its name, and another has another")
    func name() throws {
        let name = try Ledger(path: self.path).name
        #expect(name.wholeMatch(of: /[0-9a-f]{8}/) != nil, "\(name)")
        #expect(try Ledger(path: self.path).name == name)
        #expect(try Ledger(path: self.folder.appending(path: "other.sqlite").path()).name != name)
    }

    @Test("Orders stand over a restart until they are taken back, the oldest first")
    func orders() async throws {
        let job = JobID(UUID())
        let ledger = try Ledger(path: self.path)
        let said: [ControlOrder] = [.pause(.noOp), .cancel(job), .cancel(job), .pause(.connectTenant), .resume(.noOp)]
        for order in said { try await ledger.remember(order) }
        #expect(try await Ledger(path: self.path).standingOrders() == [.cancel(job), .pause(.connectTenant)])
        for _ in 0..<2 { try await ledger.remember(.pause(.noOp)) }
        #expect(try await ledger.standingOrders() == [.cancel(job), .pause(.connectTenant), .pause(.noOp)])
    }

    @Test("A folder that is not there is a clear error")
    func noFolder() {
        #expect { try Ledger(path: self.folder.path() + "/none/ledger.sqlite") } throws: { error in
            (error as? LedgerError)?.code == .cannotOpen
        }
    }
}
