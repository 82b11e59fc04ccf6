import Foundation
import Simulator
import TestSupport
import Testing

@Suite("Cmdlets")
struct CmdletTests {
    static let inbound: [String: JSONValue] = [
        "Name": "Gateway in", "ConnectorType": "Partner", "SenderDomains": ["*"],
        "RestrictDomainsToIPAddresses": true, "SenderIPAddresses": ["192.0.2.0/24"],
    ]
    static let outbound: [String: JSONValue] = [
        "Name": "Gateway out", "ConnectorType": "Partner", "RecipientDomains": ["*"], "UseMXRecord": false,
        "SmartHosts": ["smtp.gateway.example"], "TlsSettings": "EncryptionOnly",
    ]
    static let rule: [String: JSONValue] = ["Name": "Bypass", "SenderIpRanges": ["192.0.2.0/24"], "SetSCL": -1]

    @Test("Defaults are those of the service: enabled, TLS required, MX used; a star comes back as smtp:*;1")
    func defaults() async throws {
        try await withSimulator(.grantedDemo) { simulator in
            let client = simulator.client
            let made = try await client.cmdlet("New-InboundConnector", .object(CmdletTests.inbound))
            #expect(made.status == 200)
            let inbound = made.records.first
            #expect(inbound?["Enabled"] == true)
            #expect(inbound?["RequireTls"] == true)
            #expect(inbound?["SenderDomains"] == ["smtp:*;1"])
            #expect(inbound?["SenderDomains@odata.type"] == "#Collection(String)")
            #expect(inbound?["Identity"] == "Gateway in")
            #expect(inbound?["WhenChangedUTC"]?.text?.hasSuffix(".0000000Z") == true)
            let outbound = try await client.cmdlet("New-OutboundConnector", .object(CmdletTests.outbound)).records.first
            #expect(outbound?["Enabled"] == true)
            #expect(outbound?["MtaStsMode"] == "Opportunistic")
            #expect(outbound?["RequireTls"] == nil)
            let plain = try await client.cmdlet(
                "New-OutboundConnector",
                ["Name": "plain", "RecipientDomains": ["a.example"]]
            )
            #expect(plain.records.first?["UseMXRecord"] == true)
            let rule = try await client.cmdlet("New-TransportRule", .object(CmdletTests.rule)).records.first
            #expect(rule?["State"] == "Enabled")
            #expect(rule?["Enabled"] == nil)
            #expect(rule?["SetSCL"] == "-1")
            #expect(rule?["Exceptions"] == .null)
            #expect(rule?["Actions"] == ["Microsoft.Exchange.MessagingPolicies.Rules.Tasks.SetSclAction"])
        }
    }

    /// A change to good parameters, and the exception it meets.
    struct Mistake: Sendable, CustomTestStringConvertible {
        let cmdlet: String
        let change: [String: JSONValue]
        let exception: String
        var testDescription: String { "\(cmdlet) \(change.keys.sorted())" }

        init(_ cmdlet: String, _ change: [String: JSONValue], _ exception: String) {
            self.cmdlet = cmdlet
            self.change = change
            self.exception = exception
        }
    }

    static let mistakes = [
        Mistake("New-InboundConnector", ["Colour": "blue"], "ParameterBindingException"),
        Mistake("New-InboundConnector", ["Comment": .null], "ParameterBindingValidationException"),
        Mistake("New-InboundConnector", ["Enabled": "yes"], "ParameterTransformationException"),
        Mistake("New-InboundConnector", ["ConnectorType": "Friend"], "ParameterTransformationException"),
        Mistake("New-InboundConnector", ["SenderIPAddresses": ["192.0.2.0/23"]], "ParameterTransformationException"),
        Mistake("New-InboundConnector", ["SenderIPAddresses": ["2001:db8::1"]], "ParameterTransformationException"),
        Mistake("New-InboundConnector", ["SenderIPAddresses": []], "DataValidationException"),
        Mistake("New-InboundConnector", ["ConnectorType": "OnPremises"], "DataValidationException"),
        Mistake("New-InboundConnector", ["Name": .text(String(repeating: "n", count: 65))], "DataValidationException"),
        Mistake("New-InboundConnector", ["Name": "Partner BANK"], "ADObjectAlreadyExistsException"),
        Mistake("New-OutboundConnector", ["SmartHosts": []], "DataValidationException"),
        Mistake("New-OutboundConnector", ["UseMXRecord": true], "AmbiguousParameterSetException"),
        Mistake("New-OutboundConnector", ["TlsSettings": "DomainValidation"], "DataValidationException"),
        Mistake("New-OutboundConnector", ["SenderDomains": ["*"]], "ParameterBindingException"),
        Mistake("New-TransportRule", ["SetSCL": 10], "ParameterTransformationException"),
        Mistake("New-TransportRule", ["SetHeaderName": "X-A"], "AmbiguousParameterSetException"),
        Mistake("New-TransportRule", ["State": "Enabled"], "ParameterBindingException"),
        Mistake("Get-HostedConnectionFilterPolicy", ["ResultSize": 1], "ParameterBindingException"),
        Mistake("Get-InboundConnector", ["Identity": "nobody"], "ManagementObjectNotFoundException"),
        Mistake("Set-InboundConnector", ["Enabled": false], "ParameterBindingException"),
        Mistake("Remove-InboundConnector", ["Identity": "Partner bank"], "PSInvalidOperationException"),
        Mistake("Enable-OrganizationCustomization", [:], "InvalidOperationException"),
    ]

