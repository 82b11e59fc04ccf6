import Foundation
import Logging
import Simulator
import TestSupport
import Testing

@testable import Microsoft365

@Suite("Login")
struct LoginTests {
    @Test("A secret gives a token with the granted roles")
    func secret() async throws {
        try await withRig { rig in
            let token = try await rig.tenant().login.token(for: .graph)
            #expect(token.roles.contains("Domain.Read.All"))
            #expect(token.tenantID == UUID(uuidString: Scenario.contosoID))
            #expect(token.directoryRoles.contains(WellKnown.exchangeAdministratorRoleID))
        }
    }

    @Test("A certificate gives a token, another certificate's key does not")
    func certificate() async throws {
        var scenario = Scenario.grantedDemo
        scenario.applications[0].secret = nil
        scenario.applications[0].certificates = [TestCertificate.pem]
        let credential = Credential.certificate(pem: TestCertificate.pem, keyPEM: TestCertificate.keyPEM)
        try await withRig(scenario) { rig in
            let token = try await rig.tenant(credential: credential).login.token(for: .exchange)
            #expect(token.roles == ["Exchange.ManageAsApp"])
        }
        scenario.applications[0].certificates = [TestCertificate.otherPEM]
        try await withRig(scenario) { rig in
            let login = try rig.tenant(credential: credential).login
            let error = await failure { () async throws(Microsoft365Error) in try await login.token(for: .graph) }
            #expect(error?.code == .credentialsRejected)
            #expect(error?.serviceCode == "AADSTS700027")
        }
    }

    @Test("A wrong secret is our fault, is asked about once, and shows nowhere")
    func wrongSecret() async throws {
        try await withRig { rig in
            let secret = "not+the=secret"
            let login = try rig.tenant(credential: .secret(secret)).login
            let error = await failure { () async throws(Microsoft365Error) in try await login.token(for: .graph) }
            #expect(error?.code == .credentialsRejected)
            #expect(error?.status == 401)
            #expect(error?.serviceCode == "AADSTS7000215")
            #expect(error?.requestID != nil)
            #expect(error?.isRetryable == false)
            #expect(error?.description.contains(secret) == false)
            #expect(await rig.calls("login.token") == 1)
        }
    }

    @Test(
        "Each tenant's trouble has its own code",
        arguments: [
            (Scenario.fabrikamID, Resource.graph, Microsoft365Error.Code.applicationNotConsented, true),
            (Scenario.tailspinID, .exchange, .exchangeMissing, false),
            ("0190ab00-0000-7000-8000-00000000dead", .graph, .tenantNotFound, false),
        ]
    )
    func tenants(
        id: String,
        resource: Resource,
        expected: Microsoft365Error.Code,
        isRetryable: Bool
    ) async throws {
        try await withRig { rig in
            let login = try rig.tenant(id).login
            let error = await failure { () async throws(Microsoft365Error) in try await login.token(for: resource) }
            #expect(error?.code == expected)
            #expect(error?.isRetryable == isRetryable)
            #expect(error?.tenant == UUID(uuidString: id))
            #expect(await rig.calls("login.token") == 1)
        }
    }

    @Test("A disabled application and a blocking policy are told apart")
    func disabled() async throws {
        var scenario = Scenario.grantedDemo
        scenario.tenants[0].disabledApplications = [Scenario.demoClientID]
        scenario.tenants[2].blocksSignIn = true
        try await withRig(scenario) { rig in
            let contoso = try rig.tenant().login
            let tailspin = try rig.tenant(Scenario.tailspinID).login
            let first = await failure { () async throws(Microsoft365Error) in try await contoso.token(for: .graph) }
            let second = await failure { () async throws(Microsoft365Error) in try await tailspin.token(for: .graph) }
            #expect(first?.code == .applicationDisabled)
            #expect(second?.code == .accessBlockedByPolicy)
        }
    }

