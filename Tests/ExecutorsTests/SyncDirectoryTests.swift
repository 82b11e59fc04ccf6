import Foundation
import JobModel
import Simulator
import TestSupport
import Testing

@testable import Executors

@Suite("sync-directory against a simulated tenant")
struct SyncDirectoryTests {
    private static let tenant = Scenario.contosoID

    /// Small pages, so that everything is split.
    private static func scenario(_ change: (inout ScenarioDirectory) -> Void = { _ in }) -> Scenario {
        var scenario = Bench.directoryScenario(population: 60, groups: 8, membersPerGroup: 12)
        for index in scenario.tenants.indices where scenario.tenants[index].id == Self.tenant {
            scenario.tenants[index].directory.pageSize = 7
            scenario.tenants[index].directory.memberPageSize = 5
            change(&scenario.tenants[index].directory)
        }
        return scenario
    }

    private static func changed(_ id: String, _ properties: [String: JSONValue]) -> DirectoryAction {
        var action = DirectoryAction(.change, id: id)
        action.properties = properties
        return action
    }

    private static func members(_ name: DirectoryAction.Name, of id: String, _ members: [String]) -> DirectoryAction {
        var action = DirectoryAction(name, id: id)
        action.members = members
        return action
    }

    private static func population(_ name: DirectoryAction.Name, _ numbers: ClosedRange<Int>) -> DirectoryAction {
        var action = DirectoryAction(name)
        (action.first, action.last) = (numbers.lowerBound, numbers.upperBound)
        return action
    }

    @Test("A first import brings everything that the filters admit, and changes alone after it")
    func importsThenFollows() async throws {
        try await Bench.with(Self.scenario()) { bench in
            var copy = DirectoryCopy()
            let first = try await bench.sync(try Bench.sync(), into: &copy).syncOutput()
            #expect(first.full == .first)
            #expect(first.generation == 1)
            #expect(copy.generation == 1)
            #expect(copy.users.count >= 60)
            #expect(first.users.held == copy.users.count)
            #expect(first.groups.held == copy.groups.count)
            #expect(first.state == copy.state)
            try await bench.expect(copy)
            let user = try #require(copy.users.keys.sorted().first)
            let group = try #require(copy.groups.keys.sorted().last)
            try await bench.simulator.perform(
                [
                    Self.changed(user, ["displayName": "Renamed"]),
                    Self.members(.addMembers, of: group, [user]),
                    DirectoryAction(.addUser), Self.population(.softDelete, 3...4), Self.population(.purge, 5...5),
                ],
                tenant: Self.tenant
            )
            let next = try await bench.sync(try Bench.sync(state: copy.state), into: &copy).syncOutput()
            #expect(next.full == nil)
            #expect(next.base == 1)
            #expect(next.users.upserted < 10)
            #expect(copy.users[user]?.displayName == "Renamed")
            try await bench.expect(copy)
            #expect(await bench.simulator.violations().isEmpty)
        }
    }

    @Test("A soft-deleted user goes and comes back, in the same groups")
    func restores() async throws {
        try await Bench.with(Self.scenario()) { bench in
            var copy = DirectoryCopy()
            _ = try await bench.sync(try Bench.sync(), into: &copy).syncOutput()
            for name in [DirectoryAction.Name.softDelete, .restore, .softDelete, .purge] {
                try await bench.simulator.perform([Self.population(name, 2...4)], tenant: Self.tenant)
                _ = try await bench.sync(try Bench.sync(state: copy.state), into: &copy).syncOutput()
                try await bench.expect(copy)
            }
        }
    }

