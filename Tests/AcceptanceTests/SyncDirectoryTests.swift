import Foundation
import JobModel
import JobQueue
import Operations
import Simulator
import TestSupport
import Testing

@Suite("sync-directory on the whole road")
struct SyncDirectoryTests {
    private static func acted(_ name: DirectoryAction.Name, _ numbers: ClosedRange<Int>) -> DirectoryAction {
        var action = DirectoryAction(name)
        (action.first, action.last) = (numbers.lowerBound, numbers.upperBound)
        return action
    }

    /// Runs a job to its success and gives what it says; the whole of its news is there by then.
    private func synced(
        _ road: Road,
        _ state: String?,
        _ members: String,
        _ filters: DirectoryFilters
    ) async throws -> SyncDirectoryOutput {
        let job = try await road.sync(state: state, members)
        let (outcome, problem) = try await road.result(of: job)
        #expect(outcome == .succeeded, "\(problem.map(\.description) ?? "")")
        try await road.expectWholeStory(of: job)
        let differences = try await road.differences(filters)
        #expect(differences.isEmpty, "\(differences.prefix(3).joined(separator: "\n"))")
        let output = try road.syncOutput(of: job)
        let copy = road.directoryCopy()
        #expect(copy.state == output.state)
        #expect(copy.generation == output.generation)
        #expect(output.filters == filters)
        return output
    }

    @Test("Everything at first, then what has changed; other filters; and the guard asks before many are removed")
    func follows() async throws {
        let scenario = Road.directoryScenario(population: 60, groups: 8, membersPerGroup: 12) {
            ($0.pageSize, $0.memberPageSize) = (7, 5)
        }
        try await Road.walk(scenario) { road in
            let worker = try await road.sluice(["worker"])
            let first = try await self.synced(road, nil, "", .standard)
            #expect(first.full == .first)
            #expect(first.users.held >= 60)

            var rename = Self.acted(.change, 1...2)
            rename.properties = ["displayName": "Renamed"]
            let actions = [
                rename, DirectoryAction(.addUser), Self.acted(.softDelete, 3...4), Self.acted(.purge, 5...5),
            ]
            try await road.simulator.perform(actions, tenant: Scenario.contosoID)
            let next = try await self.synced(road, first.state, "", .standard)
            #expect(next.full == nil)
            #expect(next.base == first.generation)
            #expect(next.users.upserted < 10)
            #expect(next.users.removed >= 3)

            let filters = #""filters":{"users":"enabled","groups":"mail","domains":["contoso.com"]}"#
            let wanted = DirectoryFilters(users: .enabled, guests: false, domains: ["contoso.com"], groups: .mail)
            let narrow = try await self.synced(road, next.state, filters, wanted)
            #expect(narrow.full == .filtersChanged)
            #expect(narrow.groups.held < next.groups.held)

            try await self.expectHeld(road, narrow, filters)
            _ = try await self.synced(road, narrow.state, filters + #","confirmRemovals":20"#, wanted)
            #expect(await road.simulator.violations().isEmpty)
            worker.signal(SIGTERM)
            #expect(await worker.status() == 0)
        }
    }

    /// Twenty users go, and a job that would remove them ends, tells and leaves the copy as it is.
    private func expectHeld(_ road: Road, _ before: SyncDirectoryOutput, _ filters: String) async throws {
        try await road.simulator.perform([Self.acted(.softDelete, 11...30)], tenant: Scenario.contosoID)
        let job = try await road.sync(state: before.state, filters)
        let (outcome, problem) = try await road.result(of: job)
        #expect(outcome == .failed)
        #expect(problem?.code == .removalsHeld)
        try await road.expectWholeStory(of: job)
        let held = road.news(of: job).compactMap { if case .directoryHeld(let held) = $0.kind { held } else { nil } }
        #expect(held.map(\.users) == [DirectoryHeld.Removals(removals: 20, held: before.users.held)])
        #expect(road.news(of: job).contains { $0.isNotification })
        #expect(road.directoryCopy().generation == before.generation)
        #expect(road.directoryCopy().users.count == before.users.held)
    }
}
