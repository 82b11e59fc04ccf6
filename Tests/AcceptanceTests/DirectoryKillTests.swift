import Foundation
import JobModel
import Simulator
import TestSupport
import Testing

@Suite("A directory's copy under kill -9")
struct DirectoryKillTests {
    /// How many seeds are run: 2, or what the environment says.
    private static let seeds = Effort.seeds("SLUICE_DIRECTORY_SEEDS", standard: 2)
    private static let roundsPerSeed = 2

    @Test(
        "Workers and executors die at any moment: a copy kept from events alone is the directory",
        arguments: Self.seeds
    )
    func isExact(seed: Int) async throws {
        var chance = DirectoryChance(seed: seed)
        let filters = chance.filters()
        try await Road.walk(chance.roadScenario()) { road in
            var crew = try await DirectoryCrew(road, filters)
            for round in 1...Self.roundsPerSeed {
                try await chance.change(road)
                let job = try await road.sync(state: road.directoryCopy().state, crew.members)
                for _ in 0..<chance.number(2...4) {
                    try await crew.strike(during: job, &chance)
                    if chance.isLucky(30) { try await chance.change(road) }
                }
                try await crew.expectEnd(of: job)
                // Whatever became of that one, the next brings the copy to where the directory is.
                let last = try await road.sync(state: road.directoryCopy().state, crew.members)
                try await crew.expectEnd(of: last)
                let differences = try await road.differences(filters)
                let place = "seed \(seed), round \(round)"
                #expect(differences.isEmpty, "\(place): \(differences.prefix(3).joined(separator: "\n"))")
            }
            Effort.note("directory seed \(seed): \(crew.report)")
        }
    }
}

/// A worker that is killed and replaced, and what came of it.
private struct DirectoryCrew {
    private let road: Road
    private let filters: DirectoryFilters
    private var worker: MortalWorker

    init(_ road: Road, _ filters: DirectoryFilters) async throws {
        self.road = road
        self.filters = filters
        self.worker = try await MortalWorker(
            road,
            "directory",
            [
                "SLUICE_DIRECTORY_REMOVALS_MAX_PERCENT": "100",
                "SLUICE_DIRECTORY_REMOVALS_MAX_NUMBER": "1000000",
            ]
        )
    }

    /// The job's own part of the filters and the consent to what it removes.
    var members: String {
        let domains = self.filters.domains.map { "\($0)" } ?? ""
        return #""filters":{"users":"\#(self.filters.users.rawValue)","guests":\#(self.filters.guests),"#
            + #""groups":"\#(self.filters.groups.rawValue)"\#(domains.isEmpty ? "" : #","domains":\#(domains)"#)}"#
    }

    /// Kills something some calls for pages later.
    mutating func strike(during job: JobID, _ chance: inout DirectoryChance) async throws {
        let simulator = self.road.simulator
        let calls = chance.number(1...14)
        try await self.worker.strike(
            during: job,
            after: calls,
            of: {
                let users = await simulator.journal(route: "graph.users.delta").count
                return users + (await simulator.journal(route: "graph.groups.delta").count)
            },
            &chance
        )
    }

    /// The job succeeds, and all of its events have come.
    func expectEnd(of job: JobID) async throws {
        let (outcome, problem) = try await self.road.result(of: job, within: .seconds(120))
        #expect(outcome == .succeeded, "\(problem.map(\.description) ?? "") \(self.worker.lastWords)")
        try await eventually(within: .seconds(20), "the terminal event of \(job)") {
            self.road.news(of: job).contains(where: \.isEnd)
        }
    }

    /// What was killed, and what it did to the pages.
    var report: String {
        let pages = self.road.directoryPages()
        let parts = pages.compactMap { $0.page.commit }.map { Set($0.pages.map(\.part)).count }
        let named = pages.compactMap { $0.page.commit }.flatMap(\.pages).reduce(0) { $0 + $1.last - $1.first + 1 }
        return "\(self.worker.report), \(pages.count) pages, "
            + "\(named) named, \(parts.count) commits, of up to \(parts.max() ?? 0) runs"
    }
}

extension DirectoryChance {
    /// A directory of so many pages, read so slowly, that there is a middle to die in.
    fileprivate mutating func roadScenario() -> Scenario {
        let (disorder, sparse) = (self.isLucky(80), self.isLucky(50))
        let resync = self.one(ScenarioDirectory.Resync.allCases) ?? .gone
        var scenario = Road.directoryScenario(
            population: self.number(1_500...2_500),
            groups: self.number(3...8),
            membersPerGroup: self.number(0...80)
        ) {
            ($0.pageSize, $0.memberPageSize) = (100, 90)
            ($0.disorder, $0.sparse, $0.resync) = (disorder, sparse, resync)
        }
        scenario.latencyMilliseconds = self.number(5...30)
        return scenario
    }

    /// Some things happen, and something to hundreds of users.
    fileprivate mutating func change(_ road: Road) async throws {
        let truth = try #require(await road.simulator.directory(tenant: Scenario.contosoID))
        let first = self.number(1...400)
        var wave = DirectoryAction(.change)
        (wave.first, wave.last) = (first, first + self.number(100...399))
        wave.properties = self.isLucky(30) ? ["accountEnabled": .flag(self.isLucky(50))] : ["displayName": "In a wave"]
        try await road.simulator.perform(self.actions(on: truth) + [wave], tenant: Scenario.contosoID)
    }
}