    @Test("Whoever falls out of the filters is removed, and a group that comes into them brings all its members")
    func filters() async throws {
        let filters = #""filters":{"users":"enabled","groups":"mail","domains":["contoso.com"]}"#
        let wanted = DirectoryFilters(users: .enabled, guests: false, domains: ["contoso.com"], groups: .mail)
        for isSparse in [false, true] {
            try await Bench.with(Self.scenario { $0.sparse = isSparse }) { bench in
                var copy = DirectoryCopy()
                _ = try await bench.sync(try Bench.sync(filters), into: &copy).syncOutput()
                try await bench.expect(copy, wanted)
                let truth = try #require(await bench.simulator.directory(tenant: Self.tenant))
                let left = truth.groups.keys.filter { id in
                    copy.groups[id] == nil && truth.members[id]?.isEmpty == false
                }
                let outside = try #require(left.max())
                let inside = try #require(copy.groups.keys.sorted().last)
                let user = try #require(copy.users.keys.sorted().first)
                try await bench.simulator.perform(
                    [
                        Self.changed(user, ["accountEnabled": false]),
                        Self.changed(outside, ["mailEnabled": true]), Self.changed(inside, ["mailEnabled": false]),
                        Self.changed(copy.users.keys.sorted()[1], ["mail": .null, "proxyAddresses": []]),
                    ],
                    tenant: Self.tenant
                )
                _ = try await bench.sync(try Bench.sync(state: copy.state, filters), into: &copy).syncOutput()
                #expect(copy.users[user] == nil)
                #expect(copy.groups[inside] == nil)
                #expect(copy.groups[outside] != nil)
                #expect(copy.members[outside]?.isEmpty == false)
                try await bench.expect(copy, wanted)
            }
        }
    }

    @Test("Other filters lead to a full import under the same line of generations")
    func filtersChanged() async throws {
        try await Bench.with(Self.scenario()) { bench in
            var copy = DirectoryCopy()
            _ = try await bench.sync(try Bench.sync(), into: &copy).syncOutput()
            let wanted = #""filters":{"groups":"security"}"#
            let output = try await bench.sync(try Bench.sync(state: copy.state, wanted), into: &copy).syncOutput()
            #expect(output.full == .filtersChanged)
            #expect(output.generation == 2)
            var filters = DirectoryFilters.standard
            filters.groups = .security
            try await bench.expect(copy, filters)
        }
    }

    @Test("Dead links lead to a full import that removes what is gone", arguments: ScenarioDirectory.Resync.allCases)
    func resyncs(how: ScenarioDirectory.Resync) async throws {
        try await Bench.with(Self.scenario { $0.resync = how }) { bench in
            var copy = DirectoryCopy()
            _ = try await bench.sync(try Bench.sync(), into: &copy).syncOutput()
            try await bench.simulator.perform(
                [Self.population(.purge, 7...9), DirectoryAction(.rebuild)],
                tenant: Self.tenant
            )
            let output = try await bench.sync(try Bench.sync(state: copy.state), into: &copy).syncOutput()
            #expect(output.full == .resyncRequired)
            try await bench.expect(copy)
        }
    }

    @Test(
        "A link of eight days is dead, one of six is not",
        arguments: [(6.0, nil), (8.0, .resyncRequired)] as [(Double, SyncDirectoryOutput.FullReason?)]
    )
    func ages(days: Double, expected: SyncDirectoryOutput.FullReason?) async throws {
        try await Bench.with(Self.scenario()) { bench in
            var copy = DirectoryCopy()
            _ = try await bench.sync(try Bench.sync(), into: &copy).syncOutput()
            await bench.pass(days * 24 * 60 * 60)
            let output = try await bench.sync(try Bench.sync(state: copy.state), into: &copy).syncOutput()
            #expect(output.full == expected)
            try await bench.expect(copy)
        }
    }

    @Test("A page whose link has died begins the round again", arguments: ["graph.users.delta", "graph.groups.delta"])
    func expiredPages(route: String) async throws {
        try await Bench.with(Self.scenario()) { bench in
            var fault = Fault(.reply)
            (fault.status, fault.code) = (400, "Directory_ExpiredPageToken")
            await bench.simulator.add(FaultRule(route: route, fault: fault, nth: 4))
            var copy = DirectoryCopy()
            let output = try await bench.sync(try Bench.sync(), into: &copy).syncOutput()
            #expect(output.users.held == copy.users.count)
            try await bench.expect(copy)
        }
    }

