import Foundation
import Ledger
import Testing

@Suite("The notifier's ledger")
struct NotificationLedgerTests {
    private static func with(_ body: (String) async throws -> Void) async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "notifier-\(UUID().uuidString).sqlite")
        defer { for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file.path + end) } }
        try await body(file.path)
    }

    @Test("Who was told stays told, also for the next process, and for that notification alone")
    func remembers() async throws {
        try await Self.with { path in
            let ledger = try NotificationLedger(path: path)
            try await ledger.record("job a", recipients: ["x", "y"], time: Date())
            try await ledger.record("job a", recipients: ["y", "z"], time: Date())
            let next = try NotificationLedger(path: path)
            #expect(try await next.recipients(of: "job a") == ["x", "y", "z"])
            #expect(try await next.recipients(of: "job b").isEmpty)
        }
    }

    @Test("What is old is forgotten, and nothing else")
    func forgets() async throws {
        try await Self.with { path in
            let ledger = try NotificationLedger(path: path)
            try await ledger.record("old", recipients: ["x"], time: Date(timeIntervalSince1970: 1_000))
            try await ledger.record("new", recipients: ["x"], time: Date(timeIntervalSince1970: 2_000))
            try await ledger.forget(before: Date(timeIntervalSince1970: 2_000))
            #expect(try await ledger.recipients(of: "old").isEmpty)
            #expect(try await ledger.recipients(of: "new") == ["x"])
        }
    }

    @Test("A file that cannot be opened is an error that names it")
    func cannotOpen() {
        #expect(throws: LedgerError.self) { try NotificationLedger(path: "/nowhere/at/all.sqlite") }
    }
}
