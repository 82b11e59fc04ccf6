import Foundation
import Simulator
import TestSupport
import Testing

@testable import Microsoft365

@Suite("Delta queries of Graph")
struct GraphDeltaTests {
    private static func scenario(_ change: (inout ScenarioDirectory) -> Void = { _ in }) -> Scenario {
        var scenario = Scenario.grantedDemo
        scenario.tenants[0].mail.population = 30
        scenario.tenants[0].directory.groups = 2
        scenario.tenants[0].directory.membersPerGroup = 12
        scenario.tenants[0].directory.pageSize = 10
        scenario.tenants[0].directory.memberPageSize = 5
        change(&scenario.tenants[0].directory)
        return scenario
    }

    private static func faulty(_ kind: Fault.Kind, _ status: Int, _ code: String? = nil) -> Fault {
        var fault = Fault(kind)
        (fault.status, fault.code) = (status, code)
        return fault
    }

    private static func refusal<Value>(_ call: () async throws -> Value) async -> Microsoft365Error? {
        do {
            _ = try await call()
            return nil
        } catch {
            return error as? Microsoft365Error
        }
    }

    @Test("Users and groups come over pages, and the round's end says where the next one begins")
    func rounds() async throws {
        try await withRig(Self.scenario()) { rig in
            let graph = try rig.tenant().graph
            var users: Set<String> = []
            var link: String?
            var pages = 0
            round: while pages < 20 {
                let page = try await graph.userDelta(from: link)
                users.formUnion(page.items.map(\.id))
                pages += 1
                switch page.next {
                case .page(let next): link = next
                case .round(let next):
                    link = next
                    break round
                }
            }
            #expect(users.count == 33)
            #expect(pages == 4)
            #expect(try await graph.userDelta(from: link).items.isEmpty)
            let groups = try await graph.groupDelta(from: nil, isMinimal: false)
            #expect(groups.items.contains { $0.members.count == 5 })
        }
    }

    @Test(
        "What a refusal of a link means does not hang on its body",
        arguments: [
            (Self.faulty(.empty, 410), .resyncRequired), (Self.faulty(.garbage, 410), .resyncRequired),
            (Self.faulty(.nul, 410), .resyncRequired), (Self.faulty(.reply, 410, "unheardOf"), .resyncRequired),
            (Self.faulty(.reply, 404, "syncStateNotFound"), .resyncRequired),
            (Self.faulty(.reply, 400, "syncStateInvalid"), .resyncRequired),
            (Self.faulty(.reply, 400, "Directory_ExpiredPageToken"), .pageExpired),
            (Self.faulty(.reply, 400, "Request_BadRequest"), .invalidRequest),
            (Self.faulty(.garbage, 400), .invalidRequest), (Self.faulty(.empty, 404), .malformedAnswer),
            (Self.faulty(.garbage, 200), .malformedAnswer), (Self.faulty(.reply, 200), .malformedAnswer),
        ] as [(Fault, Microsoft365Error.Code)]
    )
    func refusals(fault: Fault, expected: Microsoft365Error.Code) async throws {
        try await withRig(Self.scenario()) { rig in
            let graph = try rig.tenant().graph
            for route in ["graph.users.delta", "graph.groups.delta"] { await rig.fail(route, fault) }
            #expect(await Self.refusal { try await graph.userDelta(from: nil) }?.code == expected)
            #expect(await Self.refusal { try await graph.groupDelta(from: nil, isMinimal: true) }?.code == expected)
        }
    }

    @Test("A link to another host is refused, given or received, before a token goes there")
    func foreignLinks() async throws {
        try await withRig(Self.scenario()) { rig in
            let graph = try rig.tenant().graph
            let foreign = "https://graph.attacker.example/v1.0/users/delta?$skiptoken=x"
            #expect(await Self.refusal { try await graph.userDelta(from: foreign) }?.code == .foreignLink)
            #expect(await Self.refusal { try await graph.groupDelta(from: foreign, isMinimal: true) }?.status == nil)
            #expect(await Self.refusal { try await graph.members(of: "x", link: foreign) }?.code == .foreignLink)
            #expect(await rig.calls("graph.*") == 0)
            await rig.fail("graph.users.delta", Fault(.foreignNextLink))
            let received = await Self.refusal { try await graph.userDelta(from: nil) }
            #expect(received?.code == .foreignLink)
            #expect(received?.status == 200)
        }
    }

    @Test("How near the limit a tenant is comes with the page, and at the limit the pause that is asked for")
    func load() async throws {
        try await withRig(Self.scenario { $0.resourceUnits = 3 }) { rig in
            let graph = try rig.tenant(limits: .test).graph
            #expect(try await graph.userDelta(from: nil).load == nil)
            // On a busy machine the ten seconds of the limit may pass before it is reached.
            var (last, refused): (Double?, Microsoft365Error?)
            for _ in 0..<100 where refused == nil {
                refused = await Self.refusal {
                    let page = try await graph.userDelta(from: nil)
                    last = page.load
                    return page
                }
            }
            #expect(last == 1)
            #expect(refused?.code == .throttled)
            #expect(try #require(refused?.retryAfter) > .zero)
        }
    }

    @Test(
        "Objects are read again by id over any pages, quotes in ids do no harm, and those that are gone are left out",
        arguments: [false, true]
    )
    func byID(isShort: Bool) async throws {
        var scenario = Self.scenario()
        scenario.switches.graphPagesAreShort = isShort
        try await withRig(scenario) { rig in
            let graph = try rig.tenant().graph
            let truth = try #require(await rig.simulator.directory(tenant: Scenario.contosoID))
            let known = truth.users.keys.sorted().prefix(3)
            let found = try await graph.users(known + ["o'brien", "none' or id ne '"])
            #expect(Set(found.map(\.id)) == Set(known))
            #expect(found.allSatisfy { $0.record != nil && $0.isWhole })
            let group = try #require(truth.members.max { $0.value.count < $1.value.count })
            #expect(try await graph.groups([group.key]).map(\.id) == [group.key])
            // What no list shows was asked for by itself.
            #expect(await rig.calls("graph.users.get") == 2)
            var members: Set<String> = []
            var link: String?
            repeat {
                let page = try await graph.members(of: group.key, link: link)
                members.formUnion(page.members.map(\.id))
                link = page.next
            } while link != nil && members.count <= group.value.count
            #expect(members == group.value)
            #expect(await Self.refusal { try await graph.members(of: "gone", link: nil) }?.code == .notFound)
        }
    }
}
