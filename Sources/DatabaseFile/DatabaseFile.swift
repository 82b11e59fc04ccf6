import Foundation
package import GRDB

/// How Sluice makes, opens and shrinks its SQLite files: write-ahead log, synchronous = FULL, readable by their owner alone.
package enum DatabaseFile {
    /// How long a statement waits for another process that holds the file.
    private static let busyTimeout: TimeInterval = 5
    /// How many free pages a file keeps for what comes next: 4 MB of SQLite's 4 KiB pages.
    private static let spareCount = 1_000
    /// How many pages are given back at once, so that no job waits long for the writer.
    private static let returnedMax = 2_000
    /// Up to which size an older file is rewritten at a start; a larger one would keep its service from work for minutes.
    private static let rewrittenBytesMax = 1 << 30

    /// Opens a file; makes it where it is missing, with mode 0600 whatever the umask says.
    ///
    /// SQLite gives its `-wal` and `-shm` files the same mode (sqlite3.c, `findCreateFileMode`).
    package static func open(_ path: String) throws -> DatabasePool {
        // Without O_EXCL the descriptor might be of a file that is open already, and closing it would drop SQLite's locks on it.
        let descriptor = Foundation.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor >= 0 {
            fchmod(descriptor, 0o600)
            close(descriptor)
        }
        var configuration = Configuration()
        configuration.busyMode = .timeout(self.busyTimeout)
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA synchronous = FULL")
            // It holds for a file only from its first page on.
            if !db.configuration.readonly, try Int.fetchOne(db, sql: "PRAGMA page_count") == 0 {
                try db.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
            }
        }
        return try DatabasePool(path: path, configuration: configuration)
    }

    /// Rewrites a file of an earlier version, once, so that it can shrink; one over 1 GiB stays as it is.
    ///
    /// It takes as much room again for as long; where that is missing the file stays as it is too, and works as before.
    package static func letShrink(_ pool: DatabasePool) {
        let size = try? FileManager.default.attributesOfItem(atPath: pool.path)[.size] as? Int
        guard let size, size <= self.rewrittenBytesMax else { return }
        try? pool.writeWithoutTransaction { db in
            guard try Int.fetchOne(db, sql: "PRAGMA auto_vacuum") == 0 else { return }
            try db.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL; VACUUM")
        }
    }

    /// Gives the disk back some of what was freed, with the transaction that it is called in; to be called again and again.
    package static func giveBack(in db: Database) throws {
        let free = try Int.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0
        guard free > self.spareCount else { return }
        try db.execute(sql: "PRAGMA incremental_vacuum(\(min(free - self.spareCount, self.returnedMax)))")
    }
}