    @Test("Changes are told once they are visible, and none is lost")
    func visibility() async throws {
        try await Bench.with(Self.scenario { $0.visibleAfterSeconds = 60 }) { bench in
            var copy = DirectoryCopy()
            _ = try await bench.sync(try Bench.sync(), into: &copy).syncOutput()
            try await bench.simulator.perform([Self.population(.purge, 1...2)], tenant: Self.tenant)
            _ = try await bench.sync(try Bench.sync(state: copy.state), into: &copy).syncOutput()
            #expect(copy.users.count >= 60)
            await bench.pass(61)
            _ = try await bench.sync(try Bench.sync(state: copy.state), into: &copy).syncOutput()
            try await bench.expect(copy)
        }
    }

    @Test("Removals beyond the guard stop the job and ask; the number agreed to lets it go on, a smaller one does not")
    func asks() async throws {
        try await Bench.with(Self.scenario()) { bench in
            var copy = DirectoryCopy()
            _ = try await bench.sync(try Bench.sync(), into: &copy).syncOutput()
            let before = copy.users.count
            try await bench.simulator.perform([Self.population(.softDelete, 1...30)], tenant: Self.tenant)
            for members in ["", #""full":true"#, #""confirmRemovals":29"#] {
                let stopped = try await bench.sync(try Bench.sync(state: copy.state, members), into: &copy)
                #expect(stopped.problem?.code == .removalsHeld)
                #expect(stopped.problem?.detail.contains("30 of \(before) users") == true)
                let held = try #require(stopped.events(.directoryHeld, as: DirectoryHeld.self).first)
                #expect(held.users == DirectoryHeld.Removals(removals: 30, held: before))
                #expect(stopped.events.contains("notification.requested"))
                #expect(copy.users.count == before)
            }
            let confirmed = try Bench.sync(state: copy.state, #""confirmRemovals":30"#)
            _ = try await bench.sync(confirmed, into: &copy).syncOutput()
            try await bench.expect(copy)
        }
    }

    @Test("A directory that comes back empty removes nothing")
    func empty() async throws {
        try await Bench.with(Self.scenario()) { bench in
            let truth = try #require(await bench.simulator.directory(tenant: Self.tenant))
            try await bench.simulator.perform(
                truth.users.keys.map { DirectoryAction(.purge, id: $0) },
                tenant: Self.tenant
            )
            let attempt = try await bench.attempt(try Bench.sync())
            #expect(attempt.problem?.code == .unexpectedAnswer)
            #expect(attempt.pages.allSatisfy { $0.commit == nil })
        }
    }

    @Test("Without resource units left the job is put off for as long as the service says, and no call comes before")
    func throttled() async throws {
        try await Bench.with(Self.scenario { $0.resourceUnits = 0 }) { bench in
            let attempt = try await bench.attempt(try Bench.sync())
            guard case .postponed(let pause, let problem) = attempt.outcome else {
                Issue.record("the job did not wait: \(attempt.outcome)")
                return
            }
            #expect(problem.code == .throttled)
            #expect(pause > .seconds(9))
            #expect(await bench.simulator.violations().isEmpty)
        }
    }

    @Test("A state that no commit gave, or of another tenant, is refused")
    func refusesForeignStates() async throws {
        try await Bench.with(Self.scenario()) { bench in
            let attempt = try await bench.attempt(try Bench.sync(state: "d1.bm9uZQ=="))
            #expect(attempt.problem?.code == .invalidPayload)
            let other = try DirectoryState(
                tenant: TenantID(UUID()),
                generation: 1,
                filters: .standard,
                usersLink: "https://graph.microsoft.com/v1.0/users/delta?$deltatoken=x",
                groupsLink: nil,
                users: IDSample(),
                groups: IDSample()
            )
            let foreign = try await bench.attempt(try Bench.sync(state: try other.text()))
            #expect(foreign.problem?.code == .invalidPayload)
        }
    }
}
