import Foundation
@testable import MailPolicy
import Simulator
import TestSupport
import Testing

/// The records below keep away from where we and pyspf 2.0.14 differ on purpose.
///
/// - more than ten mail exchangers: it looks at some first and may match before it says permerror, we refuse at once;
/// - `include` and `redirect` to a name that is no domain name: it may fail in Python, for us there is no record;
/// - a name of an address that has no address itself: it counts as a lookup that found nothing there, not for us, as
///   4.6.4 counts terms;
/// - a modifier of no known name that stands twice: permerror there, ignored here, as section 6 has it.
@Suite("Against another implementation")
struct ForeignSPFTests {
    private static let domains = 60

    @Test("Random records get the verdicts of pyspf", arguments: [1, 2, 3] as [UInt64])
    func random(seed: UInt64) async throws {
        var random = Chance(state: seed)
        var scenario = Scenario.demo
        scenario.dns = (0..<Self.domains).flatMap { Self.names(of: $0, &random) }
        let questions = (0..<Self.domains).flatMap { domain in
            ["192.0.2.1", "192.0.2.77", "2001:db8::1"].map { ($0, "lo-cal.x@d\(domain).example", "h\(domain).example") }
        }
        try await withSimulator(scenario) { simulator in
            let resolver = try Resolver(servers: [try NameServer(simulator.addresses.dns)])
            let foreign = try await self.foreign(questions, simulator.addresses.dns)
            try #require(foreign.count == questions.count)
            for ((ip, sender, helo), expected) in zip(questions, foreign) {
                let domain = sender.split(separator: "@")[1]
                let question = SPFQuestion(address: ip.address, domain: String(domain), sender: sender, helo: helo)
                let verdict = await SPFCheck(lookup: resolver).verdict(question)
                let record = verdict.record ?? ""
                #expect(verdict.result.rawValue == expected, "\(domain) \(ip) \(record): \(verdict.reason ?? "")")
            }
            // Were every verdict the same, agreeing would mean nothing.
            #expect(Set(foreign).count >= 5)
        }
    }

    /// A script reads its questions from a file, as the tests' way of running Python has no input.
    private func foreign(_ questions: [(String, String, String)], _ server: String) async throws -> [String] {
        let file = FileManager.default.temporaryDirectory.appending(path: "spf-\(UUID().uuidString)")
        try Data(questions.map { "\($0.0) \($0.1) \($0.2)\n" }.joined().utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let script = Repository.url("Tests/MailPolicyTests/foreign_spf.py").path
        let run = try await Repository.python([script, server, file.path], needing: ["dns", "spf"])
        #expect(run.status == 0, "\(run.errors)")
        return run.output.split(separator: "\n").map(String.init)
    }

    private static func names(of number: Int, _ random: inout Chance) -> [ScenarioName] {
        let domain = "d\(number).example"
        var terms = (0...random.below(4)).map { _ in self.term(&random) }
        if random.below(4) > 0 {
            terms.append(["-all", "~all", "?all", "redirect=d\(random.below(self.domains)).example"][random.below(4)])
        }
        var own = ScenarioName(domain, text: "v=spf1 " + terms.joined(separator: " "))
        own.a = ["192.0.2.\(random.below(4))"]
        own.aaaa = ["2001:db8::\(random.below(4))"]
        own.mx = random.below(2) == 0 ? ["10 m.\(domain)"] : []
        if random.below(12) == 0 { own.txt.append(["v=spf1 -all"]) }
        if random.below(12) == 0 { own.txt = [] }
        if random.below(12) == 0 { own.txt = [["v=sp", "f1 ip4:192.0", ".2.1 -all"]] }
        var host = ScenarioName("m.\(domain)")
        host.a = ["192.0.2.\(random.below(100))"]
        var listed = ScenarioName("1.2.0.192.in-addr.l.\(domain)")
        listed.a = ["127.0.0.2"]
        return [own, host, listed]
    }

    private static func term(_ random: inout Chance) -> String {
        let other = "d\(random.below(self.domains)).example"
        let kinds = [
            "a", "a/28", "a:\(other)", "a:\(other)/24//64", "mx", "mx:\(other)", "mx/27",
            "ip4:192.0.2.\(random.below(90))",
            "ip4:192.0.2.64/27", "ip6:2001:db8::/\(random.below(130))", "include:\(other)", "include:\(other)",
            "exists:%{ir}.%{v}.l.%{d}", "exists:%{l1r-}.%{o2}", "exists:m.%{d}", "ptr", "a:m.%{o}",
            "x\(random.below(1_000_000))=%{d}", "ip4:192.0.2.01", "foo",
            "include:%{l}.\(other)", "a:%{h}",
        ]
        return ["", "", "-", "~", "?"][random.below(5)] + kinds[random.below(kinds.count)]
    }

    /// Numbers that are the same in every run (xorshift64*).
    private struct Chance {
        var state: UInt64

        mutating func below(_ bound: Int) -> Int {
            self.state ^= self.state >> 12
            self.state ^= self.state << 25
            self.state ^= self.state >> 27
            return Int((self.state &* 0x2545_F491_4F6C_DD1D) >> 33) % bound
        }
    }
}
