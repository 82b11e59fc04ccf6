extension Scenario {
    /// The client id of the demo's application.
    package static let demoClientID = "11111111-aaaa-4bbb-8ccc-000000000001"
    /// The client secret of the demo's application: a documented dummy that opens nothing real.
    package static let demoSecret = "demo-secret-that-opens-nothing"
    /// The client id of the demo's second application, which may read and change mail and nothing else.
    package static let demoMailClientID = "11111111-aaaa-4bbb-8ccc-000000000002"
    /// Its client secret, a documented dummy too.
    package static let demoMailSecret = "demo-mail-secret-that-opens-nothing"
    /// A message of which contoso.com's first twenty members hold one to three copies each.
    package static let demoMessageID = "<invoice+4711&co@mail.example>"
    /// contoso.com: consented, with Exchange and an admin's own connector.
    package static let contosoID = "0a1b2c3d-0000-4000-8000-00000000c001"
    /// fabrikam.com: no consent yet, dehydrated.
    package static let fabrikamID = "0a1b2c3d-0000-4000-8000-00000000fab1"
    /// tailspin.example: consented, without Exchange Online.
    package static let tailspinID = "0a1b2c3d-0000-4000-8000-00000000ea11"

    /// What runs when no scenario is given: three tenants and one application with a dummy secret.
    package static let demo: Scenario = {
        var application = ScenarioApplication(clientID: demoClientID, secret: demoSecret)
        application.redirectURIs = ["http://127.0.0.1:8080/consented", "https://gateway.example/consented"]
        var mail = ScenarioApplication(clientID: demoMailClientID, secret: demoMailSecret)
        mail.displayName = "Sluice Mail"
        mail.permissions = ScenarioApplication.mailPermissions
        var scenario = Scenario(applications: [application, mail], tenants: [contoso, fabrikam, tailspin])
        scenario.dns = names
        return scenario
    }()

    /// DNS as it is before anyone has moved to the gateway: the records name Microsoft alone.
    private static let names: [ScenarioName] = {
        let service = "v=spf1 include:spf.protection.outlook.com -all"
        let domains = ["contoso.com", "plant.contoso.com", "fabrikam.com", "tailspin.example"].map { domain in
            var name = ScenarioName(domain, text: service)
            name.mx = ["0 \(domain.replacing(".", with: "-")).mail.protection.outlook.com"]
            if domain != "plant.contoso.com" { name.ns = ["ns1.\(domain)"] }
            return name
        }
        let servers = domains.flatMap(\.ns).map { server in
            var name = ScenarioName(server)
            name.a = ["127.0.0.1"]
            return name
        }
        var gateway = ScenarioName("spf.gateway.example", text: "v=spf1 ip4:203.0.113.0/24 ip6:2001:db8::/64 -all")
        gateway.ns = ["ns1.contoso.com"]
        return domains + servers + [
            gateway, ScenarioName("spf.protection.outlook.com", text: "v=spf1 ip4:192.0.2.128/25 -all"),
        ]
    }()

    private static let contoso: ScenarioTenant = {
        var hybrid = ScenarioDomain(name: "contoso.mail.onmicrosoft.com")
        hybrid.acceptedAs = .authoritative
        var pending = ScenarioDomain(name: "new.contoso.com")
        pending.isVerified = false
        var main = ScenarioDomain(name: "contoso.com")
        main.isDefault = true
        var relay = ScenarioDomain(name: "plant.contoso.com")
        relay.acceptedAs = .internalRelay
        var tenant = ScenarioTenant(
            id: contosoID,
            initialDomain: "contoso.onmicrosoft.com",
            domains: [main, relay, pending, hybrid]
        )
        tenant.displayName = "Contoso"
        tenant.consents = [
            demoClientID: ScenarioApplication.productPermissions,
            demoMailClientID: ScenarioApplication.mailPermissions,
        ]
        tenant.mail.population = 20
        var message = ScenarioDelivery(demoMessageID, members: ScenarioMembers(first: 1, last: 20))
        message.copies = 3
        message.isVaried = true
        tenant.mail.deliveries = [message]
        tenant.inboundConnectors = [
            [
                "Name": "Partner bank", "ConnectorType": "Partner", "SenderDomains": ["bank.example"],
                "RequireTls": true,
            ]
        ]
        tenant.users = people(["adele", "björn", "o'brien"], at: "contoso.com")
        tenant.groups = [ScenarioGroup(displayName: "Everyone")]
        return tenant
    }()

    private static let fabrikam: ScenarioTenant = {
        var main = ScenarioDomain(name: "fabrikam.com")
        main.isDefault = true
        var tenant = ScenarioTenant(id: fabrikamID, initialDomain: "fabrikam.onmicrosoft.com", domains: [main])
        tenant.displayName = "Fabrikam"
        tenant.isDehydrated = true
        tenant.users = people(["frank"], at: "fabrikam.com")
        return tenant
    }()

    private static let tailspin: ScenarioTenant = {
        var main = ScenarioDomain(name: "tailspin.example")
        main.isDefault = true
        main.supportedServices = []
        var tenant = ScenarioTenant(id: tailspinID, initialDomain: "tailspin.onmicrosoft.com", domains: [main])
        tenant.displayName = "Tailspin Toys"
        tenant.hasExchange = false
        tenant.consents = [demoClientID: ScenarioApplication.productPermissions]
        return tenant
    }()

    private static func people(_ names: [String], at domain: String) -> [ScenarioUser] {
        names.map { name in
            var user = ScenarioUser(userPrincipalName: "\(name)@\(domain)")
            user.mail = user.userPrincipalName
            user.proxyAddresses = ["SMTP:\(user.userPrincipalName)"]
            return user
        }
    }
}
