@testable import MailPolicy
import Testing

@Suite("RFC 7208, 4.6.2 to 5.7: mechanisms")
struct SPFMechanismTests {
    static let names: [String: [DNSRecord]] = [
        "example.com": [
            .at("192.0.2.10"), .at("192.0.2.11"), .at("2001:db8::10"), .mx("mail-a.example.com"),
            .mx("mail-b.example.com", 20),
        ],
        "mail-a.example.com": [.at("192.0.2.129"), .at("2001:db8::129")],
        "mail-b.example.com": [.at("192.0.2.130")],
        "amy.example.com": [.at("192.0.2.65")],
        "10.2.0.192.in-addr.arpa": [.name("example.com")],
        "65.2.0.192.in-addr.arpa": [.name("amy.example.com")],
        "66.2.0.192.in-addr.arpa": [.name("amy.example.com"), .name("nowhere.example")],
        "140.2.0.192.in-addr.arpa": [.name("mail-c.example.org")],
        "mail-c.example.org": [.at("192.0.2.140")],
        "pass.example": [.spf("ip4:192.0.2.3 -all")], "fail.example": [.spf("-all")],
        "soft.example": [.spf("~all")], "neutral.example": [.spf("?all")], "nothing.example": [.text("x")],
        "bad.example": [.spf("foo")], "two.example": [.spf("a"), .spf("mx")],
        "empty.example": [.mx("")], "none.example": [.text("x")], "3.2.0.192._x.example.com": [.at("127.0.0.2")],
        "six.example": [.at("2001:db8::1")],
    ]

    @Test(
        "5 and 4.6.2: from left to right, the first match with its qualifier decides; without a match it is neutral",
        arguments: [
            SPFCase("all", .pass), SPFCase("+all", .pass), SPFCase("-all", .fail), SPFCase("~all", .softfail),
            SPFCase("?all", .neutral), SPFCase("", .neutral), SPFCase("ip4:198.51.100.1", .neutral),
            SPFCase("?ip4:192.0.2.3 -all", .neutral), SPFCase("-ip4:192.0.2.3 +all", .fail),
            SPFCase("-all ip4:192.0.2.3", .fail), SPFCase("ALL", .pass),
            // 5.2: what an included record says, and what that means.
            SPFCase("include:pass.example -all", .pass), SPFCase("-include:pass.example +all", .fail),
            SPFCase("include:fail.example ~all", .softfail), SPFCase("include:soft.example -all", .fail),
            SPFCase("include:neutral.example -all", .fail), SPFCase("include:nothing.example +all", .permerror),
            SPFCase("include:absent.example +all", .permerror), SPFCase("include:bad.example +all", .permerror),
            SPFCase("include:two.example +all", .permerror),
            SPFCase("include:a..example.org +all", .permerror),
            // 5.3
            SPFCase("a -all", .pass, ip: "192.0.2.10"), SPFCase("a -all", .pass, ip: "192.0.2.11"),
            SPFCase("a -all", .fail), SPFCase("a/24 -all", .pass), SPFCase("a/28 -all", .pass, ip: "192.0.2.15"),
            SPFCase("a/28 -all", .fail, ip: "192.0.2.16"), SPFCase("a/0 -all", .pass, ip: "203.0.113.9"),
            SPFCase("a:amy.example.com -all", .pass, ip: "192.0.2.65"), SPFCase("a:amy.example.com -all", .fail),
            SPFCase("a -all", .pass, ip: "2001:db8::10"), SPFCase("a//64 -all", .pass, ip: "2001:db8::77"),
            SPFCase("a//126 -all", .fail, ip: "2001:db8::77"), SPFCase("a/0 -all", .fail, ip: "2001:db8::77"),
            SPFCase("a/0//0 -all", .pass, ip: "2001:db9::1"), SPFCase("a:six.example -all", .fail),
            SPFCase("a:absent.example -all", .fail),
            // 5.4
            SPFCase("mx -all", .pass, ip: "192.0.2.129"), SPFCase("mx -all", .pass, ip: "192.0.2.130"),
            SPFCase("mx -all", .fail, ip: "192.0.2.131"), SPFCase("mx/30 -all", .pass, ip: "192.0.2.131"),
            SPFCase("mx -all", .pass, ip: "2001:db8::129"), SPFCase("mx:amy.example.com -all", .fail, ip: "192.0.2.65"),
            SPFCase("mx:empty.example -all", .fail),
            // 5.5
            SPFCase("ptr -all", .pass, ip: "192.0.2.10"), SPFCase("ptr -all", .pass, ip: "192.0.2.65"),
            SPFCase("ptr -all", .fail, ip: "192.0.2.140"), SPFCase("ptr:example.org -all", .pass, ip: "192.0.2.140"),
            SPFCase("ptr:Example.ORG -all", .pass, ip: "192.0.2.140"),
            SPFCase("ptr:ample.org -all", .fail, ip: "192.0.2.140"),
            SPFCase("ptr -all", .fail, ip: "192.0.2.66"), SPFCase("ptr -all", .fail, ip: "192.0.2.200"),
            // 5.6
            SPFCase("ip4:192.0.2.3 -all", .pass), SPFCase("ip4:192.0.2.0/24 -all", .pass),
            SPFCase("ip4:192.0.2.4/31 -all", .fail), SPFCase("ip4:0.0.0.0/0 -all", .pass),
            SPFCase("ip4:0.0.0.0/0 -all", .fail, ip: "2001:db8::1"),
            SPFCase("ip6:2001:db8::/32 -all", .pass, ip: "2001:db8::1"),
            SPFCase("ip6:2001:db8::/32 -all", .fail, ip: "2001:db9::1"), SPFCase("ip6:::/0 -all", .fail),
            SPFCase("ip6:2001:db8::1 -all", .pass, ip: "2001:db8:0:0::1"),
            // 5, an IPv4 address inside an IPv6 one
            SPFCase("ip4:192.0.2.3 -all", .pass, ip: "::ffff:192.0.2.3"),
            SPFCase("ip6:::ffff:0:0/96 -all", .fail, ip: "::ffff:192.0.2.3"),
            // 5.7
            SPFCase("exists:%{ir}._x.%{d} -all", .pass), SPFCase("exists:%{ir}._x.%{d} -all", .fail, ip: "192.0.2.4"),
            SPFCase("exists:amy.example.com -all", .pass, ip: "2001:db8::1"),
            SPFCase("exists:six.example -all", .fail, ip: "2001:db8::1"),
        ]
    )
    func matching(entry: SPFCase) async {
        let verdict = await entry.verdict(Self.names)
        #expect(verdict.result == entry.result, "\(verdict.reason ?? "") \(verdict.trace)")
    }

