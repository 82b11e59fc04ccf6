import Testing

@testable import Microsoft365

@Suite("Clouds and addresses")
struct CloudEndpointsTests {
    @Test(
        "Each cloud has its own hosts and scopes",
        arguments: [
            ("global", "login.microsoftonline.com", "graph.microsoft.com", "outlook.office365.com"),
            ("gcc-high", "login.microsoftonline.us", "graph.microsoft.us", "outlook.office365.us"),
            ("dod", "login.microsoftonline.us", "dod-graph.microsoft.us", "outlook-dod.office365.us"),
            ("china", "login.chinacloudapi.cn", "microsoftgraph.chinacloudapi.cn", "outlook.office365.cn"),
        ]
    )
    func presets(name: String, login: String, graph: String, exchange: String) throws {
        let cloud = try CloudEndpoints(cloud: name)
        #expect(cloud.login.description == "https://\(login)")
        #expect(cloud.graph.description == "https://\(graph)")
        #expect(cloud.exchange.description == "https://\(exchange)")
        #expect(cloud.scope(of: .graph) == "https://\(graph)/.default")
        #expect(cloud.scope(of: .exchange) == "https://\(exchange)/.default")
        #expect(try ServiceAddress("https://\(graph)") == cloud.graph)
    }

    @Test("An unknown cloud is refused")
    func unknownCloud() {
        #expect { try CloudEndpoints(cloud: "Global") } throws: {
            ($0 as? Microsoft365Error)?.code == .configurationRejected
        }
    }

    @Test("Other addresses keep the preset's scopes")
    func customAddresses() throws {
        let cloud = try CloudEndpoints(
            cloud: "global",
            loginURL: "http://127.0.0.1:4000/",
            graphURL: nil,
            exchangeURL: "https://exchange.test:8443"
        )
        #expect(cloud.login.description == "http://127.0.0.1:4000")
        #expect(cloud.graph == CloudEndpoints.global.graph)
        #expect(cloud.scope(of: .exchange) == "https://outlook.office365.com/.default")
    }

    @Test(
        "Plain http is for loopback only, and an address is nothing but an address",
        arguments: [
            ("https://graph.test", true),
            ("HTTPS://graph.test:8443/base", true),
            ("http://localhost:80", true),
            ("http://127.0.0.1:1", true),
            ("http://127.9.9.9", true),
            ("http://[::1]:8080", true),
            ("http://graph.test", false),
            ("http://127.0.0.1.graph.test", false),
            ("http://localhost.graph.test", false),
            ("http://128.0.0.1", false),
            ("http://127.0.0.256", false),
            ("https://user:word@graph.test", false),
            ("https://graph.test?x=1", false),
            ("https://graph.test#x", false),
            ("ftp://graph.test", false),
            ("graph.test", false),
            ("https://", false),
            ("", false),
        ]
    )
    func judges(address: String, isFine: Bool) {
        #expect(((try? ServiceAddress(address)) != nil) == isFine)
    }

    @Test(
        "A link is covered only by its own scheme, host and port",
        arguments: [
            ("https://graph.microsoft.com/v1.0/domains?$skiptoken=a%2Bb", true),
            ("https://GRAPH.microsoft.com:443/x", true),
            ("http://graph.microsoft.com/v1.0/domains", false),
            ("https://graph.microsoft.com:444/v1.0/domains", false),
            ("https://graph.microsoft.com.evil.test/", false),
            ("https://graph.microsoft.com@evil.test/", false),
            ("https://evil.test/graph.microsoft.com", false),
            ("/v1.0/domains", false),
            ("", false),
        ]
    )
    func covers(link: String, isOurs: Bool) {
        #expect(CloudEndpoints.global.graph.covers(link: link) == isOurs)
    }
}
