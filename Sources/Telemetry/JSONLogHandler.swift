package import Foundation
package import Logging

/// Writes log entries as JSON, one object a line: `time`, `level`, `logger`, `message`, and the metadata as members.
package struct JSONLogHandler: LogHandler {
    private let label: String
    private let now: @Sendable () -> Date
    private let write: @Sendable (String) -> Void
    /// What every entry carries.
    package var metadata: Logger.Metadata = [:]
    /// The least weight that is written.
    package var logLevel = Logger.Level.info

    /// `write` gets each line without its end, and must keep lines apart.
    package init(label: String, now: @escaping @Sendable () -> Date, write: @escaping @Sendable (String) -> Void) {
        self.label = label
        self.now = now
        self.write = write
    }

    /// Metadata by key.
    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { self.metadata[key] }
        set { self.metadata[key] = newValue }
    }

    /// Writes one entry; a metadata key that is one of ours loses.
    package func log(event: LogEvent) {
        var members = self.metadata.merging(event.metadata ?? [:]) { $1 }.mapValues { "\($0)" }
        members["time"] = self.now().formatted(.iso8601.time(includingFractionalSeconds: true))
        members["level"] = event.level.rawValue
        members["logger"] = self.label
        members["message"] = "\(event.message)"
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Texts can always be encoded.
        guard let line = try? encoder.encode(members) else { return }
        self.write(String(decoding: line, as: UTF8.self))
    }
}
