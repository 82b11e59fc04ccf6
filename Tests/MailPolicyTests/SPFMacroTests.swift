@testable import MailPolicy
import Testing

@Suite("RFC 7208, 6.2 and 7: explanations and macros")
struct SPFMacroTests {
    private static let names: [String: [DNSRecord]] = [
        "3.2.0.192.in-addr.arpa": [.name("mx.example.org"), .name("sub.email.example.com")],
        "mx.example.org": [.at("192.0.2.3")], "sub.email.example.com": [.at("192.0.2.3")],
    ]

    private func expand(_ text: String, ip: String = "192.0.2.3", sender: String = "strong-bad@email.example.com")
        throws -> String
    {
        let question = SPFQuestion(
            address: ip.address,
            domain: "email.example.com",
            sender: sender,
            helo: "mx.example.com",
            receiver: "r.example"
        )
        return MacroExpansion(question: question, domain: "email.example.com", now: 7)
            .text(try MacroText(text, isExplanation: true))
    }

    @Test(
        "7.4: the examples of the RFC",
        arguments: [
            ("%{s}", "strong-bad@email.example.com"), ("%{o}", "email.example.com"), ("%{d}", "email.example.com"),
            ("%{d4}", "email.example.com"), ("%{d3}", "email.example.com"), ("%{d2}", "example.com"), ("%{d1}", "com"),
            ("%{dr}", "com.example.email"), ("%{d2r}", "example.email"), ("%{l}", "strong-bad"),
            ("%{l-}", "strong.bad"),
            ("%{lr}", "strong-bad"), ("%{lr-}", "bad.strong"), ("%{l1r-}", "strong"),
            ("%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com"),
            ("%{lr-}.lp._spf.%{d2}", "bad.strong.lp._spf.example.com"),
            ("%{lr-}.lp.%{ir}.%{v}._spf.%{d2}", "bad.strong.lp.3.2.0.192.in-addr._spf.example.com"),
            ("%{ir}.%{v}.%{l1r-}.lp._spf.%{d2}", "3.2.0.192.in-addr.strong.lp._spf.example.com"),
            ("%{d2}.trusted-domains.example.net", "example.com.trusted-domains.example.net"),
            ("%{i}", "192.0.2.3"), ("%{h}", "mx.example.com"), ("%{c} %{r} %{t}", "192.0.2.3 r.example 7"),
            ("%%%_%-", "% %20"), ("%{d999999999999999999999}", "email.example.com"), ("%{D2R}", "example.email"),
        ]
    )
    func examples(text: String, value: String) throws { #expect(try self.expand(text) == value) }

    @Test("7.4: an IPv6 address is 32 digits, and readable for people")
    func longAddress() throws {
        let text = "%{ir}.%{v}._spf.%{d2} %{C}"
        let reversed = "1.0.b.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2"
        #expect(try self.expand(text, ip: "2001:db8::cb01") == reversed + ".ip6._spf.example.com 2001%3Adb8%3A%3Acb01")
    }

    @Test("7.3: capital letters escape as in URLs, others do not; several delimiters split together")
    func escapes() throws {
        #expect(try self.expand("%{S} %{s}", sender: "a b&c~d@e-x.com") == "a%20b%26c~d%40e-x.com a b&c~d@e-x.com")
        #expect(try self.expand("%{lr-+=}", sender: "a-b+c=d@e.com") == "d.c.b.a")
        #expect(try self.expand("%{L}", sender: "\u{E9}@e.com") == "%C3%A9")
    }

    @Test("7.3: labels on the left are dropped until a name has 253 bytes")
    func truncation() async throws {
        let label = String(repeating: "a", count: 50)
        let local = Array(repeating: label, count: 5).joined(separator: ".")
        let short = Array(repeating: label, count: 4).joined(separator: ".")
        let entry = SPFCase("exists:%{l}.x.example.com -all", .pass, sender: "\(local)@example.com")
        #expect(await entry.verdict(["\(short).x.example.com": [.at("127.0.0.2")]]).result == .pass)
    }

    @Test("7.3: the p macro prefers the domain, then what lies below it, then anything, else says unknown")
    func validatedName() async {
        func name(_ names: [String: [DNSRecord]], ip: String = "192.0.2.3") async -> String? {
            var names = names
            names["email.example.com", default: []].append(.spf("-all exp=x.email.example.com"))
            names["x.email.example.com"] = [.text("%{p}")]
            return await check(names, domain: "email.example.com", ip: ip).explanation
        }
        #expect(await name(Self.names) == "sub.email.example.com")
        #expect(await name([:]) == "unknown")
        var names = Self.names
        names["3.2.0.192.in-addr.arpa", default: []].append(.name("email.example.com"))
        names["email.example.com"] = [.at("192.0.2.3")]
        #expect(await name(names) == "email.example.com")
        names["3.2.0.192.in-addr.arpa"] = [.name("mx.example.org")]
        #expect(await name(names) == "mx.example.org")
        names["mx.example.org"] = [.at("192.0.2.4")]
        #expect(await name(names) == "unknown")
    }

    @Test(
        "6.2: an explanation is one text of ASCII with right macros; anything else is as if there were none",
        arguments: [
            (
                [DNSRecord.text("%{i} is not one of %{d}'s designated mail servers.")],
                "192.0.2.3 is not one of example.com's designated mail servers."
            ),
            (
                [.text("See http://%{d}/why.html?s=%{S}&i=%{I}")],
                "See http://example.com/why.html?s=strong-bad%40email.example.com&i=192.0.2.3"
            ),
            ([.text("%{c} %{r} %{t}")], "192.0.2.3 receiver.example 7"), ([], nil), ([.text("a"), .text("b")], nil),
            ([.text("caf\u{E9}")], nil), ([.text("100%")], nil), ([.text("%{z}")], nil), ([.at("192.0.2.1")], nil),
        ] as [([DNSRecord], String?)]
    )
    func explanations(records: [DNSRecord], text: String?) async {
        let verdict = await SPFCase("-all exp=why.example.com", .fail).verdict(["why.example.com": records])
        #expect(verdict.result == .fail)
        #expect(verdict.explanation == text)
    }

    @Test(
        "6.2: only fail is explained; an include's explanation is not used, a redirect's is used instead of one's own"
    )
    func whoExplains() async {
        let names: [String: [DNSRecord]] = [
            "why.example.com": [.text("ours")], "why.example.org": [.text("theirs")],
            "all.example.org": [.spf("+all exp=why.example.org")],
            "fail.example.org": [.spf("-all exp=why.example.org")],
            "mute.example.org": [.spf("-all")],
        ]
        for (terms, text) in [
            ("~all exp=why.example.com", nil), ("-include:all.example.org exp=why.example.com", "ours"),
            ("-include:all.example.org", nil), ("redirect=fail.example.org exp=why.example.com", "theirs"),
            ("redirect=mute.example.org exp=why.example.com", nil),
            ("include:fail.example.org -all exp=why.example.com", "ours"),
            ("-all exp=absent.%{d}", nil),
        ] as [(String, String?)] {
            #expect(await SPFCase(terms, .fail).verdict(names).explanation == text, "\(terms)")
        }
    }

    @Test("An explanation that DNS does not give changes neither result nor counters")
    func lostExplanation() async {
        let answers = ["TXT why.example.com": DNSAnswer.temporaryFailure(.timedOut)]
        let verdict = await SPFCase("-all exp=why.example.com", .fail).verdict([:], answers)
        #expect(verdict.result == .fail)
        #expect(verdict.lookups == 0)
        #expect(verdict.voids == 0)
    }
}

@Suite("Senders and explanations at the edges")
struct SPFSenderTests {
    private static let names: [String: [DNSRecord]] = [
        "example.com": [.spf("-all exp=why.example.com")], "why.example.com": [.text("%{s} %{o} %{i}")],
    ]

