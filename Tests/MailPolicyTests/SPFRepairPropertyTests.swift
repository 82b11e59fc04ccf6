import TestSupport
import Testing

@testable import MailPolicy

/// Random records, and what every sender may before and after the proposed one is published.
@Suite("A proposed SPF record authorises whom today's does and the gateway, nobody else")
struct SPFRepairPropertyTests {
    private static let gateway = ["192.0.2.10".address, "2001:db8::25".address]
    private static let mechanism = "include:spf.gateway.example"
    /// Addresses behind every term that a record may have, beside them, and behind none.
    private static let senders =
        (["0.0.0.0", "::", "203.0.113.0", "203.0.113.99", "198.51.100.77", "2001:db8:1::7", "2001:db8:2::7"]
        + (1...12).map { "203.0.113.\($0)" }).map(\.address)
    private static let names: [String: [DNSRecord]] = {
        var names: [String: [DNSRecord]] = [
            "ns1.contoso.com": [.at("198.51.100.1")],
            "spf.gateway.example": [.spf("ip4:192.0.2.10 ip6:2001:db8::25 -all")],
            "mail.example": [.mx("host.example"), .at("203.0.113.11")],
            "host.example": [.at("203.0.113.12"), .at("2001:db8:1::7")],
            "deep.example": [.spf("include:n1.example include:n2.example include:n3.example ~all")],
            "other.example": [.spf("ip4:203.0.113.0/28 ?all")],
        ]
        for index in 1...10 { names["n\(index).example"] = [.spf("ip4:203.0.113.\(index) -all")] }
        return names
    }()

    private static func dns(_ texts: [String]) -> TableLookup {
        var names = self.names
        names["contoso.com"] = texts.map { .text($0) } + [.nameServer("ns1.contoso.com"), .at("203.0.113.10")]
        return TableLookup(names: names)
    }

    private static func repair(_ texts: [String]) async -> String? {
        let dns = self.dns(texts)
        let surveyor = SPFSurveyor(resolver: dns, resolvers: []) { _ throws(MailPolicyError) in dns }
        let survey = await surveyor.survey("contoso.com", self.gateway)
        guard survey.authoritativeFinding.result != .pass else { return nil }
        return await SPFRepair.find(for: survey, mechanism: self.mechanism, initial: "v=spf1 -all", surveyor).publish
    }

    private static func verdicts(_ texts: [String], _ senders: [IPAddress] = senders) async -> [SPFResult] {
        var results: [SPFResult] = []
        for sender in senders {
            let check = SPFCheck(lookup: self.dns(texts))
            results.append(await check.verdict(SPFQuestion(address: sender, domain: "contoso.com")).result)
        }
        return results
    }

    private static func record(_ numbers: inout SeededNumbers) -> String {
        let terms =
            (1...10).map { "include:n\($0).example" } + [
                "include:gone.example", "include:deep.example", "include:other.example", "a", "mx", "mx:mail.example",
                "a:host.example", "ip4:203.0.113.4/30", "ip4:198.51.100.0/24", "ip6:2001:db8:2::/48",
                "exists:n1.example",
                self.mechanism, "ip4:192.0.2.0/24", "all", "all", "redirect=other.example", "redirect=gone.example",
                "x=y",
                "exp=e.example", "ipv4:203.0.113.1",
            ]
        var chosen = ["v=spf1"]
        for _ in 0..<Int.random(in: 0...12, using: &numbers) {
            let term = terms.randomElement(using: &numbers) ?? "a"
            let qualifier =
                term.contains("=") ? "" : ["", "", "", "-", "~", "?", "+"].randomElement(using: &numbers) ?? ""
            chosen.append(qualifier + term)
        }
        return chosen.joined(separator: " ")
    }

    @Test("One record: every sender but the gateway has the verdict of before", arguments: 1...8)
    func one(seed: Int) async {
        var numbers = SeededNumbers(seed: UInt64(seed))
        var proposed = 0
        for _ in 0..<60 {
            let text = Self.record(&numbers)
            guard let publish = await Self.repair([text]) else { continue }
            proposed += 1
            #expect(await Self.verdicts([publish], Self.gateway) == [.pass, .pass], "\(text) became \(publish)")
            let (before, after) = (await Self.verdicts([text]), await Self.verdicts([publish]))
            for (sender, (old, new)) in zip(Self.senders, zip(before, after)) where old != .permerror {
                #expect(old == new, "\(sender): \(text) became \(publish)")
            }
            #expect(after.first != .permerror, "\(text) became \(publish)")
        }
        #expect(proposed > 5, "the property was looked at")
    }

    @Test(
        "Several records: their order decides nothing, and nobody passes whom none of them let pass",
        arguments: 1...8
    )
    func several(seed: Int) async {
        var numbers = SeededNumbers(seed: UInt64(seed))
        var proposed = 0
        for _ in 0..<60 {
            let texts = (0..<Int.random(in: 2...3, using: &numbers)).map { _ in Self.record(&numbers) }
            let publish = await Self.repair(texts)
            #expect(await Self.repair(texts.reversed()) == publish, "\(texts)")
            guard let publish else { continue }
            proposed += 1
            let after = await Self.verdicts([publish])
            var allowed = Set<IPAddress>()
            for text in texts {
                // Alone, without the limit that several together may be over.
                for (sender, result) in zip(Self.senders, await Self.verdicts([text])) where result == .pass {
                    allowed.insert(sender)
                }
            }
            for (sender, result) in zip(Self.senders, after) where result == .pass {
                #expect(allowed.contains(sender), "\(sender): \(texts) became \(publish)")
            }
            #expect(after.first != .permerror, "\(texts) became \(publish)")
        }
        Effort.note("SPF mergers proposed with seed \(seed): \(proposed)")
    }
}