    @Test("Each mistake meets its exception and changes nothing", arguments: mistakes)
    func mistake(_ mistake: Mistake) async throws {
        let good = [
            "New-InboundConnector": CmdletTests.inbound, "New-OutboundConnector": CmdletTests.outbound,
            "New-TransportRule": CmdletTests.rule,
        ]
        try await withSimulator(.grantedDemo) { simulator in
            let parameters = (good[mistake.cmdlet] ?? [:]).merging(mistake.change) { $1 }
            let answer = try await simulator.client.cmdlet(mistake.cmdlet, .object(parameters))
            #expect(answer.status == 400)
            #expect(answer.exception == mistake.exception)
            #expect(await simulator.effects().isEmpty)
        }
    }

    @Test("An enumeration is matched by its beginning, so a short word passes")
    func prefixes() async throws {
        try await withSimulator(.grantedDemo) { simulator in
            let parameters = CmdletTests.inbound.merging(["ConnectorType": "part"]) { $1 }
            let answer = try await simulator.client.cmdlet("New-InboundConnector", .object(parameters))
            #expect(answer.records.first?["ConnectorType"] == "Partner")
        }
    }

    @Test("The envelope is read strictly")
    func envelope() async throws {
        let bad: [JSONValue] = [
            ["CmdletInput": ["CmdletName": "Get-AcceptedDomain"]],
            ["CmdletInput": ["CmdletName": "Get-AcceptedDomain", "Parameters": .null]],
            ["CmdletInput": ["CmdletName": "Get-AcceptedDomain", "Parameters": [:], "More": 1]],
            ["CmdletName": "Get-AcceptedDomain", "Parameters": [:]], [],
        ]
        try await withSimulator(.grantedDemo) { simulator in
            for envelope in bad {
                let answer = try await simulator.client.invoke(envelope)
                #expect(answer.status == 400)
            }
        }
    }

    @Test("Either block of an error can be missing, and the text can be German")
    func errorBlocks() async throws {
        var scenario = Scenario.grantedDemo
        scenario.switches.exchangeInnerException = false
        scenario.switches.localisedTexts = true
        try await withSimulator(scenario) { simulator in
            let answer = try await simulator.client.cmdlet("Get-InboundConnector", ["Identity": "nobody"])
            let error = answer.json["error"]
            #expect(error?["message"] == "Invalid Operation")
            #expect(error?["innererror"]?["internalexception"] == nil)
            let parts = error?["details"]?.array?.first?["message"]?.text?.split(separator: "|") ?? []
            #expect(parts.count == 3)
            #expect(parts[1].hasSuffix(".ManagementObjectNotFoundException"))
            #expect(parts[2].hasPrefix("Der Vorgang"))
            await simulator.change(
                switches: {
                    var other = Switches(); other.exchangeDetails = false; return other
                }()
            )
            let second = try await simulator.client.cmdlet("Get-InboundConnector", ["Identity": "nobody"])
            #expect(second.json["error"]?["details"] == nil)
            #expect(second.exception == "ManagementObjectNotFoundException")
        }
    }

    @Test("A new connector is not shown at once, and a second New says it exists")
    func lag() async throws {
        var scenario = Scenario.grantedDemo
        scenario.delays.exchangeVisibilitySeconds = 5
        try await withSimulator(scenario) { simulator in
            let client = simulator.client
            #expect(try await client.cmdlet("New-InboundConnector", .object(CmdletTests.inbound)).status == 200)
            let hidden = try await client.cmdlet("Get-InboundConnector", ["Identity": "Gateway in"])
            #expect(hidden.exception == "ManagementObjectNotFoundException")
            let again = try await client.cmdlet("New-InboundConnector", .object(CmdletTests.inbound))
            #expect(again.exception == "ADObjectAlreadyExistsException")
            #expect(await simulator.violations().map(\.kind) == [.secondCreation])
            await simulator.advance(by: 6)
            #expect(try await client.cmdlet("Get-InboundConnector", ["Identity": "Gateway in"]).status == 200)
        }
    }

    @Test("An empty Identity returns everything and is reported")
    func emptyIdentity() async throws {
        try await withSimulator(.grantedDemo) { simulator in
            let answer = try await simulator.client.cmdlet("Get-InboundConnector", ["Identity": ""])
            #expect(answer.records.count == 1)
            #expect(await simulator.violations().map(\.kind) == [.emptyIdentity])
        }
    }

