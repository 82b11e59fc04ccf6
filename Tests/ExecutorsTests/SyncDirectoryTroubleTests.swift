import Foundation
import JobModel
import Simulator
import TestSupport
import Testing

@testable import Executors

@Suite("sync-directory when something is not as it was")
struct SyncDirectoryTroubleTests {
    private static let tenant = Scenario.contosoID

    private static func scenario() -> Scenario {
        var scenario = Bench.directoryScenario(population: 60, groups: 8, membersPerGroup: 12)
        for index in scenario.tenants.indices where scenario.tenants[index].id == Self.tenant {
            scenario.tenants[index].directory.pageSize = 7
            scenario.tenants[index].directory.memberPageSize = 5
        }
        return scenario
    }

    private static func purge(_ numbers: ClosedRange<Int>) -> DirectoryAction {
        var action = DirectoryAction(.purge)
        (action.first, action.last) = (numbers.lowerBound, numbers.upperBound)
        return action
    }

    private static func refusal(_ status: Int, _ code: String) -> Fault {
        var fault = Fault(.reply)
        (fault.status, fault.code) = (status, code)
        return fault
    }

    private static func bare(_ kind: Fault.Kind, _ status: Int) -> Fault {
        var fault = Fault(kind)
        fault.status = status
        return fault
    }

    @Test(
        "A state that the service makes nothing of leads to a full import, however it says so",
        arguments: [
            Self.refusal(400, "Request_BadRequest"), Self.refusal(400, "Directory_ExpiredPageToken"),
            Self.refusal(410, "somethingNew"), Self.refusal(400, "SYNCSTATEINVALID"), Self.bare(.empty, 410),
            Self.bare(.garbage, 410), Self.bare(.nul, 410), Self.bare(.empty, 400),
        ]
    )
    func refusedStates(fault: Fault) async throws {
        for route in ["graph.users.delta", "graph.groups.delta"] {
            try await Bench.with(Self.scenario()) { bench in
                var copy = DirectoryCopy()
                _ = try await bench.sync(try Bench.sync(), into: &copy).syncOutput()
                try await bench.simulator.perform([Self.purge(7...9)], tenant: Self.tenant)
                await bench.simulator.add(FaultRule(route: route, fault: fault))
                let output = try await bench.sync(try Bench.sync(state: copy.state), into: &copy).syncOutput()
                #expect(output.full == .resyncRequired)
                try await bench.expect(copy)
            }
        }
    }

    @Test("A link that the service itself gave in this round and then refuses is no reason to begin anew")
    func refusedPages() async throws {
        try await Bench.with(Self.scenario()) { bench in
            await bench.simulator.add(
                FaultRule(route: "graph.users.delta", fault: Self.refusal(400, "Request_BadRequest"), nth: 3)
            )
            let attempt = try await bench.attempt(try Bench.sync())
            #expect(attempt.problem?.code == .internalError)
            #expect(attempt.pages.allSatisfy { $0.commit == nil })
        }
    }

    @Test("A state whose links lead elsewhere sends no token there, and leads to a full import")
    func foreignStates() async throws {
        try await Bench.with(Self.scenario()) { bench in
            let state = try DirectoryState(
                tenant: try required(TenantID(Self.tenant)),
                generation: 4,
                filters: .standard,
                usersLink: "https://graph.attacker.example/v1.0/users/delta?$deltatoken=x",
                groupsLink: "https://graph.attacker.example/v1.0/groups/delta?$deltatoken=x",
                users: IDSample(),
                groups: IDSample()
            )
            var copy = DirectoryCopy()
            let output = try await bench.sync(try Bench.sync(state: try state.text()), into: &copy).syncOutput()
            #expect(output.full == .resyncRequired)
            #expect(output.generation == 5)
            try await bench.expect(copy)
        }
    }

    @Test(
        "A job that another worker ends with other settings imports by those it began with; the next one by the new ones"
    )
    func settingsChangeMeanwhile() async throws {
        try await Bench.with(Self.scenario()) { bench in
            var others = bench.settings
            others.directory.filters = DirectoryFilters(users: .all, guests: true, domains: nil, groups: .none)
            others.directory.removalsPercentMax = 100
            var copy = DirectoryCopy()
            var frames = 1
            var begun: Bench.Attempt
            repeat {
                begun = try await bench.attempt(try Bench.sync(), killedAfter: frames)
                frames += 1
            } while begun.memo?.contains("usersLink") != true && frames < 50
            for page in begun.pages { copy.take(page, of: "1") }
            let rest = try await bench.attempt(try Bench.sync(), memo: begun.memo, settings: others)
            for page in rest.pages { copy.take(page, of: "1") }
            let output = try rest.syncOutput()
            #expect(output.filters == .standard)
            #expect(output.groups.held > 0)
            try await bench.expect(copy)

            let next = try await bench.attempt(try Bench.sync(state: copy.state), settings: others)
            for page in next.pages { copy.take(page, of: "2") }
            #expect(try next.syncOutput().full == .filtersChanged)
            try await bench.expect(copy, others.directory.filters)
        }
    }

