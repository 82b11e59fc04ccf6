import AMQP
import Foundation
import GRDB
import JobModel
import TestSupport
import Testing

@testable import Desk

@Suite("The desk's file")
struct DeskFileTests {
    private func code(_ path: String, creates: Bool = false, isOwner: Bool = false) -> DeskError.Code? {
        do throws(DeskError) {
            _ = try DeskStore(path: path, creates: creates, isOwner: isOwner)
            return nil
        } catch {
            return error.code
        }
    }

    @Test("A missing file and one of a newer version are clear errors")
    func files() async throws {
        let rig = try DeskRig()
        #expect(self.code(rig.folder.path + "/none.sqlite") == .missing)
        #expect(self.code(rig.folder.path + "/none/desk.sqlite", creates: true) == .cannotOpen)
        let queue = try DatabaseQueue(path: rig.path)
        try await queue.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('9 of the future')") }
        #expect(self.code(rig.path) == .tooNew)
    }

    @Test("The service is the only owner; commands decide about what it holds all the same")
    func owner() async throws {
        let rig = try DeskRig()
        let service = try DeskStore(path: rig.path, creates: true, isOwner: true)
        #expect(self.code(rig.path, isOwner: true) == .taken)
        #expect(self.code(rig.path) == nil)
        try await rig.file(DeskRig.message())
        #expect(try await rig.retry(LetterFilter()).count == 1)
        withExtendedLifetime(service) {}
    }

    @Test("A number of the outbox is given once: what is settled late takes no other message along")
    func numbers() async throws {
        let rig = try DeskRig()
        let jobs = [JobID(UUID()), JobID(UUID())]
        try await rig.file(DeskRig.message(job: jobs[0]))
        _ = try await rig.retry(LetterFilter())
        let late = try await rig.store.due(now: DeskRig.now, limit: 9)
        _ = try await rig.store.file([.answer(job: "\(jobs[0])", replay: 1, outcome: "failed")], now: DeskRig.now)
        try await rig.file(DeskRig.message(job: jobs[1]))
        _ = try await rig.retry(LetterFilter())
        try await rig.store.settle(sent: late, returned: [], now: DeskRig.now)
        #expect(try await rig.store.due(now: DeskRig.now, limit: 9).map(\.message.correlationID) == ["\(jobs[1])"])
    }

    @Test("A file of the version before keeps letters, notes and outbox, and lets go of what waits for no result")
    func migration() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "desk-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let path = folder.appending(path: "desk.sqlite").path
        let old = try DatabaseQueue(path: path)
        try DeskSchema.migrator.migrate(old, upTo: "1 letters, outbox, notes, audit")
        try await old.write { db in
            for (number, replay, state, sent) in [(1, 0, "awaiting", 1), (2, 1, "leaving", 2), (3, 2, "held", 0)] {
                try db.execute(
                    sql: """
                        INSERT INTO letter VALUES (?, ?, 'job.dead', 'no-op.1', 'm', 't', 'c', '{}', 'j', 'no-op', '', 'throttled',
                            'd', 1, ?, NULL, 1, 1, ?, 1, ?, NULL, NULL, x'7B7D')
                        """,
                    arguments: [number, Data([UInt8(number)]), replay, state, sent]
                )
            }
            try db.execute(
                sql: "INSERT INTO letter SELECT 4, x'04', source, routing_key, message_id, message_type, "
                    + "correlation_id, headers, 'other', type, tenant, code, detail, attempt, 0, worker, died, filed, 'leaving', "
                    + "changed, 1, remark, successor, body FROM letter WHERE number = 3"
            )
            try db.execute(sql: "INSERT INTO audit VALUES (1, 1, 'anna', 'retry', 'all', 1, NULL)")
            for letter in [2, 4] {
                try db.execute(
                    sql: "INSERT INTO outbox VALUES (?, ?, 1, 1, NULL, 'job', 'k', 'm', 't', '{}', x'7B7D')",
                    arguments: [letter, letter]
                )
            }
            try db.execute(sql: "INSERT INTO note VALUES (1, 3, 1, 'anna', 'see ticket 7')")
        }
        try old.close()
        let store = try DeskStore(path: path, creates: false, isOwner: true)
        #expect(try await store.counts() == [.resolved: 2, .held: 1, .leaving: 1])
        let remarks = try await store.page(LetterFilter(), after: 0, limit: 9).map(\.remark)
        #expect(remarks == ["died again: letter 2", "died again: letter 3", nil, nil])
        #expect(try await store.due(now: DeskRig.now, limit: 9).map(\.letter) == [4])
        let (letter, notes) = try await store.letter(3)
        #expect(notes.map(\.text) == ["see ticket 7"] && letter.body == Array("{}".utf8) && letter.cutBytes == 0)
        let mode = try await store.pool.read { try Int.fetchOne($0, sql: "PRAGMA auto_vacuum") }
        #expect(mode == 2)
        let foreign = try await store.pool.read { try Row.fetchAll($0, sql: "PRAGMA foreign_key_check").count }
        #expect(foreign == 0)
    }
}
