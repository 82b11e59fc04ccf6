import AMQP
import Foundation
import JobModel
import JobQueue
import Simulator
import TestSupport
import Testing

/// What a large directory costs a real worker and its executor.
///
/// `SLUICE_DIRECTORY_USERS=100000` imports a tenth of that, three tenths and all of it, and prints seconds, events and memory.
@Suite("A large directory on the whole road", .timeLimit(.minutes(20)))
struct DirectorySizeTests {
    private static let users = Effort.number("SLUICE_DIRECTORY_USERS", standard: 0)
    private static let sizes = Self.users > 0 ? [Self.users / 10, Self.users * 3 / 10, Self.users] : [1_000]
    private static let mebibytesMax = 200.0

    /// What one import took.
    private struct Figures {
        let users: Int
        let seconds: Double
        let calls: Int
        let events: Int
        let worker: Double
        let executor: Double

        func text(beside smallest: Figures) -> String {
            let ratio = (self.seconds / Double(self.users)) / (smallest.seconds / Double(smallest.users))
            let time = String(format: "%.1f s (%.2f per user of the smallest)", self.seconds, ratio)
            let memory = String(format: "worker %.0f MiB, executor %.0f MiB", self.worker, self.executor)
            return
                "directory on the road: \(self.users) users in \(time), \(self.calls) calls, \(self.events) events; \(memory)"
        }
    }

    @Test("Time, calls and events grow with the users, and memory does not")
    func grows() async throws {
        var all: [Figures] = []
        for users in Self.sizes {
            let figures = try await self.importing(users)
            all.append(figures)
            Effort.note(figures.text(beside: all[0]))
            #expect(figures.worker < Self.mebibytesMax)
            #expect(figures.executor < Self.mebibytesMax)
            // Ten pages of a hundred for a thousand users, a page for every five groups of a hundred, and a few more.
            #expect(figures.calls <= users / 100 + users / 1_000 + 10)
            #expect(figures.events <= users / 200 + users / 1_000 + 20)
        }
    }

    private func importing(_ users: Int) async throws -> Figures {
        let scenario = Road.directoryScenario(population: users, groups: users / 200, membersPerGroup: 100)
        var figures: Figures?
        try await Road.walk(scenario, listening: false) { road in
            let worker = try await road.sluice(["worker"])
            let deliveries = try await road.console.consume(JobTopology.consoleEvents, prefetch: 100, exclusive: false)
            let start = ContinuousClock.now
            _ = try await road.sync(state: nil)
            let events = await Self.count(deliveries)
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            await road.console.cancel(deliveries)
            let children = worker.children()
            let executor = try #require(children.first { Self.isDirectorys($0) }, "\(worker.output.suffix(2_000))")
            figures = Figures(
                users: users,
                seconds: seconds,
                calls: await road.simulator.journal().count { $0.route.hasSuffix(".delta") },
                events: events,
                worker: Self.peak(worker.pid),
                executor: Self.peak(executor)
            )
            let result = try await Self.result(road)
            #expect(String(decoding: try #require(result).body, as: UTF8.self).contains(#""outcome":"succeeded""#))
            worker.signal(SIGTERM)
            _ = await worker.status()
        }
        return try #require(figures)
    }

    /// How many events come until the job's terminal one.
    private static func count(_ deliveries: Deliveries) async -> Int {
        let ends = [JobEventName.jobFinished.messageType, JobEventName.jobDied.messageType]
        var events = 0
        for await delivery in deliveries {
            events += 1
            delivery.settle(.acknowledge)
            if ends.contains(delivery.message.properties.type ?? "") { break }
        }
        return events
    }

    private static func result(_ road: Road) async throws -> Message? {
        let results = try await road.console.consume(JobTopology.consoleResults, prefetch: 1, exclusive: false)
        for await delivery in results {
            delivery.settle(.acknowledge)
            await road.console.cancel(results)
            return delivery.message
        }
        return nil
    }

    private static func isDirectorys(_ process: Int32) -> Bool {
        let line = (try? String(contentsOfFile: "/proc/\(process)/cmdline", encoding: .utf8)) ?? ""
        return line.contains("sync-directory")
    }

    /// The most memory that a process ever held, in MiB; infinite when it is gone.
    private static func peak(_ process: Int32) -> Double {
        let status = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        let kibibytes = line?.split(separator: " ").compactMap { Double($0) }.first
        return kibibytes.map { $0 / 1_024 } ?? .infinity
    }
}
