import Foundation
import GRDB
import JobModel
import Testing

@testable import Ledger

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

    @Test("A number of the outbox is given once: who forgets a row twice, and late, takes no other row along")
    func numbers() async throws {
        let ledger = try Ledger(path: self.path)
        let old = try await ledger.record(sending: [self.message("a"), self.message("b")])
        try await ledger.sent(old)
        #expect(try await ledger.unsentCount() == 0)
        let new = try await ledger.record(sending: [self.message("c")])
        #expect(Set(new.map(\.number)).isDisjoint(with: old.map(\.number)))
        try await ledger.sent(old)
        #expect(try await ledger.unsent(after: 0, limit: 9).map(\.message.id) == ["c"])
    }

    @Test("A worker is its ledger's only owner; whoever looks into it is none")
    func owner() throws {
        let worker = try Ledger(path: self.path, isOwner: true)
        _ = try Ledger(path: self.path)
        let error = #expect(throws: LedgerError.self) { try Ledger(path: self.path, isOwner: true) }
        #expect(error?.code == .taken)
        #expect(error?.description.hasPrefix("ledger.path: another worker (pid \(getpid())) has /") == true)
        withExtendedLifetime(worker) {}
    }

    @Test("A ledger of the version before keeps its outbox, and gives its numbers no second time")
    func migration() async throws {
        let old = try DatabaseQueue(path: self.path)
        try LedgerSchema.migrator.migrate(old, upTo: "5 suspects")
        try await old.write { db in
            try db.execute(
                sql: """
                    INSERT INTO outbox (number, replay, exchange, routing_key, message_id, time, headers, body)
                    VALUES (7, 0, 'result', 'k', 'a', 1, '{}', x'00')
                    """
            )
        }
        try old.close()
        let ledger = try Ledger(path: self.path, isOwner: true)
        let rows = try await ledger.unsent(after: 0, limit: 9)
        #expect(rows.map(\.number) == [7] && rows.map(\.message.id) == ["a"])
        try await ledger.sent(rows)
        #expect(try await ledger.record(sending: [self.message("b")]).map(\.number) == [8])
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
