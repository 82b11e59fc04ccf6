import Foundation
import Simulator
import TestSupport
import Testing

@testable import Microsoft365

@Suite("Exchange administration")
struct ExchangeAdministrationTests {
    private var inbound: InboundConnectorSettings {
        var settings = InboundConnectorSettings()
        settings.name = "Sluice inbound"
        settings.connectorType = .partner
        settings.isEnabled = true
        settings.senderDomains = ["*"]
        settings.senderIPAddresses = ["198.51.100.0/24", "192.0.2.7"]
        settings.requiresTLS = true
        settings.restrictsDomainsToIPAddresses = true
        settings.comment = "marker"
        return settings
    }

    private var outbound: OutboundConnectorSettings {
        var settings = OutboundConnectorSettings()
        settings.name = "Sluice outbound"
        settings.connectorType = .partner
        settings.isEnabled = false
        settings.recipientDomains = ["*"]
        settings.usesMXRecord = false
        settings.smartHosts = ["smtp.gateway.example"]
        settings.tlsSettings = .encryptionOnly
        settings.comment = "marker"
        return settings
    }

    private var rule: TransportRuleSettings {
        var settings = TransportRuleSettings()
        settings.name = "Sluice bypass"
        settings.senderIPRanges = ["198.51.100.0/22"]
        settings.setsSCL = -1
        settings.mode = .enforce
        settings.priority = 0
        settings.comments = "marker"
        return settings
    }

    private var identity: String { "0190ab00-0000-7000-8000-00000000dead" }

    @Test("An inbound connector is made, found, changed and removed, without a difference in the end")
    func inboundConnector() async throws {
        try await withRig { rig in
            let exchange = try rig.tenant().exchange
            let made = try await exchange.newInboundConnector(self.inbound)
            #expect(self.inbound.changes(to: made).isEmpty, "\(self.inbound.changes(to: made))")
            let guid = try #require(made.guid).uuidString
            let read = try #require(try await exchange.inboundConnector(identity: guid))
            #expect(self.inbound.changes(to: read).isEmpty)
            #expect(read.isForAllDomains)
            #expect(read.comment == "marker")
            #expect(try await exchange.inboundConnector(identity: "sluice INBOUND")?.guid == made.guid)
            var renamed = InboundConnectorSettings()
            renamed.name = "Sluice renamed"
            renamed.senderIPAddresses = ["203.0.113.0/24"]
            try await exchange.setInboundConnector(identity: guid, renamed)
            let after = try #require(try await exchange.inboundConnector(identity: guid))
            #expect(after.name == "Sluice renamed")
            #expect(after.senderIPAddresses == ["203.0.113.0/24"])
            #expect(self.inbound.changes(to: after).map(\.field) == ["Name", "SenderIPAddresses"])
            #expect(try await exchange.inboundConnectors().contains { $0.guid == made.guid })
            #expect(try await exchange.removeInboundConnector(identity: guid))
            #expect(try await exchange.removeInboundConnector(identity: guid) == false)
            #expect(try await exchange.inboundConnector(identity: guid) == nil)
        }
    }

    @Test("An outbound connector is made disabled and read back disabled")
    func outboundConnector() async throws {
        try await withRig { rig in
            let exchange = try rig.tenant().exchange
            let made = try await exchange.newOutboundConnector(self.outbound)
            #expect(made.isEnabled == false)
            let guid = try #require(made.guid).uuidString
            let read = try #require(try await exchange.outboundConnector(identity: guid))
            #expect(read.isEnabled == false)
            #expect(read.smartHosts == ["smtp.gateway.example"])
            #expect(read.usesMXRecord == false)
            #expect(self.outbound.changes(to: read).isEmpty, "\(self.outbound.changes(to: read))")
            var enabled = OutboundConnectorSettings()
            enabled.isEnabled = true
            try await exchange.setOutboundConnector(identity: guid, enabled)
            #expect(try await exchange.outboundConnector(identity: guid)?.isEnabled == true)
            #expect(try await exchange.removeOutboundConnector(identity: guid))
        }
    }

