@testable import MailPolicy
import Testing

@Suite("Addresses, names and servers as text")
struct AddressAndNameTests {
    @Test(
        "Addresses are read strictly",
        arguments: ["192.0.2", "192.0.2.01", "192.0.2.1 ", "::1%lo", "", "192.0.2.1\0", "1::2::3", "x"]
    )
    func badAddresses(text: String) { #expect(IPAddress(text) == nil) }

    @Test(
        "Addresses are written in their short form",
        arguments: [("192.0.2.1", "192.0.2.1"), ("2001:DB8:0:0::1", "2001:db8::1")]
    )
    func addresses(text: String, written: String) { #expect(IPAddress(text)?.description == written) }

    @Test("The name of an address for PTR")
    func reverse() {
        #expect("192.0.2.3".address.reverseName == "3.2.0.192.in-addr.arpa")
        #expect("::1".address.reverseName == "1." + String(repeating: "0.", count: 31) + "ip6.arpa")
    }

    @Test(
        "A name server is an address with an optional port",
        arguments: [
            ("192.0.2.53", "192.0.2.53:53"), ("192.0.2.53:5353", "192.0.2.53:5353"),
            ("2001:db8::53", "[2001:db8::53]:53"),
            ("[2001:db8::53]:5353", "[2001:db8::53]:5353"), ("[::1]", "[::1]:53"),
        ]
    )
    func servers(text: String, written: String) throws { #expect(try NameServer(text).description == written) }

    @Test(
        "A name, a bad port and nothing are no name servers",
        arguments: ["ns.example", "192.0.2.53:0", "192.0.2.53:65536", "192.0.2.53:", "", "[::1]5"]
    )
    func badServers(text: String) { #expect(throws: MailPolicyError.self) { try NameServer(text) } }

    @Test("Mail exchangers are sorted by preference and then by name; the null MX has no host")
    func exchanges() async {
        let names: [String: [DNSRecord]] = [
            "example.com": [.mx("B.example", 20), .mx("c.example", 10), .mx("a.example", 20)],
            "null.example": [.mx(".", 0)],
        ]
        let found = await MailExchange.find("example.com", TableLookup(names: names))
        #expect(
            found
                == .exchanges([
                    .init(preference: 10, host: "c.example"), .init(preference: 20, host: "a.example"),
                    .init(preference: 20, host: "b.example"),
                ])
        )
        #expect(
            await MailExchange.find("null.example", TableLookup(names: names))
                == .exchanges([.init(preference: 0, host: "")])
        )
        #expect(await MailExchange.find("absent.example", TableLookup(names: names)) == .none)
        let silent = TableLookup(names: [:], answers: ["MX example.com": .temporaryFailure(.timedOut)])
        #expect(await MailExchange.find("example.com", silent) == .unknown(.timedOut))
    }

    @Test("Authoritative servers are those of the nearest name above that has some")
    func authorities() async throws {
        let names: [String: [DNSRecord]] = [
            "plant.example.com": [.at("192.0.2.1")],
            "example.com": [.nameServer("ns1.example.net"), .nameServer("ns2.example.net")],
            "ns1.example.net": [.at("192.0.2.53"), .at("2001:db8::53")],
        ]
        let servers = [try NameServer("192.0.2.53"), try NameServer("2001:db8::53")]
        let table = TableLookup(names: names)
        #expect(await AuthoritativeServers.find("plant.example.com", table) == .servers(zone: "example.com", servers))
        #expect(await AuthoritativeServers.find("example.org", table) == .none)
        let silent = TableLookup(names: names, answers: ["NS plant.example.com": .temporaryFailure(.timedOut)])
        #expect(await AuthoritativeServers.find("plant.example.com", silent) == .unknown(.timedOut))
    }
}
