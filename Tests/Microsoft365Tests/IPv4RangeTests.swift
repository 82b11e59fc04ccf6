import Testing

@testable import Microsoft365

@Suite("IPv4 ranges")
struct IPv4RangeTests {
    @Test(
        "Addresses and blocks are read strictly and spelt canonically",
        arguments: [
            ("192.0.2.7", "192.0.2.7"), ("192.0.2.7/32", "192.0.2.7"), ("192.0.2.7/24", "192.0.2.0/24"),
            ("0.0.0.0/0", "0.0.0.0/0"), ("255.255.255.255", "255.255.255.255"),
            ("198.51.100.129/25", "198.51.100.128/25"),
            ("192.0.2", nil), ("192.0.2.256", nil), ("192.0.2.1/33", nil), ("192.0.2.1/", nil), ("192.0.2.01", nil),
            ("192.0.2.1/24/1", nil), (" 192.0.2.1", nil), ("192.0.2.+1", nil), ("2001:db8::1", nil), ("", nil),
            ("192.0.2.1-192.0.2.9", nil), ("192.0.2.1/024", nil), ("192..2.1", nil),
        ] as [(String, String?)]
    )
    func spelling(text: String, expected: String?) {
        #expect(IPv4Range(text)?.description == expected)
    }

    @Test("A /19 becomes its 32 blocks of /24, in order")
    func cuts() throws {
        let blocks = try #require(IPv4Range("198.18.32.0/19")?.cutToSlash24).map(\.description)
        #expect(blocks.count == 32)
        #expect(blocks.first == "198.18.32.0/24")
        #expect(blocks.last == "198.18.63.0/24")
        #expect(IPv4Range("192.0.2.0/24")?.cutToSlash24?.map(\.description) == ["192.0.2.0/24"])
        #expect(IPv4Range("198.18.0.0/16")?.cutToSlash24?.count == 256)
        #expect(IPv4Range("198.18.0.0/15")?.cutToSlash24 == nil)
    }

    @Test("Sender addresses are cut, none twice, in the order given")
    func senderAddresses() throws {
        let given = ["203.0.113.9", "198.51.100.0/23", "198.51.101.5/24", "203.0.113.9/32"]
        let addresses = try IPv4Range.senderIPAddresses(for: given)
        #expect(addresses == ["203.0.113.9", "198.51.100.0/24", "198.51.101.0/24"])
    }

    @Test("What Exchange would refuse is refused here", arguments: ["2001:db8::/32", "10.0.0.0/8", "gateway", ""])
    func refused(range: String) {
        #expect { try IPv4Range.senderIPAddresses(for: [range]) } throws: {
            ($0 as? Microsoft365Error)?.code == .configurationRejected
        }
    }
}
