import Foundation
@testable import Simulator
import TestSupport
import Testing

@Suite("DNS of the simulator")
struct DNSTests {
    /// A question as bytes, with an OPT record when a datagram size is told.
    private func question(_ name: String, _ type: DNSType, size: UInt16? = nil) throws -> DNSMessage {
        let labels = try #require(DNSMessage.encoded(name))
        var bytes: [UInt8] = [0xAB, 0xCD, 1, 0, 0, 1, 0, 0, 0, 0, 0, size == nil ? 0 : 1] + labels
        bytes += DNSMessage.bytes(type.code) + [0, 1]
        if let size { bytes += [0, 0, 41] + DNSMessage.bytes(size) + [0, 0, 0, 0, 0, 0] }
        return try #require(DNSMessage(bytes))
    }

    private func code(_ answer: [UInt8]?) -> UInt8? { answer.map { $0[3] & 15 } }

    @Test("A question is read with its name in lower case and the size it takes")
    func reading() throws {
        let plain = try self.question("Example.COM", .txt)
        #expect(plain.name == "example.com")
        #expect(plain.typeCode == 16)
        #expect(plain.datagramMax == 512)
        #expect(try self.question("example.com", .a, size: 1232).datagramMax == 1232)
        #expect(DNSMessage([]) == nil)
        #expect(DNSMessage([0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 63, 1]) == nil)
    }

    @Test("Name errors, empty answers, faults that pass and faults that stay")
    func answers() throws {
        var flaky = ScenarioName("flaky.example")
        flaky.a = ["192.0.2.1"]
        flaky.fault = .serverFailure
        flaky.faultTypes = ["A"]
        flaky.faultTimes = 1
        var silent = ScenarioName("silent.example")
        silent.fault = .silence
        let table = NameTable([flaky, silent, ScenarioName("a.b.example")])
        func ask(_ name: String, _ type: DNSType = .a, tcp: Bool = false) throws -> [UInt8]? {
            table.answer(try self.question(name, type), view: .resolver, isTCP: tcp)
        }
        #expect(self.code(try ask("absent.example")) == 3)
        #expect(self.code(try ask("b.example")) == 0)
        #expect(self.code(try ask("flaky.example", .txt)) == 0)
        #expect(self.code(try ask("flaky.example")) == 2)
        #expect(try ask("flaky.example")?.suffix(4) == [192, 0, 2, 1])
        #expect(try ask("silent.example", tcp: true) == nil)
        #expect(
            table.journal.map(\.answer) == [
                "NXDOMAIN 0", "NOERROR 0", "NOERROR 0", "server-failure", "NOERROR 1", "silence",
            ]
        )
    }

    @Test("Control publishes, shows and removes names, refuses wrong ones, and keeps a journal until reset")
    func control() async throws {
        try await withSimulator { simulator in
            let client = simulator.client
            let names: JSONValue = [["name": "new.example", "txt": [["a", "b"]], "mx": ["10 mx.example"]]]
            #expect(try await client.control("POST", "dns", body: names).status == 204)
            let listed = try await client.control("GET", "dns")
            #expect(listed.json.array?.contains { $0["name"] == "new.example" } == true)
            #expect(try await client.control("DELETE", "dns/new.example").status == 204)
            let left = try await client.control("GET", "dns").json.array ?? []
            #expect(!left.contains { $0["name"] == "new.example" })
            for bad: JSONValue in [
                [["name": "a..b"]], [["name": "x.example", "a": ["1.2.3"]]],
                [["name": "x.example", "mx": ["mx.example"]]],
                [["name": "x.example", "colour": 1]], [["name": "x.example", "fault": "explode"]],
            ] { #expect(try await client.control("POST", "dns", body: bad).status == 400) }
            #expect(try await client.control("GET", "dns/journal").json.array?.isEmpty == true)
            try simulator.publish([ScenarioName("again.example")])
            _ = try await client.control("POST", "reset")
            let reset = try await client.control("GET", "dns").json.array ?? []
            #expect(reset.count == Scenario.demo.dns.count)
        }
    }

    @Test("Both listeners tell their addresses, with ports in a row when the first is given")
    func addresses() async throws {
        try await withSimulator { simulator in
            #expect(simulator.addresses.dns.hasPrefix("127.0.0.1:"))
            #expect(simulator.addresses.dns != simulator.addresses.dnsAuthoritative)
        }
        #expect(SimulatorPorts.from(1000).port(of: DNSView.resolver) == 1004)
        #expect(SimulatorPorts.from(1000).port(of: DNSView.authoritative) == 1005)
    }
}
