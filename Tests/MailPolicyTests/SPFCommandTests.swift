import Foundation
import Simulator
import TestSupport
import Testing

@Suite("sluice spf")
struct SPFCommandTests {
    private func run(_ arguments: [String], _ environment: [String: String] = [:]) async throws -> (Int32, String) {
        let sluice = try Program.url(of: "sluice").path
        let run = try await Repository.run(sluice, ["spf"] + arguments, environment: environment)
        return (run.status, run.output + run.errors)
    }

    @Test("Pass is status 0, everything else 1; result, mechanism, lookups and trace are shown")
    func people() async throws {
        try await withSimulator { simulator in
            let resolver = ["--resolver", simulator.addresses.dns]
            let (good, text) = try await self.run(["contoso.com", "--ip", "192.0.2.200"] + resolver)
            #expect(good == 0, "\(text)")
            for words in [
                "pass: 192.0.2.200 for contoso.com", "include:spf.protection.outlook.com (contoso.com)", "1 of 10",
                "ip4:192.0.2.128/25: match", "contoso-com.mail.protection.outlook.com",
            ] { #expect(text.contains(words), "\(text)") }
            let (bad, refusal) = try await self.run(["contoso.com", "--ip", "203.0.113.10"] + resolver)
            #expect(bad == 1)
            #expect(refusal.hasPrefix("fail: "))
            #expect(try await self.run(["absent.example", "--ip", "203.0.113.10"] + resolver).1.hasPrefix("none: "))
        }
    }

    @Test("In JSON, and with the resolvers of the settings; sender and HELO reach the macros")
    func machines() async throws {
        var scenario = Scenario.demo
        var listed = ScenarioName("joe.helo.example.x.example.com")
        listed.a = ["127.0.0.2"]
        scenario.dns = [ScenarioName("example.com", text: "v=spf1 exists:%{l}.%{h}.x.%{d} -all exp=why.%{d}"), listed]
        scenario.dns.append(ScenarioName("why.example.com", text: "%{i} may not"))
        try await withSimulator(scenario) { simulator in
            let environment = ["SLUICE_DNS_RESOLVERS": "127.0.0.1:1,\(simulator.addresses.dns)"]
            let common = ["example.com", "--ip", "2001:db8::1", "--json", "--sender", "joe@other.example"]
            let (status, text) = try await self.run(common + ["--helo", "helo.example"], environment)
            #expect(status == 0, "\(text)")
            let report = try JSONDecoder().decode(Report.self, from: Data(text.utf8))
            #expect(report.result == "pass")
            #expect(report.mechanism == "exists:%{l}.%{h}.x.%{d}")
            #expect(report.lookups == 1)
            let (_, other) = try await self.run(["example.com", "--ip", "192.0.2.1", "--json"], environment)
            let refusal = try JSONDecoder().decode(Report.self, from: Data(other.utf8))
            #expect(refusal.result == "fail")
            #expect(refusal.explanation == "192.0.2.1 may not")
        }
    }

    @Test("A domain in letters of another script is asked for by its A-label; what has none is wrong use")
    func otherScripts() async throws {
        var scenario = Scenario.demo
        scenario.dns = [ScenarioName("xn--mller-kva.example", text: "v=spf1 ip4:192.0.2.5 -all")]
        try await withSimulator(scenario) { simulator in
            let more = ["--ip", "192.0.2.5", "--resolver", simulator.addresses.dns]
            for domain in ["m\u{FC}ller.example", "M\u{DC}LLER.example", "xn--mller-kva.example"] {
                let (status, text) = try await self.run([domain] + more)
                #expect(status == 0, "\(domain): \(text)")
                #expect(text.contains("for xn--mller-kva.example"))
            }
            #expect(try await self.run(["m\u{FC}..example"] + more).0 == 2)
            #expect(try await self.run(["ex\u{202E}ample.com"] + more).0 == 2)
        }
    }

    private struct Report: Decodable {
        let result: String
        let mechanism: String?
        let explanation: String?
        let lookups: Int
    }

    @Test(
        "Wrong use is status 2 and a sentence; a domain that RFC 7208 calls malformed has the result none",
        arguments: [
            (["contoso.com", "--ip", "192.0.2"], 2, "--ip is not"), (["contoso.com"], 2, "--ip"),
            (["joe@contoso.com", "--ip", "192.0.2.1"], 2, "not a domain"),
            (["a b", "--ip", "192.0.2.1"], 2, "not a domain"),
            (["", "--ip", "192.0.2.1"], 2, "not a domain"),
            (["contoso.com", "--ip", "192.0.2.1", "--resolver", "ns.example"], 2, "--resolver"),
            (["a..b", "--ip", "192.0.2.1", "--resolver", "127.0.0.1:1"], 1, "none: "),
        ] as [([String], Int32, String)]
    )
    func misuse(arguments: [String], status: Int32, words: String) async throws {
        let (found, text) = try await self.run(arguments)
        #expect(found == status)
        #expect(text.contains(words), "\(text)")
    }
}
