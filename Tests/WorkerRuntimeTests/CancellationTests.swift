import AMQP
import Foundation
import JobModel
import Ledger
import Logging
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import WorkerRuntime

@Suite("A cancelled worker", .timeLimit(.minutes(2)))
struct CancellationTests {
    @Test("A loop over a signal ends in a cancelled task, and goes round while nothing has happened")
    func signal() async {
        let signal = Signal()
        #expect(await signal.remainsUnfired(for: .milliseconds(1)))
        // Cancelled in the next line, which is what is tested.
        let loop = Task {
            var rounds = 0
            while await signal.remainsUnfired(for: .seconds(600)) { rounds += 1 }
            return rounds
        }
        loop.cancel()
        #expect(await loop.value == 0)
        signal.fire()
        #expect(await !signal.remainsUnfired(for: .seconds(600)))
    }

    @Test("Ends at once and writes no more than how it leaves, whatever it was about to do")
    func worker() async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "cancelled-\(UUID().uuidString)").path
        let lines = Lines()
        let worker = Worker(
            WorkerConfiguration(
                name: "test",
                types: [.noOp],
                concurrency: 1,
                tenantConcurrency: 1,
                retry: .standard,
                drainLimit: .seconds(600),
                ledgerRetention: .seconds(86_400),
                broker: ConnectionOptions(host: "127.0.0.1", port: 1, credentials: .plain(user: "a", password: "b")),
                executor: { _ in ExecutorCommand(executable: "/bin/false", arguments: [], environment: [:]) }
            ),
            ledger: try Ledger(path: path),
            logger: Logger(label: "test") { _ in lines },
            executorLog: { _ in },
            now: { Date() },
            jitter: { 0.5 }
        )
        // Cancelled below, which is what is tested.
        let run = Task { try await worker.run() }
        try await eventually("a first try") { lines.count > 0 }
        let before = lines.count
        run.cancel()
        try await run.value
        #expect(worker.isDraining)
        #expect(lines.count <= before + 6, "\(lines.count)")
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
    }

    /// Counts what is logged.
    private final class Lines: LogHandler, Sendable {
        private let number = Atomic(0)
        var count: Int { self.number.load(ordering: .relaxed) }
        var metadata: Logger.Metadata {
            get { [:] }
            set {}
        }
        var logLevel: Logger.Level {
            get { .trace }
            set {}
        }
        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { nil }
            set {}
        }

        func log(event: LogEvent) { self.number.add(1, ordering: .relaxed) }
    }
}
