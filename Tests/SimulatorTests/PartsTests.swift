import Foundation
import Testing

@testable import Simulator

@Suite("Parts that decide")
struct PartsTests {
    @Test(
        "Connector addresses are IPv4, alone or from /24 to /32",
        arguments: [
            ("192.0.2.1", true), ("192.0.2.0/24", true), ("192.168.0.1/25", true), ("192.0.2.1/32", true),
            ("192.0.2.0/23", false), ("192.0.2.0/33", false), ("192.0.2", false), ("192.0.2.256", false),
            ("192.0.02.1", false), ("2001:db8::/32", false), ("192.0.2.0/24/1", false), ("", false),
        ]
    )
    func connectorAddresses(text: String, isGood: Bool) {
        #expect((IPAddresses.forConnector(text) != nil) == isGood)
    }

    @Test(
        "Rule addresses may be ranges, IPv6 and networks of any size",
        arguments: [
            ("192.0.2.1", true), ("148.163.128.0/19", true), ("192.0.2.1-192.0.2.9", true), ("2001:db8::/32", true),
            ("192.0.2.9-192.0.2.1", false), ("192.0.2.0/33", false), ("gateway.example", false),
        ]
    )
    func ruleAddresses(text: String, isGood: Bool) {
        #expect((IPAddresses.forRule(text) != nil) == isGood)
    }

    @Test(
        "Sender domains are kept with prefix and cost",
        arguments: [
            ("*", "smtp:*;1"), ("smtp:*;1", "smtp:*;1"), ("contoso.com", "smtp:contoso.com;1"),
            ("*.contoso.com", "smtp:*.contoso.com;1"), ("smtp:contoso.com;5", "smtp:contoso.com;5"),
            ("contoso", nil), ("*;0", nil), ("a b.example", nil), ("-a.example", nil),
        ] as [(String, String?)]
    )
    func senderDomains(given: String, kept: String?) {
        let result = try? ParameterType.senderDomains.accept([.text(given)], for: "SenderDomains")
        #expect(result == kept.map { [.text($0)] })
    }

    @Test(
        "A filter of equalities is read exactly, quotes doubled; anything else is unsupported",
        arguments: [
            ("appId eq 'a'", ["appId=a"]), ("a eq 'o''brien' and b eq 'x and y'", ["a=o'brien", "b=x and y"]),
            ("a eq ''", ["a="]), ("a ne 'b'", nil), ("a eq b", nil), ("a eq 'b", nil), ("", nil),
            ("a eq 'b' or c eq 'd'", nil), ("a eq 'b' and ", nil),
        ] as [(String, [String]?)]
    )
    func filters(text: String, clauses: [String]?) {
        let filter = try? ODataFilter(text)
        #expect(filter?.clauses.map { "\($0.property)=\($0.value)" } == clauses)
    }

    @Test("A form's plus sign is a blank and an encoded one is a plus sign")
    func forms() {
        let fields = FormField.parse("a=1+2&b=1%2B2&c&d=x%3Dy")
        #expect(fields.map(\.value) == ["1 2", "1+2", "", "x=y"])
    }

    @Test("Virtual time stands still, moves when advanced and never goes back; scaled time runs faster")
    func clock() {
        let start = Date(timeIntervalSince1970: 1_800_000_000)
        var still = SimulatedClock(settings: ClockSettings(kind: .virtual), start: start)
        #expect(still.now(real: start + 50) == start)
        still.advance(by: 10)
        still.advance(by: -99)
        #expect(still.now(real: start + 50) == start + 10)
        let fast = SimulatedClock(settings: ClockSettings(kind: .virtual, scale: 60), start: start)
        #expect(fast.now(real: start + 2) == start + 120)
        #expect(SimulatedClock(settings: ClockSettings(), start: start).now(real: start + 2) == start + 2)
    }

    @Test("The same seed gives the same identifiers, and they are version 4 GUIDs")
    func seeds() {
        var one = SeededGenerator(seed: 7)
        var two = SeededGenerator(seed: 7)
        let guids = (0..<20).map { _ in one.guid() }
        #expect(guids == (0..<20).map { _ in two.guid() })
        #expect(Set(guids).count == 20)
        for guid in guids {
            #expect(UUID(uuidString: guid) != nil)
            #expect(Array(guid)[14] == "4" && "89ab".contains(Array(guid)[19]))
        }
    }

    @Test("A chance is decided by the seed")
    func chance() {
        func pattern(_ seed: UInt64) -> [Bool] {
            var rule = FaultRule(route: "graph.*", fault: Fault(.hang), count: 0)
            rule.chance = 50
            var script = FaultScript([rule], seed: seed)
            return (0..<64).map { _ in script.fault(route: "graph.domains.list", tenant: nil) != nil }
        }
        #expect(pattern(1) == pattern(1))
        #expect(pattern(1) != pattern(2))
        #expect((10...54).contains(pattern(1).filter { $0 }.count))
    }

    @Test("Every route's name is a pattern, and a pattern of nothing is refused")
    func routes() {
        #expect(RouteName.all.allSatisfy(RouteName.isPattern))
        #expect(Set(RouteName.all).count == RouteName.all.count)
        #expect(RouteName.isPattern("*"))
        #expect(RouteName.isPattern("exchange.New-*"))
        #expect(!RouteName.isPattern("exchange.New-"))
        #expect(!RouteName.isPattern("nowhere.*"))
    }
}
