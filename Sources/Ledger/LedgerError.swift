import DatabaseFile

/// Why the ledger could not do what was asked.
package struct LedgerError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it is.
    package enum Code: String, Sendable {
        /// The file cannot be opened or made.
        case cannotOpen
        /// The file was written by a newer version.
        case tooNew
        /// Another process is the file's owner; the reason says which and what to do.
        case taken
        /// A transaction failed: disk full, locked, corrupt.
        case cannotWrite
        /// A query failed.
        case cannotRead
    }

    /// What kind of failure it is.
    package let code: Code
    /// The file.
    package let path: String
    /// SQLite's words, without arguments.
    package let reason: String

    /// One line that says what to do.
    package var description: String {
        switch self.code {
        case .cannotOpen: "cannot open the ledger \(self.path): \(self.reason); check the folder and its rights"
        case .tooNew:
            "the ledger \(self.path) was written by a newer version; upgrade this worker or use another ledger.path"
        case .taken: self.reason
        case .cannotWrite:
            "cannot write the ledger \(self.path): \(self.reason); check the disk, no job is started meanwhile"
        case .cannotRead: "cannot read the ledger \(self.path): \(self.reason); check the file with sqlite3"
        }
    }
}

extension FileOwnership {
    /// Takes the right to a file that a setting names.
    static func own(_ path: String, setting: String, service: String) throws(LedgerError) -> FileOwnership {
        do {
            return try FileOwnership(of: path)
        } catch {
            let words = error.words(setting: setting, service: service, path: path)
            throw LedgerError(code: .taken, path: path, reason: words)
        }
    }
}
