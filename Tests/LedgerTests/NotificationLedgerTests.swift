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

    private static let allowance = DeathAllowance(mailsMax: 2, period: .seconds(60))
    private static let start = Date(timeIntervalSince1970: 1_795_402_801)

    private static func admit(
        _ ledger: NotificationLedger,
        _ death: String,
        after seconds: Double,
        kind: String = "connect-tenant throttled"
    ) async throws -> DeathVerdict {
        let now = self.start.addingTimeInterval(seconds)
        return try await ledger.admit(death, kind: kind, allowance: self.allowance, now: now)
    }

    @Test("Of a storm two are told, one waits and tells of the rest; a restart and repeated deliveries change nothing")
    func storm() async throws {
        try await Self.with { path in
            var ledger = try NotificationLedger(path: path)
            func admit(_ death: String, _ seconds: Double) async throws -> DeathVerdict {
                try await Self.admit(ledger, death, after: seconds)
            }
            let due = Self.start.addingTimeInterval(60)
            #expect(try await admit("1", 0) == .tell(untold: 0))
            #expect(try await admit("2", 5) == .tell(untold: 0))
            #expect(try await admit("3", 6) == .wait(until: due))
            for number in 4...50 { #expect(try await admit("\(number)", 7) == .silence) }
            ledger = try NotificationLedger(path: path)
            #expect(try await admit("3", 8) == .wait(until: due), "delivered again before its time")
            for number in [4, 50] { #expect(try await admit("\(number)", 9) == .silence) }
            #expect(try await admit("1", 9) == .tell(untold: 0), "the mail system had put it off")
            #expect(try await admit("51", 10) == .silence)
            #expect(try await admit("3", 60) == .tell(untold: 48))
            #expect(try await admit("3", 61) == .tell(untold: 48), "the same mail when it is delivered again")
            #expect(try await admit("51", 62) == .silence, "a mail has told of it")
            #expect(try await admit("52", 62) == .wait(until: due.addingTimeInterval(5)), "5 and 60 count")
            #expect(try await admit("52", 65) == .tell(untold: 0))
        }
    }

    @Test("Each kind of death has its own allowance; one whose time has passed and who never came holds nobody up")
    func kinds() async throws {
        try await Self.with { path in
            let ledger = try NotificationLedger(path: path)
            for death in ["1", "2", "3", "4"] { _ = try await Self.admit(ledger, death, after: 0) }
            let other = try await Self.admit(ledger, "5", after: 0, kind: "connect-tenant executor-crashed")
            #expect(other == .tell(untold: 0))
            #expect(try await Self.admit(ledger, "6", after: 61) == .tell(untold: 1))
            #expect(try await Self.admit(ledger, "7", after: 61) == .tell(untold: 0))
            #expect(try await Self.admit(ledger, "8", after: 62) == .silence, "the third may still come")
            let next = try await Self.admit(ledger, "9", after: 120.5)
            #expect(next == .wait(until: Self.start.addingTimeInterval(121)), "the third is lost")
        }
    }

    @Test("Deaths are forgotten with what was handed over")
    func forgetsDeaths() async throws {
        try await Self.with { path in
            let ledger = try NotificationLedger(path: path)
            for death in ["1", "2", "3", "4"] { _ = try await Self.admit(ledger, death, after: 0) }
            try await ledger.forget(before: Self.start.addingTimeInterval(100))
            #expect(try await Self.admit(ledger, "4", after: 1) == .tell(untold: 0))
        }
    }

    @Test("A file that cannot be opened is an error that names it")
    func cannotOpen() {
        #expect(throws: LedgerError.self) { try NotificationLedger(path: "/nowhere/at/all.sqlite") }
    }
}
