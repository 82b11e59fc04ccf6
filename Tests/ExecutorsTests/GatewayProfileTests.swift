import JobModel
import Microsoft365
import Testing

@testable import Executors

@Suite("Gateway profile")
struct GatewayProfileTests {
    private static func problem(
        name: String = "Example",
        ranges: [String] = ["192.0.2.0/24"],
        hosts: [String] = ["out.gateway.example"],
        egress: [String] = [],
        mechanism: String? = nil,
        mx: [String] = []
    ) -> Problem? {
        do {
            _ = try GatewayProfile(
                name: name,
                inboundRanges: ranges,
                smartHosts: hosts,
                egressAddresses: egress,
                spfMechanism: mechanism,
                mxHosts: mx
            )
            return nil
        } catch {
            return error
        }
    }

    @Test("A profile within its bounds is taken")
    func good() {
        #expect(Self.problem() == nil)
        #expect(
            Self.problem(
                ranges: ["192.0.2.0/24", "198.51.0.0/16", "203.0.113.7"],
                hosts: ["192.0.2.1", "a.example"],
                egress: ["192.0.2.9", "2001:db8::1", "::1", "1:2:3:4:5:6:7:8"],
                mechanism: "ip4:192.0.2.9",
                mx: ["mx.gateway.example"]
            ) == nil
        )
    }

    @Test(
        "Each wrong setting is named",
        arguments: [
            (Self.problem(name: ""), "gateway.name"),
            (Self.problem(name: "---"), "gateway.name"),
            (Self.problem(name: String(repeating: "x", count: 39)), "gateway.name"),
            (Self.problem(ranges: []), "gateway.inbound-ranges"),
            (Self.problem(ranges: ["192.0.2.0/24", "10.0.0.0/8"]), "gateway.inbound-ranges"),
            (Self.problem(ranges: ["2001:db8::/32"]), "gateway.inbound-ranges"),
            (Self.problem(ranges: ["192.0.2.0/24", "192.0.2.0/24"]), "gateway.inbound-ranges"),
            (Self.problem(ranges: ["10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/24"]), "gateway.inbound-ranges"),
            (Self.problem(hosts: []), "gateway.smart-hosts"),
            (Self.problem(hosts: ["out"]), "gateway.smart-hosts"),
            (Self.problem(egress: ["192.0.2.0/24"]), "gateway.egress-addresses"),
            (Self.problem(egress: ["1:2:3"]), "gateway.egress-addresses"),
            (Self.problem(egress: ["1::2::3"]), "gateway.egress-addresses"),
            (Self.problem(mechanism: "v=spf1"), "gateway.spf-mechanism"),
            (Self.problem(mechanism: "include:a b"), "gateway.spf-mechanism"),
            (Self.problem(mx: ["mx"]), "gateway.mx-hosts"),
        ]
    )
    func wrong(problem: Problem?, key: String) {
        #expect(problem?.code == .configurationRejected)
        #expect(problem?.detail.contains("`\(key)`") == true)
    }

    @Test("The slug is what is left of a name in letters and digits")
    func slug() throws {
        #expect(try testGateway(name: " Gate-Way  №1 (EU)").slug == "gate-way-1-eu")
    }

    @Test("The longest name still fits into Exchange's names")
    func longestName() throws {
        let wanted = try WantedObjects(gateway: try testGateway(name: String(repeating: "g", count: 38)))
        #expect(wanted.rule.name?.count == 64)
    }
}