    @Test("Tokens are kept per resource until they are forgotten")
    func cache() async throws {
        try await withRig { rig in
            let tenant = try rig.tenant()
            let first = try await tenant.login.token(for: .graph)
            #expect(try await tenant.login.token(for: .graph) == first)
            _ = try await tenant.login.token(for: .exchange)
            #expect(await rig.calls("login.token") == 2)
            await tenant.forgetTokens()
            _ = try await tenant.login.token(for: .graph)
            _ = try await tenant.login.token(for: .exchange)
            #expect(await rig.calls("login.token") == 4)
        }
    }

    @Test("Many who ask at once share one request, and its failure", arguments: [Scenario.demoSecret, "wrong"])
    func oneInFlight(secret: String) async throws {
        var scenario = Scenario.grantedDemo
        scenario.latencyMilliseconds = 50
        try await withRig(scenario) { rig in
            let login = try rig.tenant(credential: .secret(secret)).login
            let codes = await withTaskGroup(of: Microsoft365Error.Code?.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        await failure { () async throws(Microsoft365Error) in try await login.token(for: .graph) }?.code
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            let expected: Microsoft365Error.Code? = secret == "wrong" ? .credentialsRejected : nil
            #expect(codes.allSatisfy { $0 == expected })
            #expect(await rig.calls("login.token") == 1)
        }
    }

    @Test("A token about to expire is replaced before it is used")
    func expiry() async throws {
        var scenario = Scenario.grantedDemo
        scenario.tokenLifetimeSeconds = 1
        try await withRig(scenario) { rig in
            let login = try rig.tenant().login
            let first = try await login.token(for: .graph)
            let clock = ContinuousClock()
            let deadline = clock.now.advanced(by: .seconds(20))
            while try await login.token(for: .graph) == first, clock.now < deadline { await Task.yield() }
            #expect(await rig.calls("login.token") == 2)
        }
    }

    @Test("A stumbling login is asked again, a throttling one is left alone")
    func stumbling() async throws {
        try await withRig { rig in
            await rig.fail("login.token", .login(90_033), count: 2)
            _ = try await rig.tenant().login.token(for: .graph)
            #expect(await rig.calls("login.token") == 3)
        }
        try await withRig { rig in
            await rig.fail("login.token", .throttle("120"), count: 0)
            let login = try rig.tenant().login
            let error = await failure { () async throws(Microsoft365Error) in try await login.token(for: .graph) }
            #expect(error?.code == .throttled)
            #expect(error?.retryAfter == .seconds(120))
            #expect(await rig.calls("login.token") == 1)
        }
    }

    @Test("What is no token answer is malformed, whatever it is", arguments: [Fault.Kind.garbage, .empty, .nul])
    func malformed(kind: Fault.Kind) async throws {
        try await withRig { rig in
            var fault = Fault(kind)
            fault.status = 200
            await rig.fail("login.token", fault)
            let login = try rig.tenant().login
            let error = await failure { () async throws(Microsoft365Error) in try await login.token(for: .graph) }
            #expect(error?.code == .malformedAnswer)
        }
    }

    @Test("An unreachable login host is said to be so, for writes too: nothing was sent")
    func unreachable() async throws {
        let transport = Transport()
        // Nobody listens on port 1, and no test is given it.
        let nowhere = "http://127.0.0.1:1"
        let tenant = Microsoft365(
            tenant: UUID(),
            application: Application(clientID: "client", credential: .secret("s")),
            endpoints: try CloudEndpoints(loginURL: nowhere, graphURL: nowhere, exchangeURL: nowhere),
            limits: .test,
            transport: transport,
            logger: .init(label: "test")
        )
        var settings = InboundConnectorSettings()
        settings.name = "Sluice"
        let made = settings
        let read = await failure { () async throws(Microsoft365Error) in try await tenant.graph.domains() }
        let write = await failure { () async throws(Microsoft365Error) in
            try await tenant.exchange.newInboundConnector(made)
        }
        #expect(read?.code == .unreachable)
        #expect(write?.code == .unreachable)
        #expect(write?.isAmbiguous == false)
        #expect(write?.isRetryable == true)
        try await transport.shutdown()
    }
}
