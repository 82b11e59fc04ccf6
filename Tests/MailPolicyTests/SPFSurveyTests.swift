import Testing

@testable import MailPolicy

@Suite("A survey of a domain's SPF record")
struct SPFSurveyTests {
    private static let right = "v=spf1 include:spf.gateway.example -all"
    private static let gateway: [String: [DNSRecord]] = [
        "spf.gateway.example": [.spf("ip4:192.0.2.10 ip6:2001:db8::25 -all")]
    ]
    private static let addresses = ["192.0.2.10".address, "2001:db8::25".address]

    /// DNS with a text at contoso.com, or none.
    private static func dns(_ text: String?, failing: DNSFailure? = nil) -> TableLookup {
        var names = Self.gateway
        names["contoso.com"] = text.map { [.text($0)] } ?? []
        names["contoso.com", default: []] += [.nameServer("ns1.contoso.com"), .nameServer("ns2.contoso.com")]
        names["ns1.contoso.com"] = [.at("198.51.100.1")]
        names["ns2.contoso.com"] = [.at("198.51.100.2")]
        return TableLookup(
            names: names,
            answers: failing.map { ["TXT contoso.com": .temporaryFailure($0)] } ?? [:]
        )
    }

    /// A survey where resolvers and the two servers of the zone show what they are given.
    private static func survey(
        resolvers: [TableLookup] = [dns(right)],
        first: TableLookup = dns(right),
        second: TableLookup = dns(right)
    ) async -> SPFSurvey {
        await self.surveyor(resolvers, first, second).survey("contoso.com", Self.addresses)
    }

    static func surveyor(_ resolvers: [TableLookup], _ first: TableLookup, _ second: TableLookup) -> SPFSurveyor {
        SPFSurveyor(resolver: resolvers[0], resolvers: resolvers) { server throws(MailPolicyError) in
            server.address == "198.51.100.1".address ? first : second
        }
    }

    @Test("Everyone shows the right record")
    func right() async {
        let survey = await Self.survey()
        #expect(survey.resolverFinding.result == .pass)
        #expect(survey.authoritativeFinding.result == .pass)
        #expect(survey.authoritativeFinding.addresses.isEmpty)
        #expect(survey.authoritativeFinding.reason == nil)
        #expect(survey.authoritativeFinding.record == Self.right)
        #expect(survey.records == [Self.right])
        #expect(survey.authoritative.count == 2)
    }

    /// An alias out of the zone is no failure: the resolver is asked instead.
    private static let failures = DNSFailure.allCases.filter { $0 != .unfollowedAlias }

    @Test("One of two servers that is down is passed over, both down are unknown", arguments: failures)
    func down(failure: DNSFailure) async {
        let dead = Self.dns(nil, failing: failure)
        #expect(await Self.survey(first: dead).authoritativeFinding.result == .pass)
        #expect(await Self.survey(second: dead).authoritativeFinding.result == .pass)
        let both = await Self.survey(first: dead, second: dead)
        #expect(both.authoritativeFinding.result == .temperror)
        #expect(both.authoritativeFinding.addresses == Self.addresses)
        #expect(both.resolverFinding.result == .pass)
        #expect(await Self.survey(resolvers: [dead]).resolverFinding.result == .temperror)
    }

    @Test("Servers that disagree are not right, in whatever order they are asked")
    func disagree() async {
        let old = Self.dns("v=spf1 -all")
        #expect(await Self.survey(first: old).authoritativeFinding.result == .fail)
        #expect(await Self.survey(second: old).authoritativeFinding.result == .fail)
        #expect(await Self.survey(resolvers: [Self.dns(Self.right), old]).resolverFinding.result == .fail)
    }

    @Test("One address that is not named is told, with what decided")
    func address() async {
        let survey = await Self.survey(first: Self.dns("v=spf1 ip4:192.0.2.10 ~all"), second: Self.dns("v=spf1 ~all"))
        let finding = survey.authoritativeFinding
        #expect(finding.result == .softfail)
        #expect(finding.addresses == ["2001:db8::25".address])
        #expect(finding.reason == "~all of contoso.com decides")
    }

    @Test("Several records are an error and all of them are shown")
    func several() async {
        var two = Self.dns(Self.right)
        two.names["contoso.com", default: []].append(.spf("-all"))
        let survey = await Self.survey(first: two, second: two)
        #expect(survey.authoritativeFinding.result == .permerror)
        #expect(survey.records == [Self.right, "v=spf1 -all"])
    }

    @Test("A domain whose servers cannot be found is unknown, whatever the resolvers say")
    func noServers() async {
        var lost = Self.dns(Self.right)
        lost.answers["NS contoso.com"] = .temporaryFailure(.timedOut)
        let unknown = await Self.survey(resolvers: [lost])
        #expect(unknown.authoritativeFinding.result == .temperror)
        #expect(unknown.authoritativeFailure?.contains("no answer in time") == true)
        lost.answers["NS contoso.com"] = .nxDomain
        #expect(await Self.survey(resolvers: [lost]).authoritativeFinding.result == .temperror)
    }

    @Test("Every question is asked once a server, however many addresses there are")
    func cached() async {
        let counting = CountingLookup(Self.dns(Self.right))
        let cached = CachedLookup(counting)
        let check = SPFCheck(lookup: cached)
        for address in Self.addresses {
            #expect(await check.verdict(SPFQuestion(address: address, domain: "Contoso.com.")).result == .pass)
        }
        #expect(await counting.questions == ["TXT contoso.com", "TXT spf.gateway.example"])
    }
}

/// Notes what is asked.
private actor CountingLookup: DNSLookup {
    private let lookup: TableLookup
    private(set) var questions: [String] = []

    init(_ lookup: TableLookup) { self.lookup = lookup }

    func lookup(_ name: String, _ type: DNSRecordType) async -> DNSAnswer {
        self.questions.append("\(type.rawValue) \(name.lowercased())")
        return await self.lookup.lookup(name, type)
    }
}
