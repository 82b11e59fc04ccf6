@testable import MailPolicy
import Testing

@Suite("RFC 7208, 4.6.4: limits")
struct SPFLimitTests {
    /// `count` terms of a kind, then `-all`.
    private func terms(_ count: Int, _ term: (Int) -> String) -> String {
        (0..<count).map(term).joined(separator: " ") + " -all"
    }

    private func hosts(_ count: Int) -> [String: [DNSRecord]] {
        Dictionary(uniqueKeysWithValues: (0..<count).map { ("h\($0).example.com", [DNSRecord.at("198.51.100.1")]) })
    }

    @Test("Ten terms may ask DNS, an eleventh may not", arguments: [(10, SPFResult.fail), (11, .permerror)])
    func ten(count: Int, result: SPFResult) async {
        let verdict = await SPFCase(self.terms(count) { "a:h\($0).example.com" }, result).verdict(self.hosts(11))
        #expect(verdict.result == result)
        #expect(verdict.lookups == count)
    }

    @Test("Terms that ask nothing do not count, and a match before the limit ends the check")
    func uncounted() async {
        let addresses = self.terms(30) { "ip4:198.51.100.\($0)" }
        #expect(await SPFCase(addresses, .fail).verdict().lookups == 0)
        let early = "ip4:192.0.2.3 " + self.terms(11) { "a:h\($0).example.com" }
        #expect(await SPFCase(early, .pass).verdict(self.hosts(11)).result == .pass)
    }

    @Test("Included terms count, the include too; so does redirect", arguments: [(8, SPFResult.fail), (9, .permerror)])
    func nested(count: Int, result: SPFResult) async {
        var names = self.hosts(11)
        names["inner.example"] = [.spf(self.terms(count) { "a:h\($0).example.com" })]
        names["outer.example"] = [.spf("include:inner.example redirect=last.example")]
        names["last.example"] = [.spf("-all")]
        #expect(await check(names, domain: "outer.example").result == result)
    }

    @Test(
        "A loop of includes or redirects ends",
        arguments: ["include:example.com", "redirect=example.com", "include:b.example -all"]
    )
    func loops(terms: String) async {
        let verdict = await SPFCase(terms, .permerror).verdict(["b.example": [.spf("include:example.com -all")]])
        #expect(verdict.result == .permerror)
        #expect(verdict.lookups == 11)
    }

    @Test(
        "Two lookups may find nothing, a third may not",
        arguments: [
            (2, SPFResult.fail, "mx:absent.example.com"), (3, .permerror, "mx:absent.example.com"),
            (3, .permerror, "ptr"),
        ]
    )
    func voids(count: Int, result: SPFResult, last: String) async {
        let kinds = ["a:absent.example.com", "exists:empty.example.com", last]
        let verdict = await SPFCase(kinds.prefix(count).joined(separator: " ") + " -all", result)
            .verdict(["empty.example.com": [.text("x")]])
        #expect(verdict.result == result)
        #expect(verdict.voids == count)
    }

    @Test(
        "Ten mail exchangers may be looked up, eleven are permerror",
        arguments: [(10, SPFResult.pass), (11, .permerror)]
    )
    func exchangers(count: Int, result: SPFResult) async {
        var names = self.hosts(11)
        names["example.com"] = (0..<count).map { .mx("h\($0).example.com", UInt16($0)) }
        names["h9.example.com"] = [.at("192.0.2.3")]
        #expect(await SPFCase("mx -all", result).verdict(names).result == result)
    }

    @Test("Of the names of an address the first ten are looked at", arguments: [(9, SPFResult.pass), (10, .fail)])
    func pointers(place: Int, result: SPFResult) async {
        var names = self.hosts(11)
        names["3.2.0.192.in-addr.arpa"] = (0..<11).map { .name("h\($0).example.com") }
        names["h\(place).example.com"] = [.at("192.0.2.3")]
        #expect(await SPFCase("ptr -all", result).verdict(names).result == result)
    }

    @Test("When its time is over a check ends with temperror")
    func time() async {
        let lookup = TimedLookup(TableLookup(names: ["example.com": [.spf("+all")]]), until: .now - .seconds(1))
        let verdict = await SPFCheck(lookup: lookup).verdict(
            SPFQuestion(address: "192.0.2.3".address, domain: "example.com")
        )
        #expect(verdict.result == .temperror)
    }
}
