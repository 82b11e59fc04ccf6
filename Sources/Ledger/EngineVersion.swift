import GRDB

/// The database engine underneath.
package enum EngineVersion {
    /// The version of SQLite that this process runs with, such as `3.40.1`; `unknown` when it does not tell.
    package static var sqlite: String {
        let version = try? DatabaseQueue().read { try String.fetchOne($0, sql: "SELECT sqlite_version()") }
        return (version ?? nil) ?? "unknown"
    }
}