    @Test(
        "A job that was held and is sent again from the dead letters begins anew, asks again, and writes no second mail"
    )
    func heldAndSentAgain() async throws {
        try await Bench.with(Self.scenario()) { bench in
            var copy = DirectoryCopy()
            _ = try await bench.sync(try Bench.sync(), into: &copy).syncOutput()
            try await bench.simulator.perform([Self.purge(1...30)], tenant: Self.tenant)
            let payload = try Bench.sync(state: copy.state)
            let held = try await bench.attempt(payload)
            #expect(held.problem?.code == .removalsHeld)
            #expect(held.events.count { $0 == JobEventName.notificationRequested.rawValue } == 1)

            let again = try await bench.attempt(payload, memo: held.memo)
            #expect(again.problem?.code == .removalsHeld)
            #expect(again.events.count { $0 == JobEventName.directoryHeld.rawValue } == 1)
            #expect(!again.events.contains(JobEventName.notificationRequested.rawValue))

            // The console has dropped the pages of the failed runs, so the next one has to bring its own.
            var patient = bench.settings
            patient.directory.removalsPercentMax = 100
            let last = try await bench.attempt(payload, memo: again.memo, settings: patient)
            for page in last.pages { copy.take(page, of: "sent again") }
            #expect(try last.syncOutput().generation == copy.generation)
            try await bench.expect(copy)
        }
    }

    @Test("A pause that is asked for in the middle is kept, and the job goes on where it was")
    func throttledInTheMiddle() async throws {
        try await Bench.with(Self.scenario()) { bench in
            var fault = Fault(.throttle)
            fault.retryAfter = "30"
            await bench.simulator.add(FaultRule(route: "graph.users.delta", fault: fault, nth: 4))
            let first = try await bench.attempt(try Bench.sync())
            guard case .postponed(let pause, let problem) = first.outcome else {
                Issue.record("the job did not wait: \(first.outcome)")
                return
            }
            #expect(problem.code == .throttled)
            #expect(pause >= .seconds(30))
            await bench.pass(pause.inSeconds)
            let rest = try await bench.attempt(try Bench.sync(), memo: first.memo)
            var copy = DirectoryCopy()
            for page in first.pages + rest.pages { copy.take(page, of: "1") }
            #expect(try rest.syncOutput().generation == copy.generation)
            try await bench.expect(copy)
            // Nine pages of seven users, and the call that was refused.
            if !Bench.isShortOfPages { #expect(await bench.simulator.journal(route: "graph.users.delta").count == 10) }
        }
    }

    @Test("Devices in groups are nobody's business, told in a delta query or read in a list")
    func devices() async throws {
        var scenario = Self.scenario()
        for index in scenario.tenants.indices {
            scenario.tenants[index].directory.devicesPerGroup = 7
            scenario.tenants[index].directory.disorder = false
        }
        try await Bench.with(scenario) { bench in
            var copy = DirectoryCopy()
            let first = try await bench.sync(try Bench.sync(), into: &copy).syncOutput()
            #expect(first.membersAdded == 8 * 12)
            let truth = try #require(await bench.simulator.directory(tenant: Self.tenant))
            let ids = truth.members.filter { $0.value.count == 12 }.keys.sorted()
            let actions = ids.map { id in
                var change = DirectoryAction(.change, id: id)
                change.properties = ["securityEnabled": true]
                return change
            }
            try await bench.simulator.perform(actions, tenant: Self.tenant)
            let next = try await bench.sync(try Bench.sync(state: copy.state), into: &copy).syncOutput()
            #expect(next.membersAdded == 8 * 12)
            if !Bench.isShortOfPages {
                #expect(await bench.simulator.journal(route: "graph.groups.members.list").count == 8)
            }
            #expect(copy.members.values.allSatisfy { $0.allSatisfy { truth.users[$0] != nil } })
        }
    }

    /// An attempt whose time is over while a list of members is read.
    ///
    /// A busy machine may need longer for what comes before: then there is more time, and each page takes it all.
    private func cutInMembers(_ bench: Bench, _ payload: SyncDirectory) async throws -> Bench.Attempt {
        for spare in [250, 1_000, 4_000, 16_000] {
            var slow = Fault(.delay)
            slow.milliseconds = spare
            await bench.simulator.add(FaultRule(route: "graph.groups.members.list", fault: slow, count: 100))
            let before = await bench.simulator.journal(route: "graph.groups.members.list").count
            let attempt = try await bench.attempt(payload, limit: DirectorySync.reserve + .milliseconds(spare))
            await bench.simulator.clearFaults()
            let calls = await bench.simulator.journal(route: "graph.groups.members.list").count - before
            guard calls > 0 else { continue }
            #expect(calls < 4)
            guard case .interrupted = attempt.outcome else { throw Bench.Unexpected(outcome: attempt.outcome) }
            return attempt
        }
        throw Missing()
    }

    @Test("A long list of members is left before the attempt's time is over, and the job goes on from there")
    func leavesInTime() async throws {
        let scenario = Bench.directoryScenario(population: 3_500, groups: 1, membersPerGroup: 3_500)
        try await Bench.with(scenario) { bench in
            var copy = DirectoryCopy()
            let mail = #""filters":{"groups":"mail"}"#
            _ = try await bench.sync(try Bench.sync(mail), into: &copy).syncOutput()
            #expect(copy.members.values.allSatisfy { $0.count < 3_000 })
            let truth = try #require(await bench.simulator.directory(tenant: Self.tenant))
            var change = DirectoryAction(
                .change,
                id: try #require(truth.members.max { $0.value.count < $1.value.count }?.key)
            )
            change.properties = ["mailEnabled": true]
            try await bench.simulator.perform([change], tenant: Self.tenant)
            let payload = try Bench.sync(state: copy.state, mail)
            let cut = try await self.cutInMembers(bench, payload)
            for page in cut.pages { copy.take(page, of: "1") }
            let rest = try await bench.attempt(payload, memo: cut.memo)
            for page in rest.pages { copy.take(page, of: "1") }
            _ = try rest.syncOutput()
            var filters = DirectoryFilters.standard
            filters.groups = .mail
            try await bench.expect(copy, filters)
        }
    }
}