    @Test("An outbound connector that would be enabled by silence is never sent")
    func outboundSilence() async throws {
        try await withRig { rig in
            let exchange = try rig.tenant().exchange
            var settings = self.outbound
            settings.isEnabled = nil
            let silent = settings
            let error = await failure { () async throws(Microsoft365Error) in
                try await exchange.newOutboundConnector(silent)
            }
            #expect(error?.code == .invalidRequest)
            #expect(await rig.calls("exchange.*") == 0)
        }
    }

    @Test("Connectors for tests and for rules are listed too, each once", arguments: [true, false])
    func specialConnectors(hidden: Bool) async throws {
        var scenario = Scenario.grantedDemo
        scenario.switches.hideSpecialConnectors = hidden
        scenario.tenants[0].outboundConnectors = [
            ["Name": "a plain", "ConnectorType": "Partner", "RecipientDomains": ["a.example"]],
            ["Name": "b test", "ConnectorType": "Partner", "RecipientDomains": ["b.example"], "TestMode": true],
            ["Name": "c rule", "ConnectorType": "Partner", "IsTransportRuleScoped": true],
        ]
        try await withRig(scenario) { rig in
            let connectors = try await rig.tenant().exchange.outboundConnectors()
            #expect(connectors.map(\.name) == ["a plain", "b test", "c rule"])
        }
    }

    @Test("A rule is made, disabled, enabled, changed and removed")
    func transportRule() async throws {
        try await withRig { rig in
            let exchange = try rig.tenant().exchange
            let made = try await exchange.newTransportRule(self.rule, enabled: true)
            #expect(made.isEnabled == true)
            let guid = try #require(made.guid).uuidString
            let read = try #require(try await exchange.transportRule(identity: guid))
            #expect(self.rule.changes(to: read).isEmpty, "\(self.rule.changes(to: read))")
            #expect(read.setsSCL == -1)
            try await exchange.disableTransportRule(identity: guid)
            #expect(try await exchange.transportRule(identity: guid)?.isEnabled == false)
            try await exchange.enableTransportRule(identity: guid)
            #expect(try await exchange.transportRule(identity: guid)?.isEnabled == true)
            var comments = TransportRuleSettings()
            comments.comments = "other"
            try await exchange.setTransportRule(identity: guid, comments)
            #expect(try await exchange.transportRules().first { $0.guid == made.guid }?.comments == "other")
            #expect(try await exchange.removeTransportRule(identity: guid))
            #expect(try await exchange.removeTransportRule(identity: guid) == false)
            let off = try await exchange.newTransportRule(self.rule, enabled: false)
            #expect(off.isEnabled == false)
        }
    }

    @Test("Accepted domains and the organisation are read")
    func organization() async throws {
        try await withRig { rig in
            let exchange = try rig.tenant().exchange
            let domains = try await exchange.acceptedDomains()
            #expect(domains.first { $0.domainName == "contoso.com" }?.domainType == "Authoritative")
            #expect(domains.first { $0.domainName == "plant.contoso.com" }?.domainType == "InternalRelay")
            #expect(domains.contains { $0.isInitial == true })
            #expect(try await exchange.organizationConfig().isDehydrated == false)
        }
    }

    @Test("A taken name already exists; a missing object is nil, however Exchange says it")
    func existence() async throws {
        for (is404, inner, details) in [
            (false, true, true), (true, true, true), (false, false, true), (false, true, false),
        ] {
            var scenario = Scenario.grantedDemo
            scenario.switches.missingObjectIs404 = is404
            scenario.switches.exchangeInnerException = inner
            scenario.switches.exchangeDetails = details
            scenario.switches.localisedTexts = true
            try await withRig(scenario, allowing: [.secondCreation]) { rig in
                let exchange = try rig.tenant().exchange
                try await exchange.newInboundConnector(self.inbound)
                let again = await failure { () async throws(Microsoft365Error) in
                    try await exchange.newInboundConnector(self.inbound)
                }
                #expect(again?.code == .alreadyExists)
                #expect(again?.serviceCode == "ADObjectAlreadyExistsException")
                #expect(try await exchange.inboundConnector(identity: self.identity) == nil)
                #expect(try await exchange.removeTransportRule(identity: self.identity) == false)
            }
        }
    }

