import AMQP
import Desk
import Foundation
import JobModel
import JobQueue
import Simulator
import Synchronization
import TestSupport
import Testing

@Suite("kill -9 of the desk at any moment")
struct DeskKillTests {
    private static let letters = 120

    @Test("Filing and bulk replay neither lose nor double a message", arguments: [1, 2] as [UInt64])
    func killed(seed: UInt64) async throws {
        try await Road.walk(.demo, listening: false) { road in
            var numbers = SeededNumbers(seed: seed)
            let jobs = try await DeskLetters.publish(Self.letters, on: road)
            let store = try DeskStore(path: road.folder.appending(path: "desk.sqlite").path, creates: true)
            try await self.file(on: road, store, &numbers)
            try await self.replay(on: road, store, &numbers)
            let results = HeardResults()
            let deliveries = try await road.console.consume(JobTopology.consoleResults, prefetch: 100, exclusive: false)
            let worker = try await road.sluice(["worker", "--only", "no-op"])
            let desk = try await road.sluice(["desk"])
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for await delivery in deliveries {
                        results.ids.withLock { $0.append(delivery.message.properties.messageID ?? "") }
                        delivery.settle(.acknowledge)
                    }
                }
                try await eventually(within: .seconds(60), "every letter resolved \(desk.output.suffix(500))") {
                    let heard = Set(results.ids.withLock { $0 }).count
                    return try await store.counts() == [.resolved: Self.letters] && heard >= Self.letters
                }
                group.cancelAll()
            }
            await road.console.cancel(deliveries)
            #expect(
                Set(results.ids.withLock { $0 }) == Set(jobs.map { "\($0).r1.result" }),
                "\(worker.output.suffix(2_000))"
            )
            #expect(try await road.console.checkQueue(JobTopology.dead).messages == 0)
        }
    }

    /// Has the desk file everything, killed three times on the way.
    private func file(on road: Road, _ store: DeskStore, _ numbers: inout SeededNumbers) async throws {
        for _ in 0..<3 {
            let mark = Int(numbers.next() % UInt64(Self.letters))
            let desk = try await road.sluice(["desk"])
            try await eventually(within: .seconds(30), "\(mark) letters filed", every: .milliseconds(1)) {
                try await store.counts()[.held, default: 0] >= mark
            }
            desk.signal(SIGKILL)
            _ = await desk.status()
        }
        let desk = try await road.sluice(["desk"])
        try await eventually(within: .seconds(30), "all letters filed \(desk.output.suffix(500))") {
            try await store.counts()[.held] == Self.letters
        }
        // What was filed and not acknowledged comes again, and must not be filed twice.
        try await eventually(within: .seconds(30), "an empty queue") {
            try await road.console.checkQueue(JobTopology.dead).messages == 0
        }
        desk.signal(SIGKILL)
        _ = await desk.status()
        #expect(try await store.counts() == [.held: Self.letters])
    }

    /// Sends everything again; the command and then the desk are killed on the way.
    private func replay(on road: Road, _ store: DeskStore, _ numbers: inout SeededNumbers) async throws {
        let command = ["dead", "retry", "--all", "--yes", "--rate", "1000"]
        for arguments in [command, ["desk"], ["desk"]] {
            let mark = Int(numbers.next() % UInt64(Self.letters))
            let program = try await road.sluice(arguments)
            try await eventually(within: .seconds(30), "\(mark) letters sent", every: .milliseconds(1)) {
                let counts = try await store.counts()
                return counts[.held, default: 0] == 0 && counts[.awaiting, default: 0] >= mark
            }
            program.signal(SIGKILL)
            _ = await program.status()
        }
        let counts = try await store.counts()
        #expect(counts[.leaving, default: 0] + counts[.awaiting, default: 0] == Self.letters)
    }
}

/// The ids of results in the order in which they were heard.
private final class HeardResults: Sendable {
    let ids = Mutex<[String]>([])
}
