import Testing

@testable import MailPolicy

@Suite("The repair of an SPF record")
struct SPFRepairTests {
    private static let addresses = ["192.0.2.10".address, "2001:db8::25".address]
    private static let mechanism = "include:spf.gateway.example"
    private static let initial = "v=spf1 include:spf.microsoft.example -all"

    /// A domain's texts, and what the repair says.
    private static func repair(
        _ texts: [String],
        mechanism: String? = mechanism,
        gateway: String = "ip4:192.0.2.10 ip6:2001:db8::25 -all",
        more: [String: [DNSRecord]] = [:]
    ) async -> SPFRepair {
        var names: [String: [DNSRecord]] = [
            "contoso.com": texts.map { .text($0) } + [.nameServer("ns1.contoso.com")],
            "ns1.contoso.com": [.at("198.51.100.1")], "spf.gateway.example": [.spf(gateway)],
            "spf.microsoft.example": [.spf("ip4:203.0.113.0/24 -all")],
        ]
        for index in 1...10 { names["n\(index).example"] = [.spf("ip4:203.0.113.\(index) -all")] }
        let dns = TableLookup(names: names.merging(more) { $1 })
        let surveyor = SPFSurveyor(resolver: dns, resolvers: []) { _ throws(MailPolicyError) in dns }
        let survey = await surveyor.survey("contoso.com", Self.addresses)
        return await SPFRepair.find(for: survey, mechanism: mechanism, initial: Self.initial, surveyor)
    }

    private static func includes(_ range: ClosedRange<Int>) -> String {
        range.map { "include:n\($0).example" }.joined(separator: " ")
    }

    @Test(
        "The record to publish",
        arguments: [
            // No record: the one Microsoft wants, with the gateway.
            ([], "v=spf1 include:spf.microsoft.example include:spf.gateway.example -all"),
            // The gateway stands before the end, whatever the end is.
            (["v=spf1 mx -all"], "v=spf1 mx include:spf.gateway.example -all"),
            (["V=SPF1 ip4:203.0.113.1 ~ALL"], "v=spf1 ip4:203.0.113.1 include:spf.gateway.example ~ALL"),
            (["v=spf1 a"], "v=spf1 a include:spf.gateway.example"),
            (["v=spf1"], "v=spf1 include:spf.gateway.example"),
            (
                ["v=spf1 redirect=spf.microsoft.example"],
                "v=spf1 include:spf.gateway.example redirect=spf.microsoft.example"
            ),
            // Dead behind `all`, or with a qualifier that does not let pass: moved and mended.
            (["v=spf1 -all include:spf.gateway.example"], "v=spf1 include:spf.gateway.example -all"),
            (["v=spf1 ?include:SPF.gateway.example -all"], "v=spf1 include:spf.gateway.example -all"),
            (["v=spf1 -include:spf.gateway.example ~all"], "v=spf1 include:spf.gateway.example ~all"),
            // Something before it decides: then it goes in front.
            (["v=spf1 -ip4:192.0.2.0/24 mx -all"], "v=spf1 include:spf.gateway.example -ip4:192.0.2.0/24 mx -all"),
            // Two records become one, nothing twice, with the stricter end, whatever their order.
            (
                ["v=spf1 mx a -all", "v=spf1 mx include:spf.gateway.example ~all"],
                "v=spf1 mx a include:spf.gateway.example -all"
            ),
            (
                ["v=spf1 mx include:spf.gateway.example ~all", "v=spf1 mx a -all"],
                "v=spf1 mx a include:spf.gateway.example -all"
            ),
            (["v=spf1 a", "v=spf1 mx ~all"], "v=spf1 a mx include:spf.gateway.example ~all"),
            (["v=spf1 a +all", "v=spf1 mx"], "v=spf1 a mx include:spf.gateway.example"),
            // `redirect=` beside `all` is ignored, and so is what stands behind `all`: neither is brought to life.
            (["v=spf1 redirect=spf.microsoft.example -all"], "v=spf1 include:spf.gateway.example -all"),
            (["v=spf1 -all redirect=spf.microsoft.example"], "v=spf1 include:spf.gateway.example -all"),
            (["v=spf1 mx ~all ip4:203.0.113.1 -all"], "v=spf1 mx include:spf.gateway.example ~all"),
            (["v=spf1 exp=e.example mx -all x=y"], "v=spf1 exp=e.example mx x=y include:spf.gateway.example -all"),
            // No room for another lookup: the addresses themselves need none.
            (
                ["v=spf1 \(includes(1...10)) -all"],
                "v=spf1 \(includes(1...10)) ip4:192.0.2.10 ip6:2001:db8::25 -all"
            ),
        ] as [([String], String)]
    )
    func publish(texts: [String], expected: String) async {
        let repair = await Self.repair(texts)
        #expect(repair.publish == expected)
        #expect(repair.advice.contains("contoso.com"))
    }

