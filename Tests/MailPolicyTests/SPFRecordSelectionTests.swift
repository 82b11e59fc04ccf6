@testable import MailPolicy
import Testing

@Suite("RFC 7208, 4.3 to 4.6: domains, records, syntax")
struct SPFRecordSelectionTests {
    @Test(
        "4.3: what cannot be a domain with several labels has the result none, and nobody is asked",
        arguments: [
            "com", "", ".", "a..example.com", ".example.com", "example.com..",
            String(repeating: "a", count: 64) + ".com",
            String(repeating: "a.", count: 130) + "com", "localhost.", "[192.0.2.1]",
        ]
    )
    func malformed(domain: String) async {
        let answers = ["TXT com": DNSAnswer.temporaryFailure(.timedOut)]
        #expect(await check(["example.com": [.spf("+all")]], domain: domain, answers: answers).result == .none)
    }

    @Test("4.3: a dot at the end and capital letters change nothing", arguments: ["example.com.", "EXAMPLE.com"])
    func wellFormed(domain: String) async {
        #expect(await check(["example.com": [.spf("+all")]], domain: domain).result == .pass)
    }

    @Test("4.3: a sender without a local part is postmaster", arguments: ["@email.example.com", "email.example.com"])
    func postmaster(sender: String) async {
        let names = ["postmaster.x.example.com": [DNSRecord.at("127.0.0.2")]]
        #expect(await SPFCase("exists:%{l}.x.example.com -all", .pass, sender: sender).verdict(names).result == .pass)
    }

    @Test("4.4 and 2.6: no name, no data and no SPF record are none; no answer is temperror")
    func lookups() async {
        #expect(await check([:]).result == .none)
        #expect(await check(["example.com": [.at("192.0.2.1")]]).result == .none)
        #expect(await check(["example.com": [.text("hello")]]).result == .none)
        for failure in DNSFailure.allCases {
            let verdict = await check([:], answers: ["TXT example.com": .temporaryFailure(failure)])
            #expect(verdict.result == .temperror)
            #expect(verdict.reason?.contains(failure.rawValue) == true)
        }
    }

    @Test(
        "4.5: a record begins with the version, in whatever case, and then ends or has a space",
        arguments: [
            ("v=spf1 +all", SPFResult.pass), ("v=spf1", .neutral), ("V=sPf1 +all", .pass), ("v=spf10 +all", .none),
            ("v=spf1\t+all", .none), (" v=spf1 +all", .none), ("v=spf1+all", .none), ("v=spf2.0/mfrom +all", .none),
            ("v=spf1 ", .neutral), ("v=spf1  +all  ", .pass), ("spf1 +all", .none),
        ]
    )
    func version(text: String, result: SPFResult) async {
        #expect(await check(["example.com": [.text(text)]]).result == result)
    }

    @Test("4.5: of several records none is taken; other texts do not count")
    func several() async {
        let two = await check(["example.com": [.spf("+all"), .spf("+all")]])
        #expect(two.result == .permerror)
        #expect(two.reason?.contains("2 SPF records") == true)
        #expect(await check(["example.com": [.spf("+all"), .text("v=spf10 -all"), .text("ms=1")]]).result == .pass)
    }

    @Test("4.6: bytes beyond ASCII make the record wrong; in another text they do not matter")
    func nonASCII() async {
        #expect(await check(["example.com": [.text(Array("v=spf1 +all".utf8) + [0xC3])]]).result == .permerror)
        #expect(await check(["example.com": [.text(Array("v=spf1 a:caf\u{E9}.com +all".utf8))]]).result == .permerror)
        #expect(await check(["example.com": [.text([0xFF, 0xFE]), .spf("+all")]]).result == .pass)
    }

    @Test(
        "4.6 and 12: one wrong term anywhere is permerror, even behind one that matches",
        arguments: [
            "+all foo", "+all all:x.com", "+all all/8", "+all include", "+all include:", "+all include/24", "+all a:",
            "+all a:/24", "+all a/33", "+all a/024", "+all a/", "+all a//129", "+all a///64", "+all a/24/64",
            "+all a//64/24", "+all a:com", "+all a:a.123", "+all a:192.0.2.1", "+all a:a.-com", "+all a:a.com-",
            "+all a:a_b.c_d", "+all mx:", "+all mx/-1", "+all mx:example", "+all ptr:", "+all ptr/24", "+all ptr:x",
            "+all ip4", "+all ip4:", "+all ip4:192.0.2", "+all ip4:192.0.2.256", "+all ip4:192.0.2.01",
            "+all ip4:192.0.2.1/33", "+all ip4:192.0.2.1/08", "+all ip4:192.0.2.1//32", "+all ip4:2001:db8::1",
            "+all ip4/24", "+all ip6:192.0.2.1", "+all ip6:2001:db8::/129", "+all ip6:2001:db8::g", "+all ip6",
            "+all ip6:2001:db8::1//64", "+all exists", "+all exists:", "+all exists:a.com/24", "+all exists:x",
            "+all +",
            "+all ++all", "+all -", "+all =x", "+all 1=x", "+all redirect=", "+all redirect=x", "+all exp=",
            "+all exp=x",
            "+all ?redirect=a.com", "+all redirect=a.com redirect=b.com", "+all exp=a.com exp=b.com", "+all exp:a.com",
            "+all redirect:a.com", "+all a:%{x}.com", "+all a:%{d0}", "+all a:%{", "+all a:%{d", "+all a:%d.com",
            "+all a:%",
            "+all a:%{d-r}", "+all a:%{dr2}", "+all a:%{c}.com", "+all a:%{r}.com", "+all a:%{t}.com", "+all x=%",
            "+all x=%{z}",
            "+all a:%{d}x", "+all a:%{d}.1", "+all\tmx", "+all a:%{}", "+all a:a.%{d}.", "+all a:%{d}%(x",
            "+all ipv4:192.0.2.1",
        ]
    )
    func wrong(terms: String) async {
        let verdict = await SPFCase(terms, .permerror).verdict()
        #expect(verdict.result == .permerror)
        #expect(verdict.reason != nil)
    }

    @Test(
        "12: the odd but right terms",
        arguments: [
            "A/0 +all", "a//0 +all", "a/32//128 +all", "A:a.com/24//64 +all", "mX:a.com//64 +all", "a:a-b.c--d +all",
            "a:foo:bar/baz.example.org +all", "a:%{d} +all", "a:a.com. +all", "a:%{d2r.-+,/_=} +all",
            "a:%%.a.com +all", "a:x%_ +all", "exists:%{i}._x.%{d} +all", "ip4:192.0.2.9 +all",
            "ip4:198.51.100.1/32 +all",
            "ip6:2001:db8:: +all", "ip6:::1/128 +all", "IP6:2001:DB8::192.0.2.1 +all", "unknown= +all",
            "moo.cow-a_b=%{d}:/x +all",
            "x=1 x=2 +all", "exp=a.com +all", "redirect=a.com +all", "ptr -ip4:192.0.2.9 +all", "a:abc.d1e +all",
            "a:.com +all",
        ]
    )
    func right(terms: String) async {
        let names: [String: [DNSRecord]] = ["a.com": [], "example.com": [.at("198.51.100.77")]]
        let answers = ["A example.com": DNSAnswer.records([.at("198.51.100.77")])]
        let verdict = await SPFCase(terms, .pass).verdict(names, answers)
        #expect(verdict.result == .pass, "\(verdict.reason ?? "")")
    }
}