    @Test(
        "Mail without a sender is postmaster's at HELO, or at the domain where HELO is not told",
        arguments: [
            ("", "mail.example.net", "postmaster@mail.example.net mail.example.net"),
            ("<>", "mail.example.net", "postmaster@mail.example.net mail.example.net"),
            ("", nil, "postmaster@example.com example.com"),
            (nil, "mail.example.net", "postmaster@example.com example.com"),
            ("@example.org", nil, "postmaster@example.org example.org"),
        ] as [(String?, String?, String)]
    )
    func nullSender(sender: String?, helo: String?, expected: String) async {
        let verdict = await check(Self.names, ip: "192.0.2.3", sender: sender, helo: helo)
        #expect(verdict.explanation == expected + " 192.0.2.3")
    }

    @Test("In explanations an IPv6 address has capital digits, in names they do not matter")
    func capitals() async {
        let verdict = await check(Self.names, ip: "2001:db8::cafe")
        #expect(verdict.explanation?.hasSuffix("0.C.A.F.E") == true, "\(verdict.explanation ?? "")")
    }

    @Test("An address literal is no domain", arguments: ["[192.0.2.1]", "[IPv6:2001:db8::1]"])
    func literal(domain: String) async {
        #expect(await check([domain: [.spf("+all")]], domain: domain).result == .none)
    }
}