    @Test("An empty identity is never sent", arguments: ["", " ", "\t\n"])
    func emptyIdentity(identity: String) async throws {
        try await withRig { rig in
            let exchange = try rig.tenant().exchange
            let get = await failure { () async throws(Microsoft365Error) in
                try await exchange.inboundConnector(identity: identity)
            }
            let remove = await failure { () async throws(Microsoft365Error) in
                try await exchange.removeTransportRule(identity: identity)
            }
            #expect(get?.code == .invalidRequest)
            #expect(remove?.code == .invalidRequest)
            #expect(await rig.calls("exchange.*") == 0)
        }
    }

    @Test("The way in goes from unauthorized over forbidden to open, with fresh tokens")
    func ladder() async throws {
        var scenario = Scenario.virtualDemo
        scenario.delays.appRoleInExchangeSeconds = 60
        scenario.delays.directoryRoleInExchangeSeconds = 120
        try await withRig(scenario) { rig in
            let tenant = try rig.tenant()
            let graph = tenant.graph
            let own = try #require(try await graph.servicePrincipal(appID: Scenario.demoClientID)).id
            let resource = try #require(try await graph.servicePrincipal(appID: WellKnown.exchangeAppID)).id
            func state() async -> Microsoft365Error.Code? {
                await tenant.forgetTokens()
                return await failure { () async throws(Microsoft365Error) in
                    try await tenant.exchange.organizationConfig()
                }?.code
            }
            #expect(await state() == .unauthorized)
            try await graph.assignAppRole(principal: own, resource: resource, role: WellKnown.manageAsAppRoleID)
            try await graph.assignDirectoryRole(principal: own, role: WellKnown.exchangeAdministratorRoleID)
            #expect(await state() == .unauthorized)
            await rig.simulator.advance(by: 61)
            #expect(await state() == .forbidden)
            await rig.simulator.advance(by: 60)
            #expect(await state() == nil)
        }
    }

    @Test("A dehydrated tenant refuses to make objects until it is opened")
    func dehydrated() async throws {
        var scenario = Scenario.grantedDemo
        scenario.tenants[0].isDehydrated = true
        scenario.switches.localisedTexts = true
        try await withRig(scenario) { rig in
            let exchange = try rig.tenant().exchange
            #expect(try await exchange.organizationConfig().isDehydrated == true)
            let refused = await failure { () async throws(Microsoft365Error) in
                try await exchange.newInboundConnector(self.inbound)
            }
            #expect(refused?.code == .organizationDehydrated)
            try await exchange.enableOrganizationCustomization()
            try await exchange.newInboundConnector(self.inbound)
            let again = await failure { () async throws(Microsoft365Error) in
                try await exchange.enableOrganizationCustomization()
            }
            #expect(again?.code == .invalidRequest)
        }
    }

    @Test(
        "A read survives what passes",
        arguments: [
            Fault.empty(503), .throttle(nil), Fault(.dropBeforeCommit), .exception("A.ServerBusyException"),
            .exception("CmdletProxyNotAvailableFailure"), .exception("A.BackendCommunicationException"),
        ]
    )
    func readsAgain(fault: Fault) async throws {
        try await withRig { rig in
            await rig.fail("exchange.Get-AcceptedDomain", fault, count: 2)
            let domains = try await rig.tenant().exchange.acceptedDomains()
            #expect(!domains.isEmpty)
            #expect(await rig.calls("exchange.Get-AcceptedDomain") == 3)
        }
    }

