package import Logging
import Synchronization

/// The least weight that a program logs, which can be changed while it runs.
package final class LogThreshold: Sendable {
    private let current: Mutex<Logger.Level>

    /// Begins with a level.
    package init(_ level: Logger.Level) { self.current = Mutex(level) }

    /// The level now.
    package var level: Logger.Level {
        get { self.current.withLock { $0 } }
        set { self.current.withLock { $0 = newValue } }
    }
}

/// A log handler whose level is that of a threshold, in every copy of its logger at once.
package struct ThresholdLogHandler: LogHandler {
    private let threshold: LogThreshold
    private var handler: any LogHandler

    /// Lets `handler` write what reaches the threshold.
    package init(_ handler: any LogHandler, _ threshold: LogThreshold) {
        self.threshold = threshold
        self.handler = handler
        self.handler.logLevel = .trace
    }

    /// The threshold's level; setting it sets the threshold.
    package var logLevel: Logger.Level {
        get { self.threshold.level }
        set { self.threshold.level = newValue }
    }

    /// What every entry carries.
    package var metadata: Logger.Metadata {
        get { self.handler.metadata }
        set { self.handler.metadata = newValue }
    }

    /// Metadata by key.
    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { self.handler[metadataKey: key] }
        set { self.handler[metadataKey: key] = newValue }
    }

    /// Writes one entry.
    package func log(event: LogEvent) { self.handler.log(event: event) }
}