    @Test(
        "2.6.6 and 5: no answer is temperror for a, mx, exists and include; ptr does not match then",
        arguments: [
            ("a -all", "A example.com", SPFResult.temperror), ("mx -all", "MX example.com", .temperror),
            ("mx -all", "A mail-a.example.com", .temperror),
            ("exists:amy.example.com -all", "A amy.example.com", .temperror),
            ("include:pass.example -all", "TXT pass.example", .temperror),
            ("redirect=pass.example", "TXT pass.example", .temperror),
            ("ptr -all", "PTR 3.2.0.192.in-addr.arpa", .fail), ("ip4:192.0.2.3 a -all", "A example.com", .pass),
        ]
    )
    func unanswered(terms: String, question: String, result: SPFResult) async {
        let verdict = await SPFCase(terms, result).verdict(Self.names, [question: .temporaryFailure(.serverFailure)])
        #expect(verdict.result == result)
    }

    @Test("5.5: a name whose address cannot be looked up is skipped, the next is tried")
    func pointerFailure() async {
        var names = Self.names
        names["3.2.0.192.in-addr.arpa"] = [.name("amy.example.com"), .name("b.example.com")]
        names["b.example.com"] = [.at("192.0.2.3")]
        let answers = ["A amy.example.com": DNSAnswer.temporaryFailure(.timedOut)]
        #expect(await SPFCase("ptr -all", .pass).verdict(names, answers).result == .pass)
    }

    @Test(
        "6.1: redirect is taken when nothing matched and there is no all anywhere",
        arguments: [
            SPFCase("redirect=pass.example", .pass), SPFCase("redirect=fail.example", .fail),
            SPFCase("redirect=soft.example", .softfail), SPFCase("redirect=neutral.example", .neutral),
            SPFCase("redirect=fail.example ip4:192.0.2.3", .pass), SPFCase("redirect=pass.example -all", .fail),
            SPFCase("redirect=pass.example ?all", .neutral), SPFCase("redirect=nothing.example", .permerror),
            SPFCase("redirect=absent.example", .permerror), SPFCase("redirect=bad.example", .permerror),
            SPFCase("redirect=two.example", .permerror), SPFCase("Redirect=pass.example", .pass),
            SPFCase("redirect=%{d1}..x.example", .permerror),
        ]
    )
    func redirecting(entry: SPFCase) async {
        #expect(await entry.verdict(Self.names).result == entry.result)
    }

    @Test("The verdict names the directive that decided, and whose it is")
    func deciding() async {
        let direct = await SPFCase("a:amy.example.com ~include:pass.example -all", .softfail).verdict(Self.names)
        #expect(direct.mechanism == "~include:pass.example")
        #expect(direct.domain == "example.com")
        #expect(direct.record == "v=spf1 a:amy.example.com ~include:pass.example -all")
        #expect(direct.lookups == 2)
        #expect(
            direct.trace.map(\.term) == [
                "record", "a:amy.example.com", "~include:pass.example", "record", "ip4:192.0.2.3",
            ]
        )
        #expect(direct.trace.map(\.depth) == [0, 0, 0, 1, 1])
        #expect(direct.trace[1].lookups == ["A amy.example.com: 192.0.2.65"])
        #expect(direct.trace.map(\.outcome).suffix(3) == ["match", "v=spf1 ip4:192.0.2.3 -all", "match"])
        let redirected = await SPFCase("redirect=fail.example", .fail).verdict(Self.names)
        #expect(redirected.mechanism == "-all")
        #expect(redirected.domain == "fail.example")
        #expect(await SPFCase("", .neutral).verdict().mechanism == nil)
    }
}