    @Test(
        "A write whose answer is lost is in doubt and is sent once",
        arguments: [
            (Fault(.dropAfterCommit), true), (Fault(.dropBeforeCommit), false), (.empty(500), false),
            (Fault.empty(503).committed, true), (Fault(.garbage).committed, true),
            (.exception("A.BackendCommunicationException"), false),
        ]
    )
    func writeInDoubt(fault: Fault, tookEffect: Bool) async throws {
        try await withRig { rig in
            let exchange = try rig.tenant().exchange
            await rig.fail("exchange.New-InboundConnector", fault)
            let error = await failure { () async throws(Microsoft365Error) in
                try await exchange.newInboundConnector(self.inbound)
            }
            #expect(error?.code == .interrupted)
            #expect(error?.isAmbiguous == true)
            #expect(await rig.calls("exchange.New-InboundConnector") == 1)
            let found = try await exchange.inboundConnector(identity: "Sluice inbound")
            #expect((found != nil) == tookEffect)
        }
    }

    @Test("A 403 of NUL bytes is forbidden, and a write that met it was not carried out")
    func nulBytes() async throws {
        try await withRig { rig in
            let exchange = try rig.tenant().exchange
            await rig.fail("exchange.*", Fault(.nul), count: 2)
            let read = await failure { () async throws(Microsoft365Error) in try await exchange.acceptedDomains() }
            let write = await failure { () async throws(Microsoft365Error) in
                try await exchange.newInboundConnector(self.inbound)
            }
            #expect(read?.code == .forbidden)
            #expect(write?.code == .forbidden)
            #expect(write?.isAmbiguous == false)
        }
    }

    @Test("Commands of one tenant run one at a time, however many are asked for")
    func oneAtATime() async throws {
        var scenario = Scenario.grantedDemo
        scenario.latencyMilliseconds = 5
        try await withRig(scenario) { rig in
            let exchange = try rig.tenant().exchange
            let guid = try #require(try await exchange.newInboundConnector(self.inbound).guid).uuidString
            await withTaskGroup(of: Microsoft365Error?.self) { group in
                for number in 0..<10 {
                    group.addTask {
                        var settings = InboundConnectorSettings()
                        settings.comment = "\(number)"
                        let change = settings
                        return await failure { () async throws(Microsoft365Error) in
                            try await exchange.setInboundConnector(identity: guid, change)
                        }
                    }
                }
                for await error in group { #expect(error == nil) }
            }
            #expect(await rig.calls("exchange.Set-InboundConnector") == 10)
        }
    }

    @Test("A command that takes too long has failed to read, and leaves a write in doubt")
    func hang() async throws {
        try await withRig { rig in
            var limits = RequestLimits.test
            limits.commandTime = .milliseconds(300)
            limits.readAttemptsMax = 1
            let exchange = try rig.tenant(limits: limits).exchange
            await rig.fail("exchange.*", Fault(.hang), count: 2)
            let read = await failure { () async throws(Microsoft365Error) in try await exchange.acceptedDomains() }
            let write = await failure { () async throws(Microsoft365Error) in
                try await exchange.newInboundConnector(self.inbound)
            }
            #expect(read?.code == .unavailable)
            #expect(write?.isAmbiguous == true)
        }
    }

    @Test("A wrong value is our defect, named by the exception")
    func invalid() async throws {
        try await withRig { rig in
            let exchange = try rig.tenant().exchange
            var settings = self.inbound
            settings.senderIPAddresses = ["10.0.0.0/8"]
            let wide = settings
            let error = await failure { () async throws(Microsoft365Error) in
                try await exchange.newInboundConnector(wide)
            }
            #expect(error?.code == .invalidRequest)
            #expect(error?.serviceCode?.hasSuffix("Exception") == true)
            #expect(error?.isRetryable == false)
        }
    }
}
