import Foundation
import Simulator
import TestSupport
import Testing

@testable import Microsoft365

@Suite("Graph")
struct GraphTests {
    /// Our own and Exchange's object id in contoso.
    private func principals(_ graph: Graph) async throws -> (own: String, exchange: String) {
        let own = try #require(try await graph.servicePrincipal(appID: Scenario.demoClientID))
        let exchange = try #require(try await graph.servicePrincipal(appID: WellKnown.exchangeAppID))
        return (own.id, exchange.id)
    }

    @Test("Service principals are found by app id, and an absent one is nil")
    func servicePrincipals() async throws {
        try await withRig { rig in
            let graph = try rig.tenant().graph
            let own = try #require(try await graph.servicePrincipal(appID: Scenario.demoClientID))
            #expect(own.appID == Scenario.demoClientID)
            #expect(own.isEnabled == true)
            let exchange = try #require(try await graph.servicePrincipal(appID: WellKnown.exchangeAppID))
            let role = exchange.appRoles.first { $0.id == WellKnown.manageAsAppRoleID }
            #expect(role?.value == "Exchange.ManageAsApp")
            #expect(try await graph.servicePrincipal(appID: "0190ab00-0000-7000-8000-00000000dead") == nil)
            #expect(
                try await rig.tenant(Scenario.tailspinID).graph.servicePrincipal(appID: WellKnown.exchangeAppID) == nil
            )
        }
    }

    @Test("An app role is assigned once, recognised when held, and removed once")
    func appRole() async throws {
        try await withRig(.virtualDemo) { rig in
            let graph = try rig.tenant().graph
            let (own, exchange) = try await self.principals(graph)
            let role = WellKnown.manageAsAppRoleID
            let made = try await graph.assignAppRole(principal: own, resource: exchange, role: role)
            #expect(made.principalID == own && made.resourceID == exchange && made.appRoleID == role)
            #expect(try await graph.appRoleAssignments(of: own).contains(made))
            let again = await failure { () async throws(Microsoft365Error) in
                try await graph.assignAppRole(principal: own, resource: exchange, role: role)
            }
            #expect(again?.code == .alreadyExists)
            #expect(again?.isAmbiguous == false)
            #expect(try await graph.removeAppRoleAssignment(principal: own, assignment: made.id))
            #expect(try await graph.removeAppRoleAssignment(principal: own, assignment: made.id) == false)
            #expect(try await graph.appRoleAssignments(of: own).contains(made) == false)
        }
    }

    @Test("Another refusal of an assignment is not taken for a held role")
    func appRoleRefused() async throws {
        try await withRig(.virtualDemo) { rig in
            let graph = try rig.tenant().graph
            let (own, exchange) = try await self.principals(graph)
            let error = await failure { () async throws(Microsoft365Error) in
                try await graph.assignAppRole(
                    principal: own,
                    resource: exchange,
                    role: "0190ab00-0000-7000-8000-000000000001"
                )
            }
            #expect(error != nil && error?.code != .alreadyExists)
        }
    }

    @Test("A directory role is assigned once, recognised when held, and removed once", arguments: [false, true])
    func directoryRole(duplicateIs409: Bool) async throws {
        var scenario = Scenario.virtualDemo
        scenario.switches.duplicateRoleIs409 = duplicateIs409
        try await withRig(scenario) { rig in
            let graph = try rig.tenant().graph
            let own = try await self.principals(graph).own
            let role = WellKnown.exchangeAdministratorRoleID
            #expect(try await graph.directoryRoleAssignments(of: own, role: role).isEmpty)
            let made = try await graph.assignDirectoryRole(principal: own, role: role)
            #expect(made.principalID == own && made.roleID == role && made.scope == "/")
            let again = await failure { () async throws(Microsoft365Error) in
                try await graph.assignDirectoryRole(principal: own, role: role)
            }
            #expect(again?.code == .alreadyExists)
            #expect(try await graph.directoryRoleAssignments(of: own, role: role) == [made])
            #expect(
                try await graph.directoryRoleAssignments(of: own, role: WellKnown.globalAdministratorRoleID).isEmpty
            )
            #expect(try await graph.removeDirectoryRoleAssignment(made.id))
            #expect(try await graph.removeDirectoryRoleAssignment(made.id) == false)
        }
    }

    @Test("Domains come over all pages, and only verified mail domains of the tenant's own are importable")
    func domains() async throws {
        var scenario = Scenario.grantedDemo
        scenario.pageSize = 2
        try await withRig(scenario) { rig in
            let domains = try await rig.tenant().graph.domains()
            #expect(
                Set(domains.map(\.name)) == [
                    "contoso.onmicrosoft.com", "contoso.com", "plant.contoso.com", "new.contoso.com",
                    "contoso.mail.onmicrosoft.com",
                ]
            )
            #expect(domains.count == 5)
            #expect(Set(domains.filter(\.isImportable).map(\.name)) == ["contoso.com", "plant.contoso.com"])
            #expect(domains.filter(\.isDefault).map(\.name) == ["contoso.com"])
            #expect(domains.filter(\.isInitial).map(\.name) == ["contoso.onmicrosoft.com"])
            #expect(await rig.calls("graph.domains.list") == 3)
        }
    }

    @Test("The host mail is delivered to is read, not composed")
    func mailExchange() async throws {
        var scenario = Scenario.grantedDemo
        scenario.tenants[0].domains[0].mailExchange = "contoso-com.j-v1.mx.microsoft"
        try await withRig(scenario) { rig in
            let records = try await rig.tenant().graph.serviceConfigurationRecords(of: "contoso.com")
            let kinds = records.map(\.kind)
            #expect(kinds.contains(.mx(mailExchange: "contoso-com.j-v1.mx.microsoft", preference: 0)))
            #expect(kinds.contains { if case .txt(let text) = $0 { text.hasPrefix("v=spf1") } else { false } })
        }
    }

    @Test("Users and groups can be probed")
    func probes() async throws {
        try await withRig { rig in
            let graph = try rig.tenant().graph
            #expect(try await graph.probeUsers())
            #expect(try await graph.probeGroups())
            #expect(await rig.calls("graph.users.list") == 1)
        }
    }

    @Test("A missing permission is forbidden")
    func forbidden() async throws {
        var scenario = Scenario.virtualDemo
        scenario.tenants[0].consents[Scenario.demoClientID] = ["User.Read.All"]
        try await withRig(scenario, allowing: [.missingRole]) { rig in
            let graph = try rig.tenant().graph
            let error = await failure { () async throws(Microsoft365Error) in try await graph.domains() }
            #expect(error?.code == .forbidden)
            #expect(error?.serviceCode == "Authorization_RequestDenied")
            #expect(error?.requestID?.isEmpty == false)
            #expect(await rig.calls("graph.domains.list") == 1)
        }
    }

    @Test("The token is never sent along a link to another host")
    func foreignLink() async throws {
        try await withRig { rig in
            await rig.fail("graph.domains.list", Fault(.foreignNextLink))
            let graph = try rig.tenant().graph
            let error = await failure { () async throws(Microsoft365Error) in try await graph.domains() }
            #expect(error?.code == .foreignLink)
        }
    }

    @Test("A list with more pages than the bound is an error, not a short list")
    func pageBound() async throws {
        var scenario = Scenario.grantedDemo
        scenario.pageSize = 1
        try await withRig(scenario) { rig in
            var limits = RequestLimits.test
            limits.pagesMax = 4
            let graph = try rig.tenant(limits: limits).graph
            let error = await failure { () async throws(Microsoft365Error) in try await graph.domains() }
            #expect(error?.code == .answerTooLarge)
            #expect(await rig.calls("graph.domains.list") == 4)
        }
    }

    @Test(
        "A read survives what passes",
        arguments: [
            Fault.empty(503), .empty(500), .empty(408), .empty(504), .throttle("0.01"), .throttle(nil),
            Fault(.dropBeforeCommit),
        ]
    )
    func readsAgain(fault: Fault) async throws {
        try await withRig { rig in
            await rig.fail("graph.domains.list", fault, count: 2)
            let domains = try await rig.tenant().graph.domains()
            #expect(domains.count == 5)
            #expect(await rig.calls("graph.domains.list") == 3)
        }
    }

    @Test("Patience ends, and then the failure is retryable by the job")
    func givesUp() async throws {
        try await withRig { rig in
            await rig.fail("graph.domains.list", .empty(503), count: 0)
            let graph = try rig.tenant().graph
            let error = await failure { () async throws(Microsoft365Error) in try await graph.domains() }
            #expect(error?.code == .unavailable)
            #expect(error?.status == 503)
            #expect(error?.isRetryable == true)
            #expect(await rig.calls("graph.domains.list") == 3)
        }
    }

    @Test("A long Retry-After is handed up at once", arguments: [("90", 90.0), ("date:600", 600.0)])
    func throttled(retryAfter: String, seconds: Double) async throws {
        try await withRig { rig in
            await rig.fail("graph.domains.list", .throttle(retryAfter), count: 0)
            let graph = try rig.tenant().graph
            let error = await failure { () async throws(Microsoft365Error) in try await graph.domains() }
            #expect(error?.code == .throttled)
            let asked = try #require(error?.retryAfter)
            #expect(asked > .seconds(seconds - 60) && asked <= .seconds(seconds + 60))
            #expect(await rig.calls("graph.domains.list") == 1)
        }
    }

    @Test("What is no JSON is malformed", arguments: [Fault.Kind.garbage, .empty, .nul])
    func malformed(kind: Fault.Kind) async throws {
        try await withRig { rig in
            var fault = Fault(kind)
            fault.status = 200
            await rig.fail("graph.domains.list", fault)
            let graph = try rig.tenant().graph
            let error = await failure { () async throws(Microsoft365Error) in try await graph.domains() }
            #expect(error?.code == .malformedAnswer)
        }
    }

    @Test("A bare 404 makes nothing look absent")
    func bareNotFound() async throws {
        try await withRig { rig in
            await rig.fail("graph.servicePrincipals.get", .empty(404))
            let graph = try rig.tenant().graph
            let error = await failure { () async throws(Microsoft365Error) in
                try await graph.servicePrincipal(appID: WellKnown.exchangeAppID)
            }
            #expect(error?.code == .malformedAnswer)
        }
    }

    @Test(
        "A write whose answer is lost is in doubt and is sent once",
        arguments: [
            (Fault(.dropAfterCommit), true), (Fault(.dropBeforeCommit), false), (.empty(503), false),
            (Fault.empty(504).committed, true), (Fault(.garbage).committed, true),
        ]
    )
    func writeInDoubt(fault: Fault, tookEffect: Bool) async throws {
        try await withRig(.virtualDemo) { rig in
            let graph = try rig.tenant().graph
            let (own, exchange) = try await self.principals(graph)
            await rig.fail("graph.appRoleAssignedTo.create", fault)
            let error = await failure { () async throws(Microsoft365Error) in
                try await graph.assignAppRole(
                    principal: own,
                    resource: exchange,
                    role: WellKnown.manageAsAppRoleID
                )
            }
            #expect(error?.code == .interrupted)
            #expect(error?.isAmbiguous == true)
            #expect(await rig.calls("graph.appRoleAssignedTo.create") == 1)
            let held = try await graph.appRoleAssignments(of: own).contains {
                $0.appRoleID == WellKnown.manageAsAppRoleID
            }
            #expect(held == tookEffect)
        }
    }

    @Test("A throttled write was not carried out and is not sent again")
    func writeThrottled() async throws {
        try await withRig(.virtualDemo) { rig in
            let graph = try rig.tenant().graph
            let own = try await self.principals(graph).own
            await rig.fail("graph.roleAssignments.create", .throttle("1"))
            let error = await failure { () async throws(Microsoft365Error) in
                try await graph.assignDirectoryRole(principal: own, role: WellKnown.exchangeAdministratorRoleID)
            }
            #expect(error?.code == .throttled)
            #expect(error?.isAmbiguous == false)
            #expect(error?.retryAfter == .seconds(1))
            #expect(await rig.calls("graph.roleAssignments.create") == 1)
        }
    }

    @Test("A token the service no longer accepts is replaced once")
    func expiredToken() async throws {
        try await withRig { rig in
            let graph = try rig.tenant().graph
            _ = try await graph.domains()
            await rig.simulator.advance(by: 4_000)
            _ = try await graph.domains()
            #expect(await rig.calls("login.token") == 2)
            #expect(await rig.calls("graph.domains.list") == 3)
        }
    }
}