    @Test("A gateway without a mechanism is named by its addresses")
    func addresses() async {
        let repair = await Self.repair(["v=spf1 mx -all"], mechanism: nil)
        #expect(repair.publish == "v=spf1 mx ip4:192.0.2.10 ip6:2001:db8::25 -all")
    }

    @Test("What nobody can mend by adding a term is told with its reason, and nothing is proposed")
    func byHand() async {
        let broken = await Self.repair(["v=spf1 ipv4:203.0.113.1 -all"])
        #expect(broken.publish == nil)
        #expect(broken.advice.contains("by hand"))
        #expect(broken.advice.contains("ipv4:203.0.113.1"))
    }

    @Test(
        "Where no record says what today's say without an error, the term at fault is named and nothing is proposed",
        arguments: [
            // More than ten look-ups, and the gateway's addresses in front would not help the senders behind the tenth.
            (["v=spf1 \(includes(1...10)) include:spf.microsoft.example -all"], "include:spf.microsoft.example"),
            (["v=spf1 include:gone.example include:spf.gateway.example -all"], "gone.example"),
            // The senders of a redirect, and those whom a record shuts out, have no place in a merger.
            (["v=spf1 mx -all", "v=spf1 redirect=spf.microsoft.example"], "redirect=spf.microsoft.example"),
            (["v=spf1 a ~all", "v=spf1 -ip4:203.0.113.7 ip4:203.0.113.0/24 -all"], "-ip4:203.0.113.7"),
        ] as [([String], String)]
    )
    func refused(texts: [String], term: String) async {
        for texts in [texts, texts.reversed()] {
            let repair = await Self.repair(texts)
            #expect(repair.publish == nil)
            #expect(repair.advice.contains("by hand"))
            #expect(repair.advice.contains(term), "\(repair.advice)")
        }
    }

    @Test("An error for IPv6 alone that is there today is no obstacle, and is told")
    func errorIPv6() async {
        let hosts = (1...3).map { DNSRecord.mx("m\($0).example") }
        let more = Dictionary(uniqueKeysWithValues: (1...3).map { ("m\($0).example", [DNSRecord.at("203.0.113.9")]) })
        let repair = await Self.repair(
            ["v=spf1 mx:mail.example -all"],
            more: more.merging(["mail.example": hosts]) { $1 }
        )
        #expect(repair.publish == "v=spf1 include:spf.gateway.example mx:mail.example -all")
        #expect(repair.advice.contains("For senders by IPv6 it stays in error"))
    }

    @Test("A gateway whose own record does not name an address is the operator's to mend")
    func gatewayItself() async {
        let repair = await Self.repair(["v=spf1 mx -all"], gateway: "ip4:192.0.2.10 -all")
        #expect(repair.publish == nil)
        #expect(repair.advice.contains("include:spf.gateway.example does not name 2001:db8::25"))
        #expect(repair.advice.contains("gateway.egress-addresses"))
    }

    @Test("A record that is right at its own servers, and old at a resolver, needs nothing but time")
    func stale() async {
        let right = TableLookup(
            names: [
                "contoso.com": [.spf("ip4:192.0.2.10 ip6:2001:db8::25 -all"), .nameServer("ns1.contoso.com")],
                "ns1.contoso.com": [.at("198.51.100.1")],
            ]
        )
        var old = right
        old.names["contoso.com"] = [.spf("-all"), .nameServer("ns1.contoso.com")]
        let surveyor = SPFSurveyor(resolver: old, resolvers: []) { _ throws(MailPolicyError) in right }
        let survey = await surveyor.survey("contoso.com", Self.addresses)
        #expect(survey.resolverFinding.result == .fail)
        let repair = await SPFRepair.find(for: survey, mechanism: nil, initial: Self.initial, surveyor)
        #expect(repair.publish == nil)
        #expect(repair.advice.contains("time to live"))
    }

    @Test("What is proposed breaks no sender that is right today")
    func breaksNobody() async {
        // With one lookup more the senders behind it would be in error; the plain addresses leave them alone.
        let repair = await Self.repair(["v=spf1 \(Self.includes(1...9)) mx -all"])
        #expect(repair.publish?.contains("ip4:192.0.2.10") == true)
        #expect(repair.publish?.contains("include:spf.gateway.example") == false)
    }
}