    @Test("Set changes, says so when there was nothing to change, and renames; Remove removes by GUID")
    func change() async throws {
        try await withSimulator(.grantedDemo) { simulator in
            let client = simulator.client
            let guid =
                try await client.cmdlet("New-OutboundConnector", .object(CmdletTests.outbound))
                .records.first?["Guid"] ?? .null
            let set: JSONValue = ["Identity": guid, "Enabled": false, "Name": "Renamed", "Confirm": false]
            let first = try await client.cmdlet("Set-OutboundConnector", set)
            #expect(first.status == 200)
            #expect(first.records.isEmpty)
            let second = try await client.cmdlet("Set-OutboundConnector", set)
            #expect(second.json["@adminapi.warnings"]?.array?.count == 1)
            let read = try await client.cmdlet("Get-OutboundConnector", ["Identity": "renamed"]).records.first
            #expect(read?["Enabled"] == false)
            #expect(read?["Guid"] == guid)
            let gone = try await client.cmdlet("Remove-OutboundConnector", ["Identity": guid, "Confirm": false])
            #expect(gone.status == 200)
            #expect(await simulator.effects().map(\.action) == [.created, .changed, .deleted])
        }
    }

    @Test("A rule goes last, moves by priority, and is switched by its own cmdlets")
    func rules() async throws {
        try await withSimulator(.grantedDemo) { simulator in
            let client = simulator.client
            for name in ["one", "two", "three"] {
                let parameters = CmdletTests.rule.merging(["Name": .text(name)]) { $1 }
                _ = try await client.cmdlet("New-TransportRule", .object(parameters))
            }
            _ = try await client.cmdlet("Set-TransportRule", ["Identity": "three", "Priority": 0, "Confirm": false])
            _ = try await client.cmdlet("Disable-TransportRule", ["Identity": "one", "Confirm": false])
            let rules = try await client.cmdlet("Get-TransportRule", ["ResultSize": "Unlimited"]).records
            #expect(rules.compactMap { $0["Name"]?.text } == ["three", "one", "two"])
            #expect(rules.compactMap { $0["Priority"]?.integer } == [0, 1, 2])
            #expect(rules.compactMap { $0["State"]?.text } == ["Enabled", "Disabled", "Enabled"])
        }
    }

    @Test("A plain Get hides test-mode and rule-scoped connectors, unless the switch says otherwise")
    func hiding() async throws {
        var scenario = Scenario.grantedDemo
        scenario.tenants[0].outboundConnectors = [
            ["Name": "scoped", "IsTransportRuleScoped": true],
            ["Name": "test", "TestMode": true, "AllAcceptedDomains": true],
        ]
        try await withSimulator(scenario) { simulator in
            let client = simulator.client
            #expect(try await client.cmdlet("Get-OutboundConnector").records.isEmpty)
            let scoped = try await client.cmdlet("Get-OutboundConnector", ["IsTransportRuleScoped": true])
            #expect(scoped.records.compactMap { $0["Name"]?.text } == ["scoped"])
            var switches = Switches()
            switches.hideSpecialConnectors = false
            await simulator.change(switches: switches)
            #expect(try await client.cmdlet("Get-OutboundConnector").records.count == 2)
        }
    }

    @Test("Accepted domains leave out the unverified; an internal relay says so")
    func acceptedDomains() async throws {
        try await withSimulator(.grantedDemo) { simulator in
            let records = try await simulator.client.cmdlet("Get-AcceptedDomain").records
            let types = Dictionary(
                records.map { ($0["DomainName"]?.text ?? "", $0["DomainType"]?.text ?? "") },
                uniquingKeysWith: { $1 }
            )
            #expect(types["new.contoso.com"] == nil)
            #expect(types["plant.contoso.com"] == "InternalRelay")
            #expect(types["contoso.com"] == "Authoritative")
        }
    }

    @Test("A dehydrated tenant refuses creation until it was enabled and some time has passed; a second Enable fails")
    func hydration() async throws {
        var scenario = Scenario.grantedDemo
        scenario.tenants[0].isDehydrated = true
        scenario.delays.hydrationSeconds = 600
        try await withSimulator(scenario) { simulator in
            let client = simulator.client
            let parameters = JSONValue.object(CmdletTests.inbound)
            let refusal = "InvalidOperationInDehydratedContextException"
            #expect(try await client.cmdlet("New-InboundConnector", parameters).exception == refusal)
            #expect(try await client.cmdlet("Enable-OrganizationCustomization").status == 200)
            #expect(try await client.cmdlet("Enable-OrganizationCustomization").status == 400)
            let organization = try await client.cmdlet("Get-OrganizationConfig").records.first
            #expect(organization?["IsDehydrated"] == false)
            #expect(try await client.cmdlet("New-InboundConnector", parameters).exception == refusal)
            await simulator.advance(by: 601)
            #expect(try await client.cmdlet("New-InboundConnector", parameters).status == 200)
        }
    }
}
