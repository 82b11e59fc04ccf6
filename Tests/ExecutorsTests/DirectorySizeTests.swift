import Foundation
import JobModel
import Simulator
import TestSupport
import Testing

@testable import Executors

@Suite("A large directory")
struct DirectorySizeTests {
    /// How many users: 2,000, or what the environment says; with 100,000 it shows time and memory.
    private static let users = Effort.number("SLUICE_DIRECTORY_USERS", standard: 2_000)

    @Test("Is imported whole, in pages within their bounds, with a memo that does not grow")
    func imports() async throws {
        let groups = Self.users / 200
        let scenario = Bench.directoryScenario(population: Self.users, groups: groups, membersPerGroup: 100)
        try await Bench.with(scenario) { bench in
            let clock = ContinuousClock()
            let start = clock.now
            let attempt = try await bench.attempt(try Bench.sync())
            let time = clock.now - start
            let output = try attempt.syncOutput()
            #expect(output.users.upserted >= Self.users)
            #expect(output.membersAdded >= groups * 100)
            #expect(abs(Double(output.users.held) / Double(Self.users) - 1) < 0.15)
            #expect((attempt.memo?.utf8.count ?? .max) < 32_768)
            for frame in attempt.frames {
                guard case .event(_, JobEventName.directoryPage.rawValue, let data) = frame else { continue }
                #expect(data.count < 500_000)
            }
            Effort.note("directory: \(Self.users) users in \(time); \(Self.peakMemory)")
        }
    }

    private static var peakMemory: String {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        return status.split(separator: "\n").first { $0.hasPrefix("VmHWM") }.map(String.init) ?? "no peak known"
    }
}
