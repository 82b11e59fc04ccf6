import Foundation
import GRDB
import TestSupport
import Testing

@testable import DatabaseFile

@Suite("The project's SQLite files")
struct DatabaseFileTests {
    private let folder: URL
    private var path: String { self.folder.appending(path: "a.sqlite").path }

    init() throws {
        self.folder = FileManager.default.temporaryDirectory.appending(path: "database-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true)
    }

    private func fill(_ pool: DatabasePool, pages: Int) throws {
        try pool.write { db in
            try db.execute(sql: "CREATE TABLE IF NOT EXISTS a (b BLOB)")
            for _ in 0..<pages { try db.execute(sql: "INSERT INTO a VALUES (zeroblob(4000))") }
        }
    }

    private func pages(_ pool: DatabasePool) throws -> Int {
        try pool.write { try Int.fetchOne($0, sql: "PRAGMA page_count") ?? 0 }
    }

    @Test("A new file and what lies beside it are its owner's alone, whatever the umask; an old one keeps its mode")
    func mode() throws {
        let old = umask(0)
        defer { umask(old) }
        let pool = try DatabaseFile.open(self.path)
        try self.fill(pool, pages: 1)
        let lock = try FileOwnership(of: self.path)
        for suffix in ["", "-wal", "-shm", ".lock"] {
            let mode = try FileManager.default.attributesOfItem(atPath: self.path + suffix)[.posixPermissions] as? Int
            #expect(mode == 0o600, "\(suffix)")
        }
        withExtendedLifetime(lock) {}
        let other = self.folder.appending(path: "old.sqlite").path
        _ = FileManager.default.createFile(atPath: other, contents: nil, attributes: [.posixPermissions: 0o640])
        _ = try DatabaseFile.open(other)
        let mode = try FileManager.default.attributesOfItem(atPath: other)[.posixPermissions] as? Int
        #expect(mode == 0o640)
    }

    @Test("A new file gives back what was freed, beyond what it keeps for later")
    func shrink() throws {
        let pool = try DatabaseFile.open(self.path)
        try self.fill(pool, pages: 4_000)
        try pool.write { try $0.execute(sql: "DELETE FROM a") }
        let before = try self.pages(pool)
        #expect(before > 4_000)
        for _ in 0..<3 { try pool.write { try DatabaseFile.giveBack(in: $0) } }
        #expect((900...1_100).contains(try self.pages(pool)))
        try pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
        let size = try FileManager.default.attributesOfItem(atPath: self.path)[.size] as? Int
        #expect((size ?? 0) < 5_000_000)
    }

    @Test("A file of an earlier version is rewritten once, keeps what it holds, and shrinks from then on")
    func older() throws {
        let old = try DatabasePool(path: self.path)
        try self.fill(old, pages: 3_000)
        try old.close()
        let pool = try DatabaseFile.open(self.path)
        #expect(try pool.read { try Int.fetchOne($0, sql: "PRAGMA auto_vacuum") } == 0)
        DatabaseFile.letShrink(pool)
        #expect(try pool.write { try Int.fetchOne($0, sql: "PRAGMA auto_vacuum") } == 2)
        #expect(try pool.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM a") } == 3_000)
        try pool.write { try $0.execute(sql: "DELETE FROM a") }
        for _ in 0..<3 { try pool.write { try DatabaseFile.giveBack(in: $0) } }
        #expect(try self.pages(pool) < 1_100)
    }

    @Test("One owner at a time: the next is told whose it is, and has it once the first is gone, or killed")
    func ownership() async throws {
        let first = try FileOwnership(of: self.path)
        let refusal = #expect(throws: FileOwnership.Refusal.self) { try FileOwnership(of: self.path) }
        #expect(refusal == .taken(by: getpid()))
        #expect(
            refusal?.words(setting: "ledger.path", service: "worker", path: "/a")
                == "ledger.path: another worker (pid \(getpid())) has /a. End it, or give this one a file of its own."
        )
        withExtendedLifetime(first) {}
        let other = self.folder.appending(path: "b.sqlite").path
        let program = """
            import fcntl, os, sys
            file = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT)
            fcntl.flock(file, fcntl.LOCK_EX)
            os.write(file, f"{os.getpid()}\\n".encode())
            print(os.getpid(), flush=True)
            sys.stdin.read()
            """
        let holder = try Companion([Repository.pythonInterpreter, "-c", program, other + ".lock"])
        let pid = try await holder.line()
        let taken = #expect(throws: FileOwnership.Refusal.self) { try FileOwnership(of: other) }
        #expect(taken == .taken(by: Int32(pid)))
        holder.kill()
        try await eventually("the right of a dead process") { (try? FileOwnership(of: other)) != nil }
    }

    @Test("A lock whose file was removed keeps nobody out, and a folder that is missing is a sentence")
    func removed() throws {
        let first = try FileOwnership(of: self.path)
        try FileManager.default.removeItem(atPath: self.path + ".lock")
        let second = try FileOwnership(of: self.path)
        withExtendedLifetime((first, second)) {}
        let refusal = #expect(throws: FileOwnership.Refusal.self) { try FileOwnership(of: "/nowhere/a") }
        #expect(refusal?.words(setting: "desk.path", service: "", path: "/nowhere/a").contains("No such file") == true)
    }
}
