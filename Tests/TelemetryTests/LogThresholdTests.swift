import Foundation
import Logging
import Synchronization
import Telemetry
import Testing

@Suite("A log level that changes while a program runs")
struct LogThresholdTests {
    @Test("Copies of a logger made before follow the threshold, and keep their metadata")
    func follows() {
        let lines = Mutex<[String]>([])
        let threshold = LogThreshold(.info)
        var logger = Logger(label: "test") { label in
            ThresholdLogHandler(
                JSONLogHandler(label: label, now: { .now }, write: { line in lines.withLock { $0.append(line) } }),
                threshold
            )
        }
        logger[metadataKey: "job"] = "a"
        let copy = logger
        copy.debug("one")
        threshold.level = .debug
        copy.debug("two")
        threshold.level = .error
        logger.warning("three")
        let written = lines.withLock { $0 }
        #expect(written.count == 1)
        #expect(written.allSatisfy { $0.contains("two") && $0.contains(#""job":"a""#) })
    }
}
